"""The JWT-bearer grant: from the assertion a client posts to verified claims."""

from collections.abc import Iterable
from hypothesis import assume
from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import import_key
from joserfc.jwt import JWTClaimsRegistry
from pas.plugins.tokenauth.core.claims import GrantClaims
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.grants import NOT_OURS
from pas.plugins.tokenauth.core.grants import verified_grant
from pas.plugins.tokenauth.core.keys import PublicKey
from tests.core.conftest import Client
from tests.core.conftest import NOW
from tests.core.conftest import valid_claims
from typing import Any

import json
import pytest


ISSUER = "https://example.org"
ENDPOINT = "https://example.org/@@oauth2-token"
RULES = GrantRules(audiences=[ISSUER, ENDPOINT], max_lifetime=3600, leeway=60)

PROPERTY = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Keys(dict[str, list[PublicKey]]):
    """The live public keys of a site; remembers who was asked for."""

    def __init__(self, **keys: list[PublicKey]) -> None:
        super().__init__(
            (name.replace("_", "-"), found) for name, found in keys.items()
        )
        self.asked: list[str] = []

    def __call__(self, client_id: str) -> Iterable[PublicKey]:
        self.asked.append(client_id)
        return self.get(client_id, [])


def grant(assertion: str, *keys: PublicKey, now: float = NOW) -> GrantClaims:
    """The judgement about an assertion of client-1, who owns the keys."""
    return verified_grant(assertion, Keys(client_1=list(keys)), RULES, now)


def test_a_grant_of_a_live_key_is_accepted(client: Client) -> None:
    """JB-04, JB-17: for every algorithm."""
    claims = valid_claims(sub="jane", jti="once")
    assert grant(client.jwt(claims), client.public_key) == GrantClaims(
        issuer="client-1",
        subject="jane",
        jti="once",
        expires_at=NOW + 600,
        scope="",
        kid=client.public_key.kid,
    )


@pytest.mark.parametrize(
    "assertion", ["", " ", "x", "a.b", "a.b.c", "a.b.c.d.e", "{}", "ä"]
)
def test_garbage_is_an_invalid_grant(assertion: str, eddsa: Client) -> None:
    """JB-03: exactly one JWT, or invalid_grant."""
    with pytest.raises(InvalidGrant) as caught:
        grant(assertion, eddsa.public_key)
    assert caught.value.description == NOT_OURS


def test_unknown_clients_and_wrong_signatures_get_the_same_answer(
    eddsa: Client, es256: Client
) -> None:
    """JB-04, JS-28: no hint whether a client id exists; the log knows better."""
    answers = set()
    for assertion in (
        eddsa.jwt(valid_claims(iss="nobody")),
        eddsa.jwt(kid="unknown"),
        es256.jwt(),
        eddsa.jwt()[:-3] + "AAA",
        eddsa.jwt(alg="none"),
        eddsa.jwt(valid_claims(iss=["client-1"])),
        "garbage",
    ):
        with pytest.raises(InvalidGrant) as caught:
            grant(assertion, eddsa.public_key)
        error = caught.value
        answers.add((error.error, error.status, error.description, str(error)))
        assert error.reason
        assert error.credential_id == ""
    assert answers == {("invalid_grant", 400, NOT_OURS, NOT_OURS)}


@pytest.mark.parametrize(
    "issuer",
    [
        "client-1/",
        "client-1 ",
        " client-1",
        "Client-1",
        "CLIENT-1",
        "client",
        "client-",
        "client-11",
        "lient-1",
        "client\u20101",
        "\uff43lient-1",
        "https://client-1",
    ],
)
def test_an_issuer_that_only_resembles_a_client_is_refused(
    eddsa: Client, issuer: str
) -> None:
    """JB-05; threat PyJWT CVE-2024-53861: no substring, case folding or slash."""
    with pytest.raises(InvalidGrant, match="live service key"):
        grant(eddsa.jwt(valid_claims(iss=issuer)), eddsa.public_key)


@pytest.mark.parametrize(
    "issuer", [1, None, True, [], ["client-1"], {}, "", "\0", "\ud800"]
)
def test_an_issuer_that_is_no_clean_string_is_not_even_looked_up(
    eddsa: Client, issuer: Any
) -> None:
    """JW-08, JS-27: the database is asked only for what can be a client id."""
    keys = Keys(client_1=[eddsa.public_key])
    with pytest.raises(InvalidGrant):
        verified_grant(eddsa.jwt(valid_claims(iss=issuer)), keys, RULES, NOW)
    assert keys.asked == []


def test_composed_and_decomposed_client_ids_are_different(eddsa: Client) -> None:
    """JW-12: no Unicode normalisation on the way to the key."""
    keys = {"na\u00efve": [eddsa.public_key]}

    def keys_of(client_id: str) -> Iterable[PublicKey]:
        return keys.get(client_id, [])

    assert verified_grant(
        eddsa.jwt(valid_claims(iss="na\u00efve")), keys_of, RULES, NOW
    )
    with pytest.raises(InvalidGrant):
        verified_grant(eddsa.jwt(valid_claims(iss="nai\u0308ve")), keys_of, RULES, NOW)


def test_only_the_keys_of_the_issuer_are_tried(eddsa: Client, es256: Client) -> None:
    """JS-18: a valid signature of another client of the site proves nothing."""
    keys = Keys(client_1=[eddsa.public_key], client_2=[es256.public_key])
    assert verified_grant(es256.jwt(valid_claims(iss="client-2")), keys, RULES, NOW)
    with pytest.raises(InvalidGrant):
        verified_grant(es256.jwt(valid_claims(iss="client-1")), keys, RULES, NOW)
    assert keys.asked == ["client-2", "client-1"]


def test_a_client_whose_keys_have_all_ended_is_refused(eddsa: Client) -> None:
    """JB-05: there is nothing left that could verify."""
    with pytest.raises(InvalidGrant, match="live service key"):
        grant(eddsa.jwt())


def test_claims_are_judged_after_the_signature(eddsa: Client, es256: Client) -> None:
    """JS-27: an expired grant with a wrong signature is a wrong signature."""
    expired = valid_claims(exp=NOW - 600, iat=NOW - 1200)
    with pytest.raises(InvalidGrant, match="expired"):
        grant(eddsa.jwt(expired), eddsa.public_key)
    with pytest.raises(InvalidGrant, match="live service key"):
        grant(es256.jwt(expired), eddsa.public_key)


def test_a_refused_grant_that_was_really_signed_names_its_credential(
    eddsa: Client,
) -> None:
    """Only a signature makes an entry about a key."""
    with pytest.raises(InvalidGrant) as caught:
        grant(eddsa.jwt(valid_claims(aud="https://other.example")), eddsa.public_key)
    assert caught.value.credential_id == "client-1"


@pytest.mark.parametrize(
    "typ", ["client-authentication+jwt", "at+jwt", "dpop+jwt", "logout+jwt"]
)
def test_a_jwt_made_for_another_purpose_is_no_grant(eddsa: Client, typ: str) -> None:
    """JB-28, JS-23: signed by the right key, with perfect claims."""
    with pytest.raises(InvalidGrant):
        grant(eddsa.jwt(typ=typ), eddsa.public_key)


def test_times_are_judged_at_the_time_given(eddsa: Client) -> None:
    """JB-10, JB-12: there is no other clock."""
    assertion = eddsa.jwt(valid_claims(nbf=NOW + 100))
    with pytest.raises(InvalidGrant, match="nbf"):
        grant(assertion, eddsa.public_key, now=NOW)
    assert grant(assertion, eddsa.public_key, now=NOW + 100)
    with pytest.raises(InvalidGrant, match="expired"):
        grant(assertion, eddsa.public_key, now=NOW + 660)


def test_the_clock_of_the_machine_plays_no_role(eddsa: Client) -> None:
    """JB-10: PyJWT's own checks of claims, which look at the clock, are off."""
    for year in (0, 2, 20, 200, 2000):
        now = year * 31_557_600 + 60
        claims = valid_claims(iat=now, exp=now + 60, nbf=now)
        assert grant(eddsa.jwt(claims), eddsa.public_key, now=now)


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1" + "0" * 400, "1" * 5000])
def test_numbers_too_large_for_a_calendar_are_refused(eddsa: Client, text: str) -> None:
    """JW-03: as they arrive, from the text of the JSON."""
    claims = json.dumps(valid_claims(exp="?")).replace('"?"', text).encode()
    with pytest.raises(InvalidGrant):
        grant(eddsa.jwt(claims), eddsa.public_key)


def test_an_exponent_is_a_number_like_any_other(eddsa: Client) -> None:
    """JW-01: 1.8e9 is 1800000000."""
    claims = json.dumps(valid_claims(iat="?")).replace('"?"', "1.8e9").encode()
    assert grant(eddsa.jwt(claims), eddsa.public_key)


def test_no_error_holds_the_assertion(eddsa: Client) -> None:
    """JS-28; design, Tokens: also not in the chain of causes a traceback shows."""
    for assertion in (
        eddsa.jwt(b'{"iss": "secret-thing"'),
        eddsa.jwt(b"\xffsecret-thing"),
    ):
        with pytest.raises(InvalidGrant) as caught:
            grant(assertion, eddsa.public_key)
        assert caught.value.__suppress_context__
        assert caught.value.__cause__ is None
        assert "secret-thing" not in caught.value.reason


# -- every assertion -----------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["client-1", ENDPOINT, ISSUER, "EdDSA", "Ed25519", "none", "JWT", NOW, 10**400]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)
CLAIM_NAMES = st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "x"])
HEADER_NAMES = st.sampled_from(
    ["alg", "typ", "kid", "crit", "b64", "cty", "jwk", "x5c", "zip", "enc", "x"]
)
#: Values near those that are accepted, so that not everything is refused.
NEAR = st.one_of(
    st.floats(NOW - 100, NOW + 4000),
    st.integers(NOW - 100, NOW + 4000),
    st.sampled_from([ENDPOINT, [ENDPOINT], [ISSUER, ENDPOINT], "client-1", "jane"]),
)


def judged(assertion: str, key: PublicKey) -> "GrantClaims | None":
    """The claims, or None for InvalidGrant; any other exception fails the test."""
    try:
        found = grant(assertion, key)
    except InvalidGrant as error:
        assert error.description.isascii()
        assert not set(error.description) & {'"', "\\"}
        return None
    assert found.issuer == "client-1"
    return found


def joserfc_accepts(assertion: str, key: PublicKey) -> bool:
    """The opinion of an independent library, told the same rules."""
    registry = joserfc_jws.JWSRegistry(
        algorithms=["EdDSA", "Ed25519"], strict_check_header=False
    )
    registry.max_header_length = 10_000
    verified = joserfc_jws.deserialize_compact(
        assertion, import_key(key.pem, "OKP"), registry=registry
    )
    claims = json.loads(verified.payload)
    JWTClaimsRegistry(
        now=NOW,
        leeway=60,
        iss={"essential": True, "value": "client-1"},
        aud={"essential": True, "values": [ISSUER, ENDPOINT]},
        exp={"essential": True},
    ).validate(claims)
    return True


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@PROPERTY
@given(
    claims=st.dictionaries(CLAIM_NAMES, NEAR | JSON, max_size=4),
    missing=st.sets(CLAIM_NAMES, max_size=1),
)
def test_changed_claims_are_a_grant_for_us_and_joserfc_or_an_invalid_grant(
    eddsa: Client, claims: dict[str, Any], missing: set[str]
) -> None:
    """JB-04; standards 25: what we accept another library accepts too."""
    changed = {
        name: value
        for name, value in valid_claims(**claims).items()
        if name not in missing
    }
    assertion = eddsa.jwt(changed)
    if judged(assertion, eddsa.public_key) is not None:
        assert joserfc_accepts(assertion, eddsa.public_key)


@PROPERTY
@given(
    header=st.dictionaries(HEADER_NAMES, JSON, max_size=4),
    missing=st.sets(HEADER_NAMES, max_size=1),
)
def test_a_changed_header_leads_to_a_grant_or_an_invalid_grant(
    eddsa: Client, header: dict[str, Any], missing: set[str]
) -> None:
    """JB-04: never another exception, whatever PyJWT makes of it."""
    changed = {
        name: value
        for name, value in {**eddsa.header, **header}.items()
        if name not in missing
    }
    assertion = eddsa.sign(changed, valid_claims())
    if judged(assertion, eddsa.public_key) is not None:
        assert changed["alg"] in ("EdDSA", "Ed25519")
        assert changed.get("typ", "JWT") in ("JWT", "jwt")
        assert not {"crit", "b64", "cty", "enc", "zip"} & set(changed)


@PROPERTY
@given(data=st.data())
def test_a_changed_assertion_is_refused(eddsa: Client, data: st.DataObject) -> None:
    """JB-16, JS-04: a valid assertion has no other spelling near it."""
    assertion = eddsa.jwt()
    start = data.draw(st.integers(0, len(assertion)))
    end = data.draw(st.integers(start, min(len(assertion), start + 4)))
    inserted = data.draw(
        st.text(st.sampled_from('AZaz09-_.=+/ \n\t{}"') | st.characters(), max_size=4)
    )
    changed = assertion[:start] + inserted + assertion[end:]
    if changed != assertion:
        assert judged(changed, eddsa.public_key) is None


@PROPERTY
@given(st.text() | st.text("abcXYZ019-_."))
def test_any_string_is_an_invalid_grant(eddsa: Client, text: str) -> None:
    """JB-03, JB-04: exactly InvalidGrant."""
    assert judged(text, eddsa.public_key) is None


@PROPERTY
@given(header=st.binary() | JSON.map(json.dumps).map(str.encode), claims=st.binary())
def test_any_bytes_in_the_parts_are_an_invalid_grant(
    eddsa: Client, header: bytes, claims: bytes
) -> None:
    """JB-04, JW-11: correctly signed nonsense."""
    # Hypothesis knows the strings of this file, and a good header is none.
    assume(b"EdDSA" not in header)
    for assertion in (
        eddsa.sign(header, claims),
        eddsa.sign(eddsa.header, claims),
        eddsa.sign(header, valid_claims()),
    ):
        assert judged(assertion, eddsa.public_key) is None
