"""The JWT-bearer grant over HTTP: what a client may sign, and how often."""

from App.config import getConfiguration
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from datetime import datetime
from datetime import timezone
from jwt.algorithms import OKPAlgorithm
from pas.plugins.tokenauth.site.issuer import FormerTokenEndpoint
from tests.authorization_server.endpoints.conftest import Later
from typing import Any

import hmac
import json
import jwt
import pytest
import threading
import time


GOOGLE = "https://oauth2.googleapis.com/token"
#: Longer than the periods that the storage groups by.
A_DAY = 24 * 60 * 60


def _segment(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8")
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _claims(keyfile: dict[str, Any], **more: Any) -> dict[str, Any]:
    now = time.time()
    return {
        "iss": keyfile["client_id"],
        "aud": keyfile["token_uri"],
        "iat": now,
        "exp": now + 60,
        **more,
    }


def _signed(keyfile: dict[str, Any], claims: Any, algorithm: str = "ES256") -> str:
    """A JWT that PyJWT would not make of these claims; strings are used as they are."""
    text = claims if isinstance(claims, str) else json.dumps(claims)
    registry = jwt.PyJWS()
    if "Ed25519" not in registry.get_algorithms():
        registry.register_algorithm("Ed25519", OKPAlgorithm())
    return registry.encode(text.encode("utf-8"), keyfile["private_key"], algorithm)


# -- one JWT, well signed ----------------------------------------------------


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_assertion_is_an_invalid_request(
    endpoint: Any, value: str | None
) -> None:
    """JB-02."""
    grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    parameters = [("grant_type", grant_type)]
    if value is not None:
        parameters.append(("assertion", value))
    assert "assertion" in endpoint.form(parameters).check_refused("invalid_request")


@pytest.mark.parametrize(
    "assertion",
    [
        "x",
        " ",
        ".",
        "..",
        "a.b.c",
        "a.b.c.d.e",
        "é.é.é",
        "\u0661.\u0661.\u0661",
        "e30.e30.e30",
        "e30.e30.",
        "W10.W10.W10",
        '{"payload":"e30","protected":"e30","signature":"e30"}',
        "eyJhbGciOiJub25lIn0.e30.",
        "A" * 9_000,
        "A" * 3_000 + "." + "A" * 3_000 + "." + "A" * 3_000,
        _segment(b"[" * 2_000) + ".e30.e30",
        _segment(b'{"a":' * 1_000) + ".e30.e30",
        _segment(b'{"alg":1e999}') + ".e30.e30",
        _segment(b"\xff\xfe{\x00}\x00") + ".e30.e30",
    ],
    ids=lambda assertion: repr(assertion[:30]),
)
def test_a_string_that_is_no_jwt_is_an_invalid_grant(
    endpoint: Any, assertion: str
) -> None:
    """JB-03, JB-04, JW-11, JW-17, JS-05: never invalid_client, never a 500."""
    endpoint.post(assertion).check_refused("invalid_grant")


@pytest.mark.parametrize(
    "change",
    [
        "{0}{0}".format,
        "{0} {0}".format,
        "{0},{0}".format,
        " {}".format,
        "{} ".format,
        "{}\n".format,
        "{}=".format,
        "{}.".format,
        "Bearer {}".format,
        '"{}"'.format,
    ],
)
def test_the_assertion_is_one_jwt_and_nothing_else(
    site: Any, endpoint: Any, keyfile: Any, change: Any
) -> None:
    """JB-03, JS-04, JS-05."""
    grant = change(site.grant(keyfile))
    endpoint.post(grant).check_refused("invalid_grant")


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_a_changed_grant_is_refused(site: Any, endpoint: Any, algorithm: str) -> None:
    """JB-16: header, claims and signature are all protected."""
    keyfile = site.issue(algorithm=algorithm)
    header, claims, signature = site.grant(keyfile).split(".")
    other_header, other_claims, other_signature = site.grant(
        keyfile, headers={"x": "y"}, sub="owner"
    ).split(".")
    for parts in (
        (other_header, claims, signature),
        (header, other_claims, signature),
        (header, claims, other_signature),
        (header, claims, "A" * len(signature)),
        (header, claims, ""),
        (_segment({"alg": "none"}), claims, ""),
        (_segment({"alg": "none"}), claims, signature),
    ):
        endpoint.post(".".join(parts)).check_refused("invalid_grant")


@pytest.mark.parametrize("kid", [True, False])
@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_the_kid_may_be_left_out(
    site: Any, endpoint: Any, algorithm: str, kid: bool
) -> None:
    """JB-17: with every algorithm."""
    keyfile = site.issue(algorithm=algorithm)
    headers: dict[str, str] | None = None if kid else {}
    endpoint.post(site.grant(keyfile, headers)).check_success()


@pytest.mark.parametrize(
    "kid", ["other", "", "../../etc/passwd", "' OR 1=1 --", "\n", "é", "x" * 5_000]
)
def test_a_wrong_kid_is_refused(
    site: Any, endpoint: Any, keyfile: Any, kid: str
) -> None:
    """JS-20."""
    answer = endpoint.post(site.grant(keyfile, {"kid": kid}))
    answer.check_refused("invalid_grant")


def test_eddsa_may_be_called_ed25519(site: Any, endpoint: Any) -> None:
    """JS-16: openid-client knows no other name."""
    keyfile = site.issue(algorithm="EdDSA")
    grant = _signed(keyfile, _claims(keyfile), "Ed25519")
    assert jwt.get_unverified_header(grant)["alg"] == "Ed25519"
    endpoint.post(grant).check_success()


def test_an_algorithm_of_another_key_is_refused(site: Any, endpoint: Any) -> None:
    """JS-08: RS256 and PS256 use the same kind of key; each key has one of them."""
    for made_for, used in (("RS256", "PS256"), ("PS256", "RS256"), ("RS256", "RS512")):
        keyfile = site.issue(algorithm=made_for)
        grant = site.grant({**keyfile, "algorithm": used})
        endpoint.post(grant).check_refused("invalid_grant")


def test_the_public_key_is_no_secret_to_sign_with(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JS-09: HS256 with the public PEM."""
    (public_key,) = site.service_key(keyfile).public_keys
    for secret in (public_key.pem, public_key.pem.strip(), ""):
        signed = ".".join((_segment({"alg": "HS256"}), _segment(_claims(keyfile))))
        digest = hmac.digest(secret.encode("ascii"), signed.encode("ascii"), "sha256")
        endpoint.post(f"{signed}.{_segment(digest)}").check_refused("invalid_grant")


def test_a_key_signs_only_for_its_own_client(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JS-18, JB-05: the key is looked up by iss."""
    other = site.issue(algorithm="ES256")
    for grant in (
        site.grant(keyfile, iss=other["client_id"]),
        site.grant(keyfile, headers={}, iss=other["client_id"]),
        site.grant(keyfile, headers={"kid": other["key_id"]}),
    ):
        endpoint.post(grant).check_refused("invalid_grant")


# -- iss and sub -------------------------------------------------------------


@pytest.mark.parametrize(
    "iss",
    [None, "", "nobody", "owner", 1, True, [], {}, ["{}"], "{}/", " {}", "{} ", "{}\0"],
    ids=repr,
)
def test_iss_must_be_the_client_id(
    site: Any, endpoint: Any, keyfile: Any, iss: Any
) -> None:
    """JB-04, JB-05, JW-08: invalid_grant, not invalid_client."""
    if isinstance(iss, str):
        iss = iss.format(keyfile["client_id"])
    claims = _claims(keyfile, iss=iss)
    if iss is None:
        del claims["iss"]
    endpoint.post(_signed(keyfile, claims)).check_refused("invalid_grant")


@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase])
def test_iss_is_compared_exactly(
    site: Any, endpoint: Any, keyfile: Any, change: Any
) -> None:
    """JB-05: no folding of case."""
    grant = site.grant(keyfile, iss=change(keyfile["client_id"]))
    endpoint.post(grant).check_refused("invalid_grant")


def test_unknown_client_and_bad_signature_look_the_same(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-04, CA-10: no enumeration of clients."""
    other = site.issue(algorithm="ES256")
    answers = {
        endpoint.post(site.grant(keyfile, iss="svc-unknown")).body,
        endpoint.post(site.grant(keyfile, iss=other["client_id"])).body,
        endpoint.post(site.grant(keyfile, headers={"kid": "other"})).body,
    }
    assert len(answers) == 1


@pytest.mark.parametrize("sub", [None, "owner", "client_id"])
def test_sub_may_name_the_owner(
    site: Any, endpoint: Any, keyfile: Any, sub: str | None
) -> None:
    """JB-06: left out, the owner's user id, or the client id."""
    grant = site.grant(keyfile, sub=keyfile.get(sub, sub))
    token = endpoint.post(grant).check_success()
    assert site.api("GET", "/@users/owner", token).status_code == 200


@pytest.mark.parametrize(
    "sub",
    ["", 1, True, False, [], ["owner"], {}, 0.5, "nobody", "OWNER", "owner ", "*"],
    ids=repr,
)
def test_any_other_sub_is_refused(
    site: Any, endpoint: Any, keyfile: Any, sub: Any
) -> None:
    """JB-06, JW-08."""
    endpoint.post(site.grant(keyfile, sub=sub)).check_refused("invalid_grant")


def test_sub_null_is_refused(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-06: not a string, and not the same as left out."""
    grant = _signed(keyfile, _claims(keyfile, sub=None))
    endpoint.post(grant).check_refused("invalid_grant")


def test_known_and_unknown_subjects_look_the_same(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-06: no hint whether the user exists."""
    site.add_user("somebody")
    bodies = {
        endpoint.post(site.grant(keyfile, sub=sub)).body
        for sub in ("somebody", "nobody")
    }
    assert len(bodies) == 1


# -- aud ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "aud",
    ["{0}", "{0}/@@oauth2-token", ["{0}"], ["{0}", "{0}/@@oauth2-token"]],
    ids=str,
)
def test_aud_may_be_issuer_or_token_endpoint(
    site: Any, endpoint: Any, keyfile: Any, aud: Any
) -> None:
    """JB-08, JB-09: a string or a list."""
    if isinstance(aud, str):
        aud = aud.format(site.url)
    else:
        aud = [value.format(site.url) for value in aud]
    endpoint.post(site.grant(keyfile, aud=aud)).check_success()


@pytest.mark.parametrize(
    "aud",
    [
        None,
        "",
        [],
        [1],
        {},
        1,
        True,
        "https://elsewhere.example",
        "{0}/",
        "{0}/oauth2-token",
        "{0}/@@oauth2-token/",
        "{0}/@@oauth2-token?x",
        "{0}#",
        "{0} ",
        "{0}x",
        ["{0}", "https://elsewhere.example"],
        [["{0}"]],
        {"{0}": 1},
        ["{0}", None],
    ],
    ids=str,
)
def test_any_other_aud_is_refused(
    site: Any, endpoint: Any, keyfile: Any, aud: Any
) -> None:
    """JB-08, JB-09, JW-06, JW-07, JS-19: compared as a string; nobody else is named."""
    filled = json.loads(json.dumps(aud).replace("{0}", site.url))
    answer = endpoint.post(site.grant(keyfile, aud=filled))
    assert "aud" in answer.check_refused("invalid_grant")


def test_a_bare_origin_may_end_with_a_slash(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-08: as the issuer, and as a former one; its token endpoint may not."""
    site.plugin.issuer = "http://localhost:8080"
    site.plugin.former_token_endpoints = (
        FormerTokenEndpoint("https://former.example", date.max),
    )
    site.commit()
    for aud in ("http://localhost:8080/", "https://former.example/"):
        endpoint.post(site.grant(keyfile, aud=aud)).check_success()
    refused = site.grant(keyfile, aud="http://localhost:8080/@@oauth2-token/")
    endpoint.post(refused).check_refused("invalid_grant")


@pytest.mark.parametrize("change", [str.upper, str.title, str.swapcase])
def test_aud_is_compared_exactly(
    site: Any, endpoint: Any, keyfile: Any, change: Any
) -> None:
    """JW-06, JW-12."""
    grant = site.grant(keyfile, aud=change(site.endpoint))
    endpoint.post(grant).check_refused("invalid_grant")


def test_googles_audience_is_refused_with_a_hint(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-08: what google-auth signs unless told otherwise."""
    now = int(time.time())
    grant = site.grant(keyfile, aud=GOOGLE, iat=now, exp=now + 3600, scope="")
    description = endpoint.post(grant).check_refused("invalid_grant")
    assert "aud" in description
    assert "token endpoint" in description


def test_a_grant_in_the_style_of_google_is_accepted(site: Any, endpoint: Any) -> None:
    """JB-11, JB-15: one hour, an empty scope, no sub and no jti."""
    keyfile = site.issue()
    now = int(time.time())
    grant = site.grant(keyfile, iat=now, exp=now + 3600, scope="")
    endpoint.post(grant, ("scope", "")).check_success()


def test_a_former_token_endpoint_is_accepted_until_its_day(
    site: Any, endpoint: Any, keyfile: Any, later: Later
) -> None:
    """JB-08: to the end of the last day, by UTC."""
    url = "https://old.example.org/oauth2-token"
    start = later(0)
    today = datetime.fromtimestamp(start, timezone.utc).date()
    site.plugin.former_token_endpoints = (FormerTokenEndpoint(url, today),)
    site.commit()
    endpoint.post(site.grant(keyfile, aud=url)).check_success()
    endpoint.post(site.grant(keyfile, aud=[url, site.url])).check_success()
    other = "https://old.example.org"
    endpoint.post(site.grant(keyfile, aud=other)).check_refused("invalid_grant")
    tomorrow = datetime.combine(today, datetime.min.time(), timezone.utc).timestamp()
    tomorrow += A_DAY
    now = later(tomorrow - 1 - start)
    grant = site.grant(keyfile, aud=url, iat=now, exp=now + 60)
    endpoint.post(grant).check_success()
    later(tomorrow - start)
    assert "aud" in endpoint.post(grant).check_refused("invalid_grant")


def test_zope_conf_overrides_the_issuer(
    site: Any, endpoint: Any, keyfile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JB-31: a copy of the site refuses grants for the original."""
    path = "/".join(site.portal.getPhysicalPath())
    staging = "http://localhost/staging"
    config = getConfiguration()
    section = {"issuer": f"/other https://other.example {path} {staging}"}
    products = {"pas.plugins.tokenauth": section}
    monkeypatch.setattr(config, "product_config", products, raising=False)
    for aud in (site.url, site.endpoint):
        endpoint.post(site.grant(keyfile, aud=aud)).check_refused("invalid_grant")
    for aud in (staging, f"{staging}/@@oauth2-token"):
        endpoint.post(site.grant(keyfile, aud=aud)).check_success()


# -- times -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"exp": None}, "exp"),
        ({"exp": -61}, "exp"),
        ({"exp": -60}, "exp"),
        ({"iat": -3600, "exp": -3000}, "exp"),
        ({"exp": 3661}, "exp"),
        ({"iat": -61, "exp": 3600}, "exp"),
        ({"iat": None, "exp": 3661}, "exp"),
        ({"exp": 10 * A_DAY}, "exp"),
        ({"iat": 61, "exp": 300}, "iat"),
        ({"iat": 10, "exp": 10}, "exp"),
        ({"iat": 30, "exp": 10}, "exp"),
        ({"nbf": 61}, "nbf"),
        ({"nbf": A_DAY}, "nbf"),
    ],
    ids=str,
)
def test_a_grant_outside_its_time_is_refused(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    later: Later,
    claims: dict[str, Any],
    name: str,
) -> None:
    """JB-10, JB-11, JB-12, JB-13: seconds from now."""
    now = later(0)
    claims = {"iat": 0, "exp": 300, **claims}
    absolute = {
        name: value if value is None else now + value for name, value in claims.items()
    }
    answer = endpoint.post(site.grant(keyfile, **absolute))
    assert name in answer.check_refused("invalid_grant")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": -59},
        {"iat": 0, "exp": 3600},
        {"iat": -60, "exp": 3600},
        {"iat": None, "exp": 3600},
        {"iat": None, "exp": -59},
        {"iat": 60, "exp": 3660},
        {"iat": -3599, "exp": 1},
        {"nbf": 0},
        {"nbf": -A_DAY},
        {"nbf": 60},
        {"iat": 0.25, "exp": 300.75, "nbf": 0.5},
    ],
    ids=str,
)
def test_a_grant_within_its_time_is_accepted(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    later: Later,
    claims: dict[str, float | None],
) -> None:
    """JB-10 to JB-13, JW-01, JW-05: 60 s of leeway, fractions, nbf in the past."""
    now = later(0)
    claims = {"iat": -100, "exp": 300, **claims}
    absolute = {
        name: value if value is None else now + value for name, value in claims.items()
    }
    endpoint.post(site.grant(keyfile, **absolute)).check_success()


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value",
    [
        '"1700000000"',
        "true",
        "null",
        "[]",
        "{}",
        "NaN",
        "Infinity",
        "1e400",
        "-1e400",
        "-1",
        "253402300800",
        "1" + "0" * 400,
        "9" * 5_000,
    ],
    ids=lambda value: value[:12],
)
def test_times_are_sensible_numbers(
    endpoint: Any, keyfile: Any, name: str, value: str
) -> None:
    """JW-02, JW-03: no coercion, no overflow."""
    claims = _claims(keyfile, nbf=time.time())
    text = json.dumps({**claims, name: "VALUE"}).replace('"VALUE"', value)
    endpoint.post(_signed(keyfile, text)).check_refused("invalid_grant")


def test_a_number_with_an_exponent_is_a_number(endpoint: Any, keyfile: Any) -> None:
    """JW-01."""
    now = int(time.time())
    claims = _claims(keyfile, iat=now, exp="EXP")
    text = json.dumps(claims).replace('"EXP"', f"{(now + 60) / 1e9}e9")
    endpoint.post(_signed(keyfile, text)).check_success()


def test_the_settings_limit_lifetime_and_leeway(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-10, JB-11."""
    site.plugin.grant_lifetime = 120
    site.plugin.leeway = 0
    site.commit()
    now = time.time()
    for iat, exp, good in ((-1, 119, True), (-1, 120, False), (-60, -1, False)):
        answer = endpoint.post(site.grant(keyfile, iat=now + iat, exp=now + exp))
        if good:
            answer.check_success()
        else:
            answer.check_refused("invalid_grant")


# -- other claims and header parameters --------------------------------------


def test_other_claims_are_ignored(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-15, JW-10."""
    more = {"scope": "", "prn": "admin", "roles": ["Manager"], "x": {"y": [1]}, "é": 1}
    endpoint.post(site.grant(keyfile, **more)).check_success()


@pytest.mark.parametrize(
    ("headers", "good"),
    [
        ({"typ": "JWT"}, True),
        ({"typ": "jwt"}, True),
        ({"typ": "application/jwt"}, True),
        ({"jku": "https://evil.example"}, True),
        ({"x5c": ["x"]}, True),
        ({"typ": "client-authentication+jwt"}, False),
        ({"typ": "at+jwt"}, False),
        ({"typ": "dpop+jwt"}, False),
        ({"crit": ["exp"]}, False),
        ({"crit": []}, False),
        ({"cty": "JWT"}, False),
        ({"zip": "DEF"}, False),
    ],
    ids=str,
)
def test_some_header_parameters_change_the_meaning_and_are_refused(
    site: Any, endpoint: Any, keyfile: Any, headers: dict[str, Any], good: bool
) -> None:
    """JB-28, JS-01, JS-02, JS-11, JS-21, JS-23: the others are never looked at."""
    answer = endpoint.post(site.grant(keyfile, headers))
    if good:
        answer.check_success()
    else:
        answer.check_refused("invalid_grant")


# -- jti ---------------------------------------------------------------------


def test_a_jti_is_good_for_one_time(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-14: by the same grant, by another one, and by one that ends later."""
    grant = site.grant(keyfile, jti="once")
    endpoint.post(grant).check_success()
    now = time.time()
    for again in (
        grant,
        site.grant(keyfile, jti="once"),
        site.grant(keyfile, jti="once", exp=now + 3500),
    ):
        assert "jti" in endpoint.post(again).check_refused("invalid_grant")
    endpoint.post(site.grant(keyfile, jti="twice")).check_success()
    endpoint.post(site.grant(keyfile, jti="Once")).check_success()


def test_a_used_jti_stays_used_after_a_restart(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """ZP-17, CVE-2026-9802: it is in the database, not in memory."""
    grant = site.grant(keyfile, jti="once")
    endpoint.post(grant).check_success()
    site.app._p_jar.db().cacheMinimize()
    site.sync()
    endpoint.post(grant).check_refused("invalid_grant")


def test_a_jti_belongs_to_its_client(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-14: the key is (iss, jti)."""
    other = site.issue(algorithm="ES256")
    endpoint.post(site.grant(keyfile, jti="once")).check_success()
    endpoint.post(site.grant(other, jti="once")).check_success()


def test_a_refused_grant_does_not_use_up_its_jti(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-14: whoever cannot sign cannot burn identifiers either."""
    grant = site.grant(keyfile, jti="once")
    endpoint.post(grant[:-8] + "AAAAAAAA").check_refused("invalid_grant")
    endpoint.post(grant, ("client_id", "other")).check_refused("invalid_grant")
    endpoint.post(grant, ("client_secret", "x")).check_refused("invalid_client")
    endpoint.post(grant).check_success()


@pytest.mark.parametrize("lifetime", [60, 3600])
def test_a_jti_is_remembered_as_long_as_its_grant_is_good(
    site: Any, endpoint: Any, keyfile: Any, later: Later, lifetime: int
) -> None:
    """JB-14: including the leeway."""
    now = later(0)
    grant = site.grant(keyfile, jti="once", iat=now, exp=now + lifetime)
    endpoint.post(grant).check_success()
    for seconds in (1, lifetime - 1, lifetime + 59):
        later(seconds)
        assert "jti" in endpoint.post(grant).check_refused("invalid_grant")
    later(lifetime + 60)
    assert "exp" in endpoint.post(grant).check_refused("invalid_grant")


@pytest.mark.parametrize("later_exp", [60, 3600])
def test_a_jti_that_has_expired_never_causes_a_failure(
    site: Any, endpoint: Any, keyfile: Any, later: Later, later_exp: int
) -> None:
    """JB-14: it may be refused or accepted once more, but it is used up again."""
    now = later(0)
    first = site.grant(keyfile, jti="once", iat=now, exp=now + 60)
    endpoint.post(first).check_success()
    now = later(200)
    again = site.grant(keyfile, jti="once", iat=now, exp=now + later_exp)
    assert endpoint.post(again).status in (200, 400)
    endpoint.post(again).check_refused("invalid_grant")


def test_a_jti_can_be_used_again_after_a_day(
    site: Any, endpoint: Any, keyfile: Any, later: Later
) -> None:
    """JB-14: nothing is remembered for ever."""
    endpoint.post(site.grant(keyfile, jti="once")).check_success()
    now = later(A_DAY)
    grant = site.grant(keyfile, jti="once", iat=now, exp=now + 60)
    endpoint.post(grant).check_success()
    endpoint.post(grant).check_refused("invalid_grant")


@pytest.mark.parametrize("threads", [2, 6])
def test_one_grant_at_the_same_time_gives_one_token(
    site: Any, keyfile: Any, threads: int
) -> None:
    """JB-14: two threads, CVE-2020-5300; the others are refused, none fails."""
    for attempt in range(4):
        grant = site.grant(keyfile, jti=f"once-{attempt}")
        barrier = threading.Barrier(threads)

        def post(grant: str = grant, barrier: Any = barrier) -> tuple[int, str]:
            barrier.wait(30)
            response = site.exchange(grant)
            return response.status_code, response.json().get("error", "")

        with ThreadPoolExecutor(threads) as pool:
            futures = [pool.submit(post) for _ in range(threads)]
            answers = sorted(future.result() for future in futures)
        assert answers == [(200, "")] + [(400, "invalid_grant")] * (threads - 1)


@pytest.mark.parametrize(
    "jti", ["", 1, True, [], {}, "x" * 257, "\n", "a\0b"], ids=lambda jti: repr(jti)[:9]
)
def test_a_jti_is_a_short_string(
    site: Any, endpoint: Any, keyfile: Any, jti: Any
) -> None:
    """JB-14, JW-08."""
    answer = endpoint.post(site.grant(keyfile, jti=jti))
    assert "jti" in answer.check_refused("invalid_grant")


@pytest.mark.parametrize("jti", ["x", "x" * 256, "e\u0301", "\U0001f511"])
def test_any_other_string_is_a_jti(
    site: Any, endpoint: Any, keyfile: Any, jti: str
) -> None:
    """JB-14."""
    endpoint.post(site.grant(keyfile, jti=jti)).check_success()
    endpoint.post(site.grant(keyfile, jti=jti)).check_refused("invalid_grant")


def test_a_key_can_require_a_jti(site: Any, endpoint: Any) -> None:
    """JB-14: others do without."""
    keyfile = site.issue(algorithm="ES256", require_jti=True)
    answer = endpoint.post(site.grant(keyfile))
    assert "jti" in answer.check_refused("invalid_grant")
    endpoint.post(site.grant(keyfile, jti="once")).check_success()


# -- the key -----------------------------------------------------------------


def test_a_key_that_ended_is_refused(site: Any, endpoint: Any, later: Later) -> None:
    """JB-33: expired or revoked, from that moment on."""
    start = later(0)
    keyfile = site.issue(algorithm="ES256", expires_at=start + 120)
    later(119)
    endpoint.post(site.grant(keyfile)).check_success()
    later(120)
    endpoint.post(site.grant(keyfile)).check_refused("invalid_grant")


def test_a_deleted_owner_is_refused(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-06, JB-33."""
    site.portal.acl_users.userFolderDelUsers(["owner"])
    site.commit()
    endpoint.post(site.grant(keyfile)).check_refused("invalid_grant")


@pytest.mark.parametrize(
    ("ip_ranges", "good"),
    [("127.0.0.1", True), ("127.0.0.0/8", True), ("10.0.0.0/8", False)],
)
def test_the_address_must_be_in_the_ranges_of_the_key(
    site: Any, endpoint: Any, ip_ranges: str, good: bool
) -> None:
    """JB-32: a header cannot change the address."""
    keyfile = site.issue(algorithm="ES256", ip_ranges=ip_ranges)
    headers = [("X-Forwarded-For", "10.0.0.1"), ("X-Real-IP", "10.0.0.1")]
    answer = endpoint.post(site.grant(keyfile), headers=headers)
    if good:
        answer.check_success()
    else:
        answer.check_refused("invalid_grant")
