"""The claims of a grant."""

from collections.abc import Collection
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.claims import checked_claims
from pas.plugins.tokenauth.core.claims import GrantClaims
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.claims import MAX_TEXT_LENGTH
from pas.plugins.tokenauth.core.errors import InvalidGrant
from tests.core.conftest import NOW
from tests.core.conftest import valid_claims
from typing import Any

import pytest
import unicodedata


PROPERTY = settings(deadline=None, derandomize=True, database=None)

ISSUER = "https://example.org"
ENDPOINT = "https://example.org/@@oauth2-token"
LEEWAY = 60.0
LIFETIME = 3600.0
RULES = GrantRules(audiences=(ISSUER, ENDPOINT), max_lifetime=LIFETIME, leeway=LEEWAY)


def check(rules: GrantRules = RULES, now: float = NOW, **changes: Any) -> GrantClaims:
    """The judgement about a good grant with some claims changed."""
    return checked_claims(valid_claims(**changes), rules, now)


def check_without(name: str) -> GrantClaims:
    claims = valid_claims()
    del claims[name]
    return checked_claims(claims, RULES, NOW)


def test_a_good_grant_is_accepted() -> None:
    """JB-05, JB-08, JB-10, JB-13: the claims that nearly every grant has."""
    assert check() == GrantClaims(
        issuer="client-1",
        subject=None,
        jti=None,
        expires_at=NOW + 600,
        scope="",
        kid="",
    )


@pytest.mark.parametrize("name", ["iss", "aud", "exp"])
def test_a_grant_without_a_required_claim_is_refused(name: str) -> None:
    """JB-05, JB-08, JB-10: three claims are required."""
    with pytest.raises(InvalidGrant, match=name):
        check_without(name)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nbf", "sub", "jti"])
def test_null_is_not_the_same_as_missing(name: str) -> None:
    """JW-02, JW-08: no coercion."""
    changes: dict[str, Any] = {name: None}
    with pytest.raises(InvalidGrant):
        check(**changes)


def test_claims_nobody_knows_are_ignored() -> None:
    """JB-15, JW-10: whatever they hold."""
    extra: dict[str, Any] = {
        "scopes": 1,
        "": None,
        "\ud800": [[]],
        "ISS": "other",
        "roles": ["Manager"],
    }
    assert check(**extra) == check()


@pytest.mark.parametrize("scope", ["", "plone.read", "b a", " ", "x" * 1000])
def test_the_scope_is_taken_as_it_stands(scope: str) -> None:
    """TE-04, JB-20: what it means is judged elsewhere; google-auth sends "" always."""
    assert check(scope=scope).scope == scope


@pytest.mark.parametrize("scope", [None, 1, True, [], ["plone.read"], {}])
def test_a_scope_that_is_no_string_is_refused(scope: Any) -> None:
    """JW-08, TE-06."""
    with pytest.raises(InvalidGrant, match="scope"):
        check(scope=scope)


# -- strings -------------------------------------------------------------------

NO_TEXTS = [1, 1.5, True, False, [], ["client-1"], {}, {"a": 1}, ""]
UNFIT_TEXTS = [
    "x" * (MAX_TEXT_LENGTH + 1),
    "x" * 100_000,
    "a\0b",
    "a\nb",
    "\r\n",
    "a\x1b[2Jb",
    "a\x7fb",
    "a\x85b",
    "\ud800",
    "a\udc00b",
]


@pytest.mark.parametrize("name", ["iss", "sub", "jti"])
@pytest.mark.parametrize("value", [*NO_TEXTS, *UNFIT_TEXTS])
def test_a_claim_that_is_no_short_clean_string_is_refused(
    name: str, value: Any
) -> None:
    """JB-06, JB-14, JW-08; threat: unlimited jti length. sub 1 is not user "1"."""
    with pytest.raises(InvalidGrant, match=name):
        check(**{name: value})


@pytest.mark.parametrize("value", ["x", "x" * MAX_TEXT_LENGTH, "Jürgen", "用户", " "])
def test_a_short_clean_string_is_taken_as_it_is(value: str) -> None:
    """JW-08, JW-12: not stripped, not folded, not normalised."""
    found = check(iss=value, jti=value)
    assert (found.issuer, found.jti) == (value, value)


def test_composed_and_decomposed_strings_are_different() -> None:
    """JW-12: code points are compared; NFC is not NFD."""
    composed = "na\u00efve"
    decomposed = unicodedata.normalize("NFD", composed)
    assert check(iss=composed, sub=decomposed).subject == decomposed
    assert check(iss=composed, sub=composed).subject is None


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("client-1", None),
        ("jane", "jane"),
        ("Client-1", "Client-1"),
        ("client-1 ", "client-1 "),
        ("client-1/", "client-1/"),
        ("client", "client"),
    ],
)
def test_a_subject_that_is_exactly_the_client_means_the_owner(
    subject: str, expected: "str | None"
) -> None:
    """JB-06; design, Claims: sub missing or equal to the client id."""
    assert check(sub=subject).subject == expected


# -- audience ------------------------------------------------------------------


@pytest.mark.parametrize(
    "audience", [ISSUER, ENDPOINT, [ISSUER], [ENDPOINT], [ISSUER, ENDPOINT]]
)
def test_a_grant_for_this_site_is_accepted(audience: Any) -> None:
    """JB-08, JB-09, JB-27, JW-06: issuer or token endpoint, a string or a list."""
    assert check(aud=audience) == check()


@pytest.mark.parametrize(
    "audience",
    [
        "https://other.example",
        ["https://other.example"],
        [ISSUER, "https://other.example"],
        ["https://other.example", ENDPOINT],
        [ISSUER, "https://oauth2.googleapis.com/token"],
    ],
)
def test_a_grant_for_another_server_is_refused(audience: Any) -> None:
    """JB-08, JB-09; threat rfc7523bis: that server could replay it here."""
    with pytest.raises(InvalidGrant, match="aud"):
        check(aud=audience)


@pytest.mark.parametrize(
    "audience",
    [
        "https://example.or",
        "https://example.org//",
        "https://example.org/.",
        "https://example.org/?",
        "https://example.org/#",
        "https://example.org?/",
        "https://EXAMPLE.org",
        "https://EXAMPLE.org/",
        "HTTPS://example.org",
        "http://example.org",
        "https://example.org:443",
        "https://example.org/@@oauth2-toke",
        "https://example.org/@@oauth2-token/",
        "https://example.org/@@oauth2-token?",
        "https://example.org/%40%40oauth2-token",
        " https://example.org",
        "https://example.org\n",
        "https",
        "h",
        "",
        "*",
    ],
)
def test_an_audience_that_only_resembles_us_is_refused(audience: str) -> None:
    """JB-08, JS-19; threat PyJWT CVE-2024-53861: no substring, no URL tricks."""
    with pytest.raises(InvalidGrant, match="aud"):
        check(aud=audience)
    with pytest.raises(InvalidGrant, match="aud"):
        check(aud=[audience])


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org",
        "https://example.org:8443",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://[::1]:8080",
    ],
)
def test_a_bare_origin_and_its_slash_are_one_audience(origin: str) -> None:
    """JB-08: RFC 3986 section 6.2.3; some clients parse URLs and write them anew."""
    for name, audience in [(origin, f"{origin}/"), (f"{origin}/", origin)]:
        rules = GrantRules(audiences=[name], max_lifetime=LIFETIME, leeway=LEEWAY)
        assert check(rules, aud=audience)
        assert check(rules, aud=[audience, name])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/Plone",
        "https://example.org/a/b",
        "https://example.org/@@oauth2-token",
        "urn:example",
        "example.org",
    ],
)
def test_the_slash_counts_behind_anything_but_an_origin(url: str) -> None:
    """JB-08: a path with a slash is another path."""
    for name, audience in [(url, f"{url}/"), (f"{url}/", url)]:
        rules = GrantRules(audiences=[name], max_lifetime=LIFETIME, leeway=LEEWAY)
        with pytest.raises(InvalidGrant, match="aud"):
            check(rules, aud=audience)


@pytest.mark.parametrize(
    "audience",
    [[], {}, 1, True, None, [1], [None], [[]], [[ISSUER]], {ISSUER: 1}, [ISSUER, 1]],
)
def test_an_audience_that_is_no_string_is_refused(audience: Any) -> None:
    """JW-07: empty, nested, or of another type; also beside a good one."""
    with pytest.raises(InvalidGrant, match="aud"):
        check(aud=audience)


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset, dict.fromkeys])
def test_the_names_of_this_site_may_be_kept_in_any_collection(kind: Any) -> None:
    """JW-07: values that cannot be hashed are refused like any other."""
    rules = GrantRules(
        audiences=kind([ISSUER, ENDPOINT]), max_lifetime=LIFETIME, leeway=LEEWAY
    )
    assert check(rules, aud=ISSUER)
    strange: list[Any] = [{}, [{}], [[ISSUER]], [ISSUER, []]]
    for audience in strange:
        with pytest.raises(InvalidGrant, match="aud"):
            check(rules, aud=audience)


def test_an_audience_is_not_normalised() -> None:
    """JW-12, AS-17: NFC and NFD of one host name are two audiences."""
    name = "https://na\u00efve.example"
    rules = GrantRules(audiences=[name], max_lifetime=LIFETIME, leeway=LEEWAY)
    assert check(rules, aud=name)
    with pytest.raises(InvalidGrant, match="aud"):
        check(rules, aud=unicodedata.normalize("NFD", name))


@pytest.mark.parametrize("audiences", [(), [], frozenset(), {}])
def test_a_site_without_a_name_accepts_no_grant(audiences: Collection[str]) -> None:
    """JB-31: fails closed while there is no issuer."""
    rules = GrantRules(audiences=audiences, max_lifetime=LIFETIME, leeway=LEEWAY)
    for audience in (ISSUER, "", [], [""]):
        with pytest.raises(InvalidGrant, match="aud"):
            check(rules, aud=audience)


# -- times ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value",
    [str(NOW), "", "1e9", True, False, [], [NOW], {}, {"seconds": NOW}],
)
def test_a_time_is_a_number(name: str, value: Any) -> None:
    """JW-02: PyJWT reads numbers in strings and takes true for 1; we do not."""
    with pytest.raises(InvalidGrant, match=name):
        check(**{name: value})


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        float("-inf"),
        1e300,
        10**400,
        -(10**400),
        -1,
        -0.5,
        253402300800,
        2**63,
    ],
)
def test_a_time_that_no_calendar_has_is_refused(name: str, value: Any) -> None:
    """JW-03: never another exception, because nothing is converted."""
    with pytest.raises(InvalidGrant, match=name):
        check(**{name: value})


@pytest.mark.parametrize("value", [0, 0.0, -0.0, 253402300799])
def test_the_ends_of_the_calendar_are_compared_like_any_time(value: float) -> None:
    """JW-03: the first second and the last one of the year 9999."""
    with pytest.raises(InvalidGrant, match=r"in the past|in the future"):
        check(exp=value, iat=value)


def test_fractions_and_exponents_are_fine() -> None:
    """JW-01: a NumericDate may have both."""
    found = check(exp=NOW + 0.5, iat=NOW - 0.25, nbf=float(NOW))
    assert found.expires_at == NOW + 0.5


@pytest.mark.parametrize(
    ("now", "accepted"),
    [
        (NOW, True),
        (NOW + 600, True),
        (NOW + 600 + LEEWAY - 0.001, True),
        (NOW + 600 + LEEWAY, False),
        (NOW + 600 + LEEWAY + 1, False),
    ],
)
def test_a_grant_ends_at_exp_and_the_leeway(now: float, accepted: bool) -> None:
    """JB-10, JW-04: "on or after" has expired, one leeway later."""
    if accepted:
        assert check(now=now)
    else:
        with pytest.raises(InvalidGrant, match="expired"):
            check(now=now)


def test_without_leeway_a_grant_has_ended_at_exp() -> None:
    """JW-04: now == exp is already too late."""
    rules = GrantRules(audiences=[ENDPOINT], max_lifetime=LIFETIME, leeway=0)
    assert check(rules, now=NOW + 599.9)
    with pytest.raises(InvalidGrant, match="expired"):
        check(rules, now=NOW + 600)


@pytest.mark.parametrize(
    ("nbf", "accepted"),
    [
        (0, True),
        (NOW - 1, True),
        (NOW, True),
        (NOW + LEEWAY, True),
        (NOW + LEEWAY + 0.001, False),
        (NOW + 500, False),
    ],
)
def test_a_grant_starts_at_nbf_less_the_leeway(nbf: float, accepted: bool) -> None:
    """JB-12, JW-05: a valid past nbf is accepted; ftw.tokenauth refused any."""
    if accepted:
        assert check(nbf=nbf)
    else:
        with pytest.raises(InvalidGrant, match="nbf"):
            check(nbf=nbf)


def test_without_leeway_a_grant_starts_at_nbf() -> None:
    """JW-05: now == nbf is valid."""
    rules = GrantRules(audiences=[ENDPOINT], max_lifetime=LIFETIME, leeway=0)
    assert check(rules, nbf=NOW)
    with pytest.raises(InvalidGrant, match="nbf"):
        check(rules, nbf=NOW + 0.001)


@pytest.mark.parametrize(
    ("iat", "accepted"),
    [(NOW - 2999, True), (NOW + LEEWAY, True), (NOW + LEEWAY + 0.001, False)],
)
def test_a_grant_from_the_future_is_refused(iat: float, accepted: bool) -> None:
    """JB-13: beyond what clocks may differ."""
    if accepted:
        assert check(iat=iat)
    else:
        with pytest.raises(InvalidGrant, match="iat"):
            check(iat=iat)


@pytest.mark.parametrize(
    ("lifetime", "accepted"),
    [
        (-1, False),
        (0, False),
        (0.001, True),
        (LIFETIME, True),
        (LIFETIME + LEEWAY, True),
        (LIFETIME + LEEWAY + 0.001, False),
        (10**9, False),
    ],
)
def test_a_grant_lives_for_an_hour_and_the_leeway(
    lifetime: float, accepted: bool
) -> None:
    """JB-11; threat: unlimited exp."""
    if accepted:
        assert check(exp=NOW + lifetime)
    else:
        with pytest.raises(InvalidGrant, match="exp"):
            check(exp=NOW + lifetime)


@pytest.mark.parametrize("back", [10, 30, 60])
def test_a_client_may_date_an_hour_back(back: float) -> None:
    """JB-11, JB-13: Go, PHP and Ruby date iat back and count the hour from now on."""
    assert check(iat=NOW - back, exp=NOW + LIFETIME)


@pytest.mark.parametrize("back", [61, 600])
def test_a_client_may_date_an_hour_back_by_the_leeway_only(back: float) -> None:
    """JB-11."""
    with pytest.raises(InvalidGrant, match="at most 3600 seconds"):
        check(iat=NOW - back, exp=NOW + LIFETIME)


@pytest.mark.parametrize(
    ("exp", "accepted"),
    [
        (NOW - LEEWAY, False),
        (NOW - LEEWAY + 1, True),
        (NOW + LIFETIME + LEEWAY, True),
        (NOW + LIFETIME + LEEWAY + 1, False),
    ],
)
def test_a_grant_without_iat_counts_as_made_now(exp: float, accepted: bool) -> None:
    """JB-13: RFC 7523 makes iat optional."""
    claims = valid_claims(exp=exp)
    del claims["iat"]
    if accepted:
        assert checked_claims(claims, RULES, NOW).expires_at == exp
    else:
        with pytest.raises(InvalidGrant, match=r"expired|at most"):
            checked_claims(claims, RULES, NOW)


def test_a_clock_that_is_ahead_does_not_lengthen_the_life_of_a_grant() -> None:
    """JB-11: exp is at most now + an hour + the leeway."""
    assert check(iat=NOW + LEEWAY, exp=NOW + LEEWAY + LIFETIME)
    with pytest.raises(InvalidGrant, match="at most 3600 seconds"):
        check(iat=NOW + LEEWAY, exp=NOW + LEEWAY + LIFETIME + 1)
    with pytest.raises(InvalidGrant, match="future"):
        check(iat=NOW + LEEWAY + 1, exp=NOW + LEEWAY + LIFETIME)


# -- every value ---------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([ISSUER, ENDPOINT, NOW, 10**400]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@PROPERTY
@given(
    st.dictionaries(
        st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]), JSON
    )
)
def test_every_set_of_claims_is_accepted_or_an_invalid_grant(
    changes: dict[str, Any],
) -> None:
    """JB-04: exactly one kind of error, with a description fit for the wire."""
    try:
        found = check(**changes)
    except InvalidGrant as error:
        assert error.description.isascii()
        assert not set(error.description) & {'"', "\\"}
        return
    assert found.expires_at + LEEWAY > NOW
    assert found.expires_at <= NOW + LIFETIME + LEEWAY
