"""Clients that authenticate themselves by ``private_key_jwt``, over HTTP.

One fact about a good assertion is changed at a time, and it is signed by the right key.
"""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from tests.authorization_server.endpoints.conftest import ASSERTION_TYPE
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.authorization_server.endpoints.conftest import GRANT_TYPE
from tests.authorization_server.endpoints.conftest import Later
from tests.credentials.doing import rotate_service_key
from typing import Any

import jwt
import logging
import pytest
import threading
import time


UNUSABLE = (
    "The client cannot be used: it has ended or is disabled, or not from this address."
)


def basic(credentials: str) -> list[tuple[str, str]]:
    encoded = b64encode(credentials.encode("utf-8")).decode("ascii")
    return [("Authorization", f"Basic {encoded}")]


# -- good ones ---------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_a_client_proves_itself_by_an_assertion(
    site: Any, endpoint: Any, algorithm: str
) -> None:
    """JB-22, JB-24, CC-01, CC-02: for every algorithm."""
    keyfile = site.issue(algorithm=algorithm)
    endpoint.client(client_assertion(site, keyfile)).check_success()


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": "client-authentication+jwt"},
        {"typ": "application/client-authentication+jwt"},
        {"typ": None},
        {"kid": None},
    ],
    ids=str,
)
def test_type_and_kid_are_optional(
    site: Any, endpoint: Any, keyfile: Any, header: dict[str, Any]
) -> None:
    """JB-28."""
    assertion = client_assertion(site, keyfile, header)
    endpoint.client(assertion).check_success()


def test_a_list_with_the_issuer_alone_is_an_audience(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-27."""
    assertion = client_assertion(site, keyfile, aud=[site.url])
    endpoint.client(assertion).check_success()


def test_an_assertion_without_iat_counts_as_made_now(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-13: as a grant does."""
    assertion = client_assertion(site, keyfile, iat=None)
    endpoint.client(assertion).check_success()


def test_the_client_may_say_who_it_is(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-23, CA-08: in the body, in a Basic header without a secret, in both."""
    client_id = keyfile["client_id"]
    for headers, more in (
        ([], {"client_id": client_id}),
        (basic(f"{client_id}:"), {}),
        (basic(f"{client_id}:"), {"client_id": client_id}),
    ):
        assertion = client_assertion(site, keyfile)
        endpoint.client(assertion, headers, **more).check_success()


# -- wrong ones --------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"sub": "owner"}, "sub"),
        ({"sub": None}, "sub"),
        ({"aud": None}, "aud"),
        ({"aud": "ENDPOINT"}, "aud"),
        ({"aud": "ISSUER/"}, "aud"),
        ({"aud": "ISSUER/@@oauth2-introspect"}, "aud"),
        ({"aud": "https://elsewhere.example"}, "aud"),
        ({"aud": ["ISSUER", "ENDPOINT"]}, "aud"),
        ({"aud": ["ISSUER", "https://elsewhere.example"]}, "aud"),
        ({"aud": ["ENDPOINT"]}, "aud"),
        ({"aud": []}, "aud"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": "x" * 257}, "jti"),
        ({"exp": None}, "exp"),
        ({"iat": "1900000000"}, "iat"),
        ({"iat": True}, "iat"),
        ({"iat": None, "exp": 253402300799}, "exp"),
        ({"iat": 1, "exp": 2}, "exp"),
        ({"exp": "1900000000"}, "exp"),
        ({"exp": 253402300799}, "exp"),
        ({"iat": 253402300000, "exp": 253402300799}, "iat"),
        ({"nbf": 253402300000}, "nbf"),
        ({"iss": "owner", "sub": "owner"}, "live key of a client"),
        ({"iss": None}, "live key of a client"),
        ({"iss": "svc-unknown", "sub": "svc-unknown"}, "live key of a client"),
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused(
    site: Any, endpoint: Any, keyfile: Any, claims: dict[str, Any], word: str
) -> None:
    """JB-24, JB-25, JB-26, JB-29, CA-04: invalid_client, and nothing is written."""

    def here(value: Any) -> Any:
        if isinstance(value, list):
            return [here(each) for each in value]
        if isinstance(value, str):
            value = value.replace("ENDPOINT", site.endpoint)
            return value.replace("ISSUER", site.url)
        return value

    claims = {name: here(value) for name, value in claims.items()}
    answer = endpoint.client(client_assertion(site, keyfile, **claims))
    assert word in answer.check_refused("invalid_client")


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"typ": "dpop+jwt"},
        {"typ": "logout+jwt"},
        {"typ": "oauth-id-jag+jwt"},
        {"typ": "token-introspection+jwt"},
        {"kid": "x"},
        {"crit": ["exp"]},
        {"cty": "JWT"},
    ],
    ids=str,
)
def test_a_wrong_header_is_refused(
    site: Any, endpoint: Any, keyfile: Any, header: dict[str, Any]
) -> None:
    """JB-25, JB-28: an assertion that was made for something else."""
    answer = endpoint.client(client_assertion(site, keyfile, header))
    assert "live key of a client" in answer.check_refused("invalid_client")


def test_a_key_signs_for_its_own_client_only(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-24, JB-25: with the other's name, and with the other's kid."""
    other = site.issue(algorithm="ES256")
    name = other["client_id"]
    for assertion in (
        client_assertion(site, keyfile, iss=name, sub=name),
        client_assertion(site, keyfile, iss=name, sub=name, header={"kid": None}),
        client_assertion(site, keyfile, {"kid": other["key_id"]}),
    ):
        endpoint.client(assertion).check_refused("invalid_client")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256"])
def test_another_algorithm_is_refused(
    site: Any, endpoint: Any, keyfile: Any, algorithm: str
) -> None:
    """CA-11, CA-12: no client_secret_jwt, and no method but the registered one."""
    claims = jwt.decode(
        client_assertion(site, keyfile), options={"verify_signature": False}
    )
    keys = {
        "none": None,
        "HS256": keyfile["client_id"] * 2,
        "RS256": site.issue(algorithm="RS256")["private_key"],
    }
    answer = endpoint.client(jwt.encode(claims, keys[algorithm], algorithm))
    answer.check_refused("invalid_client")


@pytest.mark.parametrize(
    "assertion", ["x", "a.b.c", "a.b.c.d.e", "é", "x" * 9000, '{"a":1}', "\u202e"]
)
def test_garbage_is_an_invalid_client(endpoint: Any, assertion: str) -> None:
    """JB-22, JB-25, TE-18."""
    endpoint.client(assertion).check_refused("invalid_client")


@pytest.mark.parametrize(
    "assertion_type",
    [
        "",
        ASSERTION_TYPE.upper(),
        f"{ASSERTION_TYPE} ",
        ASSERTION_TYPE.replace("jwt", "saml2"),
        GRANT_TYPE,
    ],
)
def test_the_assertion_type_is_an_exact_string(
    site: Any, endpoint: Any, keyfile: Any, assertion_type: str
) -> None:
    """JB-22: a wrong one, or none."""
    answer = endpoint.client(
        client_assertion(site, keyfile), client_assertion_type=assertion_type
    )
    assert "client_assertion_type" in answer.check_refused("invalid_request")


def test_the_type_alone_is_half_of_what_belongs_together(endpoint: Any) -> None:
    """JB-22."""
    answer = endpoint.client("")
    assert "client_assertion is missing" in answer.check_refused("invalid_request")


# -- who else the request names ----------------------------------------------


@pytest.mark.parametrize("client_id", ["OTHER", "owner", "svc-unknown", "UPPER"])
@pytest.mark.parametrize("place", ["body", "header"])
def test_another_client_id_is_refused(
    site: Any, endpoint: Any, keyfile: Any, client_id: str, place: str
) -> None:
    """JB-23: that of another client, an unknown one, another spelling."""
    if client_id == "OTHER":
        client_id = site.issue(algorithm="ES256")["client_id"]
    client_id = client_id.replace("UPPER", keyfile["client_id"].upper())
    assertion = client_assertion(site, keyfile)
    if place == "body":
        answer = endpoint.client(assertion, client_id=client_id)
        answer.check_refused("invalid_client")
    else:
        answer = endpoint.client(assertion, basic(f"{client_id}:"))
        answer.check_refused("invalid_client", 401)
        assert answer.all("WWW-Authenticate") == ['Basic realm="Plone"']


@pytest.mark.parametrize(
    "secret", [f"{SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}", "x:y", ":y"]
)
def test_an_assertion_and_a_password_are_two_methods(
    site: Any, endpoint: Any, keyfile: Any, secret: str
) -> None:
    """CA-05, ZP-05: although the assertion is good."""
    answer = endpoint.client(client_assertion(site, keyfile), basic(secret))
    assert "two methods" in answer.check_refused("invalid_request")


def test_an_assertion_and_a_secret_are_two_methods(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-05."""
    answer = endpoint.client(client_assertion(site, keyfile), client_secret="s")
    assert "two methods" in answer.check_refused("invalid_request")


def test_a_bearer_header_does_not_matter(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-13: neither a good one nor a bad one."""
    for token in (site.token(keyfile), "pta_x", "foreign"):
        headers = [("Authorization", f"Bearer {token}")]
        answer = endpoint.client(client_assertion(site, keyfile), headers)
        answer.check_success()


# -- the switch for the audience ---------------------------------------------


def test_the_token_endpoint_is_an_audience_where_the_site_says_so(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-26: a switch for older clients, off by default; still one audience alone."""
    refused = client_assertion(site, keyfile, aud=site.endpoint)
    endpoint.client(refused).check_refused("invalid_client")
    site.plugin.accept_token_endpoint_audience = True
    site.commit()
    for aud in (site.endpoint, [site.endpoint], site.url):
        assertion = client_assertion(site, keyfile, aud=aud)
        endpoint.client(assertion).check_success()
    for aud in ([site.url, site.endpoint], f"{site.url}/@@oauth2-revoke", "x"):
        assertion = client_assertion(site, keyfile, aud=aud)
        endpoint.client(assertion).check_refused("invalid_client")


def test_without_an_issuer_no_client_is_known(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-31: with the switch, either."""
    assertions = [
        client_assertion(site, keyfile, aud=aud)
        for aud in (site.url, site.endpoint, "", [""])
    ]
    site.plugin.issuer = ""
    site.plugin.accept_token_endpoint_audience = True
    site.commit()
    for assertion in assertions:
        endpoint.client(assertion).check_refused("invalid_client")


# -- the key -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("revoked_at", 1.0), ("expires_at", 1.0), ("orphaned_at", 1.0)],
)
def test_a_key_that_has_ended_proves_nothing(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: float,
) -> None:
    """JB-33: one sentence for what the client learns, the reason for the log."""
    setattr(site.service_key(keyfile), name, value)
    site.commit()
    answer = endpoint.client(client_assertion(site, keyfile))
    assert answer.check_refused("invalid_client") == UNUSABLE
    assert "credential has ended" in caplog.text
    assert keyfile["client_id"] in caplog.text


def test_a_key_ends_in_its_second(site: Any, endpoint: Any, later: Later) -> None:
    """JB-33."""
    start = later(0)
    keyfile = site.issue(algorithm="ES256", expires_at=start + 120)
    times = {"iat": start, "exp": start + 600}
    later(119)
    endpoint.client(client_assertion(site, keyfile, **times)).check_success()
    later(120)
    answer = endpoint.client(client_assertion(site, keyfile, **times))
    answer.check_refused("invalid_client")


@pytest.mark.parametrize("overlap", [0, 3600])
def test_a_key_pair_that_was_replaced_works_until_it_ends(
    site: Any, endpoint: Any, keyfile: Any, overlap: int
) -> None:
    """JB-25, JB-33: the new one at once."""
    site.sync()
    rotated = rotate_service_key(
        site.context,
        site.requester("owner"),
        keyfile["client_id"],
        time.time(),
        overlap,
    )
    site.commit()
    endpoint.client(client_assertion(site, rotated.keyfile)).check_success()
    answer = endpoint.client(client_assertion(site, keyfile))
    if overlap:
        answer.check_success()
    else:
        answer.check_refused("invalid_client")


def test_the_key_of_nobody_proves_nothing(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-33: its owner was deleted."""
    site.portal.acl_users.userFolderDelUsers(["owner"])
    site.commit()
    answer = endpoint.client(client_assertion(site, keyfile))
    assert answer.check_refused("invalid_client") == UNUSABLE


@pytest.mark.parametrize("ip_ranges", ["10.0.0.0/8", "127.0.0.1"])
def test_the_address_must_be_in_the_ranges_of_the_key(
    site: Any, endpoint: Any, ip_ranges: str
) -> None:
    """JB-32: no header changes it."""
    keyfile = site.issue(algorithm="ES256", ip_ranges=ip_ranges)
    headers = [("X-Forwarded-For", "10.0.0.1")]
    answer = endpoint.client(client_assertion(site, keyfile), headers)
    if ip_ranges.startswith("127"):
        answer.check_success()
    else:
        assert answer.check_refused("invalid_client") == UNUSABLE


# -- jti ---------------------------------------------------------------------


def test_an_assertion_is_good_for_one_time(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-29: itself, and another one with its jti; also at the other endpoints."""
    assertion = client_assertion(site, keyfile, jti="once")
    token = endpoint.client(assertion).check_success()
    for again in (assertion, client_assertion(site, keyfile, jti="once")):
        assert "jti" in endpoint.client(again).check_refused("invalid_client")
        for path in ("revoke", "introspect"):
            answer = endpoint.ask(path, token, again)
            answer.check_refused("invalid_client", 401)
    assert site.api("GET", "/@users/owner", token).status_code == 200


def test_a_jti_is_good_for_a_grant_or_an_assertion(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-14, JB-29: one set for both."""
    endpoint.post(site.grant(keyfile, jti="a")).check_success()
    endpoint.client(client_assertion(site, keyfile, jti="b")).check_success()
    used = client_assertion(site, keyfile, jti="a")
    assert "jti" in endpoint.client(used).check_refused("invalid_client")
    answer = endpoint.post(site.grant(keyfile, jti="b"))
    assert "jti" in answer.check_refused("invalid_grant")


def test_a_jti_belongs_to_its_client(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-29."""
    for each in (keyfile, site.issue(algorithm="ES256")):
        endpoint.client(client_assertion(site, each, jti="once")).check_success()


def test_a_refused_request_does_not_use_up_the_jti(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-29: also where the assertion was good, and something after it was not."""
    assertion = client_assertion(site, keyfile)
    endpoint.client(assertion, client_id="other").check_refused("invalid_client")
    endpoint.client(assertion, scope="unknown").check_refused("invalid_scope")
    endpoint.client(assertion, scope='"').check_refused("invalid_scope")
    grant_type = [("grant_type", GRANT_TYPE), *authenticated(assertion)]
    endpoint.form(grant_type).check_refused("invalid_request")
    endpoint.ask("introspect", "", assertion).check_refused("invalid_request")
    endpoint.client(assertion).check_success()


def test_an_assertion_stays_used_while_it_is_good(
    site: Any, endpoint: Any, keyfile: Any, later: Later
) -> None:
    """JB-29, ZP-17: in the database, until its end and the leeway."""
    now = later(0)
    assertion = client_assertion(site, keyfile, iat=now, exp=now + 60)
    endpoint.client(assertion).check_success()
    for seconds in (59, 119):
        later(seconds)
        site.app._p_jar.db().cacheMinimize()
        assert "jti" in endpoint.client(assertion).check_refused("invalid_client")
    later(120)
    assert "expired" in endpoint.client(assertion).check_refused("invalid_client")


def test_one_of_eight_at_the_same_time_is_accepted(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-29, ZP-17: the others are refused, and none fails."""
    for _ in range(3):
        assertion = client_assertion(site, keyfile)
        barrier = threading.Barrier(8)

        def post(assertion: str = assertion, barrier: Any = barrier) -> Any:
            barrier.wait(30)
            data = [("grant_type", "client_credentials"), *authenticated(assertion)]
            answer = site.request("POST", "/@@oauth2-token", data=data)
            return answer.status_code, answer.json().get("error", "")

        with ThreadPoolExecutor(8) as pool:
            futures = [pool.submit(post) for _ in range(8)]
            answers = sorted(future.result() for future in futures)
        assert answers == [(200, ""), *[(400, "invalid_client")] * 7]


# -- beside a grant ----------------------------------------------------------


def test_a_grant_may_come_with_a_client_assertion(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-18, JB-30: of the same client, each by its own rules."""
    more = authenticated(client_assertion(site, keyfile))
    endpoint.post(site.grant(keyfile), *more).check_success()


def test_a_wrong_assertion_counts_although_the_grant_is_good(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-18."""
    grant = site.grant(keyfile, jti="once")
    more = authenticated(client_assertion(site, keyfile, aud=site.endpoint))
    endpoint.post(grant, *more).check_refused("invalid_client")
    endpoint.post(grant).check_success()


def test_a_wrong_grant_counts_although_the_assertion_is_good(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-04, JB-18: and the assertion is not used up."""
    assertion = client_assertion(site, keyfile)
    answer = endpoint.post(site.grant(keyfile, aud="x"), *authenticated(assertion))
    answer.check_refused("invalid_grant")
    endpoint.client(assertion).check_success()


def test_another_client_cannot_bring_a_grant(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-18: even one of the same owner."""
    more = authenticated(client_assertion(site, site.issue(algorithm="ES256")))
    answer = endpoint.post(site.grant(keyfile), *more)
    assert "Another client" in answer.check_refused("invalid_grant")


@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt"])
def test_a_jwt_is_never_a_grant_and_a_client_assertion(
    site: Any, endpoint: Any, keyfile: Any, typ: str
) -> None:
    """JB-30: its jti is good for one of them; its type, too."""
    both = client_assertion(site, keyfile, {"typ": typ})
    endpoint.post(both, *authenticated(both)).check_refused("invalid_grant")


def test_a_typed_assertion_is_no_grant(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-30, JS-22."""
    header = {"typ": "client-authentication+jwt"}
    assertion = client_assertion(site, keyfile, header)
    endpoint.post(assertion).check_refused("invalid_grant")


# -- nothing secret, nobody logged in ----------------------------------------


def test_no_assertion_is_logged(
    site: Any, endpoint: Any, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """JS-28: neither of a success nor of a refusal; no line of a client's own."""
    caplog.set_level(logging.DEBUG)
    for claims in ({}, {"sub": "a\nforged"}, {"jti": "a\nforged"}, {"aud": "x"}):
        assertion = client_assertion(site, keyfile, **claims)
        answer = endpoint.client(assertion)
        assert assertion.split(".")[2] not in caplog.text
        assert assertion.split(".")[2].encode() not in answer.body
    assert "forged" not in caplog.text


def test_an_assertion_in_the_uri_is_refused(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-09: and it is not used up."""
    assertion = client_assertion(site, keyfile)
    parameters = [("grant_type", "client_credentials")]
    answer = endpoint.form(
        parameters, path=f"/@@oauth2-token?client_assertion={assertion}"
    )
    assert "URI" in answer.check_refused("invalid_request")
    endpoint.client(assertion).check_success()


def test_a_repeated_assertion_is_refused(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-11."""
    parameters = authenticated(client_assertion(site, keyfile))
    answer = endpoint.form(
        [("grant_type", "client_credentials"), *parameters, parameters[-1]]
    )
    assert "repeated" in answer.check_refused("invalid_request")
