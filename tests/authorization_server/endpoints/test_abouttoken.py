"""What holds for revocation and introspection alike: who may ask, and how."""

from base64 import b64encode
from collections.abc import Iterator
from pas.plugins.tokenauth.permissions import INTROSPECT_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_ALL_SERVICE_KEYS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.usage.recorder import recorder
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.authorization_server.endpoints.conftest import Later
from typing import Any

import json
import pytest


PERMISSIONS = {"revoke": MANAGE_ALL_SERVICE_KEYS, "introspect": INTROSPECT_TOKENS}
BEARER = 'Bearer realm="Plone"'
BASIC = 'Basic realm="Plone"'


@pytest.fixture(params=["revoke", "introspect"])
def path(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def token(site: Any, keyfile: Any) -> Iterator[str]:
    """A token that is live, also after the test: none of these requests ends it."""
    token: str = site.token(keyfile)
    yield token
    assert site.api("GET", "/@users/owner", token).status_code == 200


def add_user(site: Any, user_id: str, role: str) -> None:
    """Add somebody who may have keys and tokens, and no more than the role gives."""
    site.add_user(user_id, role)
    for permission in (MANAGE_OWN_SERVICE_KEYS, MANAGE_OWN_PERSONAL_ACCESS_TOKENS):
        site.portal.manage_permission(permission, ["Manager", role])
    site.commit()


def nothing_about(token: str, answer: Any) -> bool:
    return token not in answer.body.decode() and "active" not in answer.json()


# -- nobody ------------------------------------------------------------------


def test_nobody_is_told_how_to_ask(endpoint: Any, token: str, path: str) -> None:
    """IN-02, IN-10, RV-04, CA-04, RS-08: 401, and no error code in the challenge."""
    if path == "revoke":
        pytest.skip("The token is enough to revoke it.")
    answer = endpoint.form([("token", token)], path=f"/@@oauth2-{path}")
    assert "client assertion" in answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == [BEARER]
    assert nothing_about(token, answer)


def test_a_client_id_alone_is_nobody(
    site: Any, endpoint: Any, keyfile: Any, token: str, path: str
) -> None:
    """CA-03, CA-06, RV-04: challenged by the scheme that was tried."""
    client_id = keyfile["client_id"]
    parameters = [("token", token), ("client_id", client_id)]
    answer = endpoint.form(parameters, path=f"/@@oauth2-{path}")
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == [BEARER]
    encoded = b64encode(f"{client_id}:".encode()).decode()
    headers = [("Authorization", f"Basic {encoded}")]
    answer = endpoint.form(parameters, headers, path=f"/@@oauth2-{path}")
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == [BASIC]


@pytest.mark.parametrize(
    ("more", "error", "status"),
    [
        ({"client_secret": "s"}, "invalid_client", 401),
        ({"client_assertion": ""}, "invalid_request", 400),
        ({"client_assertion_type": "x"}, "invalid_request", 400),
        ({"client_assertion": "a.b.c"}, "invalid_client", 401),
    ],
    ids=str,
)
def test_a_client_that_fails_learns_nothing(
    endpoint: Any, token: str, path: str, more: dict[str, str], error: str, status: int
) -> None:
    """IN-02, RV-04, CA-04, CA-11, JB-22."""
    parameters = {"token": token, **more}
    if "client_secret" not in more:
        parameters = {**dict(authenticated("x")), **parameters}
    answer = endpoint.form(parameters.items(), path=f"/@@oauth2-{path}")
    answer.check_refused(error, status)
    assert nothing_about(token, answer)


@pytest.mark.parametrize(
    "claims",
    [{"aud": "x"}, {"sub": "owner"}, {"jti": None}, {"exp": 1, "iat": 0}],
    ids=str,
)
def test_a_wrong_assertion_is_refused_here_too(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    token: str,
    path: str,
    claims: dict[str, Any],
) -> None:
    """IN-02, RV-04, JB-25."""
    answer = endpoint.ask(path, token, client_assertion(site, keyfile, **claims))
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == [BEARER]


def test_a_revoked_key_cannot_ask(
    site: Any, endpoint: Any, keyfile: Any, path: str
) -> None:
    """JB-33, RV-04."""
    token = site.token(keyfile)
    site.service_key(keyfile).revoked_at = 1.0
    site.commit()
    answer = endpoint.ask(path, token, client_assertion(site, keyfile))
    answer.check_refused("invalid_client", 401)


def test_a_key_cannot_ask_from_another_address(
    site: Any, endpoint: Any, token: str, path: str
) -> None:
    """JB-32."""
    keyfile = site.issue(algorithm="ES256", ip_ranges="10.0.0.0/8")
    answer = endpoint.ask(path, token, client_assertion(site, keyfile))
    answer.check_refused("invalid_client", 401)


def test_two_methods_are_one_too_many(
    site: Any, endpoint: Any, keyfile: Any, token: str, path: str
) -> None:
    """CA-05."""
    answer = endpoint.ask(
        path, token, client_assertion(site, keyfile), client_secret="s"
    )
    answer.check_refused("invalid_request")


# -- the request -------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(
    site: Any, endpoint: Any, keyfile: Any, token: str, path: str, method: str
) -> None:
    """RV-13, IN-09: also with everything that belongs into it."""
    parameters = [("token", token), *authenticated(client_assertion(site, keyfile))]
    answer = endpoint.form(parameters, path=f"/@@oauth2-{path}", method=method)
    assert answer.status == 405
    assert answer.all("Allow") == ["POST"]
    assert answer.transactions == []


def test_a_callback_is_never_called(
    site: Any, endpoint: Any, token: str, path: str
) -> None:
    """RV-13: no JSONP."""
    answer = endpoint.send(
        method="GET", path=f"/@@oauth2-{path}?token={token}&callback=f"
    )
    answer.check_refused("invalid_request", 405)
    assert not answer.body.startswith(b"f(")


@pytest.mark.parametrize("value", [None, ""])
def test_the_token_must_be_there(
    site: Any, endpoint: Any, keyfile: Any, path: str, value: str | None
) -> None:
    """RV-03, IN-01: nothing is used up by that."""
    assertion = client_assertion(site, keyfile)
    parameters = authenticated(assertion)
    if value is not None:
        parameters.append(("token", value))
    answer = endpoint.form(parameters, path=f"/@@oauth2-{path}")
    assert "token" in answer.check_refused("invalid_request")
    endpoint.ask(path, "x", assertion).check_answer()


def test_the_caller_is_judged_before_the_request(endpoint: Any, path: str) -> None:
    """RV-04, IN-02, section 0: two faults, the earlier code."""
    answer = endpoint.form([], path=f"/@@oauth2-{path}")
    answer.check_refused("invalid_client", 401)
    answer = endpoint.form([("client_secret", "s")], path=f"/@@oauth2-{path}")
    assert "secret" in answer.check_refused("invalid_client", 401)


def test_a_token_in_the_uri_is_refused(
    site: Any, endpoint: Any, keyfile: Any, token: str, path: str
) -> None:
    """TE-09."""
    parameters = authenticated(client_assertion(site, keyfile))
    answer = endpoint.form(parameters, path=f"/@@oauth2-{path}?token={token}")
    assert "URI" in answer.check_refused("invalid_request")


def test_json_is_no_form(endpoint: Any, token: str, path: str) -> None:
    """TE-13, RV-01, IN-01."""
    body = json.dumps({"token": token}).encode()
    headers = [("Content-Type", "application/json")]
    answer = endpoint.send(body, headers, path=f"/@@oauth2-{path}")
    answer.check_refused("invalid_request")


def test_plain_http_is_refused(site: Any, endpoint: Any, token: str, path: str) -> None:
    """RV-11: where the issuer says https."""
    site.plugin.issuer = "https://www.example.org"
    site.commit()
    answer = endpoint.form(
        [("token", token)], [("Host", "www.example.org")], path=f"/@@oauth2-{path}"
    )
    assert "https" in answer.check_refused("invalid_request")
    site.plugin.issuer = site.url
    site.commit()


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "x", '"', ""])
@pytest.mark.parametrize("garbage", ["x", "pta_", "é\u202e", "x" * 50_000, "a b"])
def test_garbage_is_an_unknown_token(
    site: Any, endpoint: Any, keyfile: Any, path: str, garbage: str, hint: str
) -> None:
    """RV-02, RV-07, IN-03, IN-08: never an error, and neither does the hint matter."""
    answer = endpoint.ask(
        path, garbage, client_assertion(site, keyfile), token_type_hint=hint
    )
    expected = {"active": False} if path == "introspect" else {}
    assert answer.check_answer() == expected


def test_passwords_and_cookies_do_not_help(
    site: Any, endpoint: Any, token: str, path: str, site_owner_auth: tuple[str, str]
) -> None:
    """ZP-05, IN-02: nobody is logged in here."""
    encoded = b64encode(":".join(site_owner_auth).encode()).decode()
    headers = [("Authorization", f"Basic {encoded}"), ("Cookie", "__ac=x")]
    answer = endpoint.form([("token", token)], headers, path=f"/@@oauth2-{path}")
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == [BASIC]


# -- a program of a user -----------------------------------------------------


def test_a_user_with_the_permission_may_ask(
    site: Any, endpoint: Any, keyfile: Any, path: str
) -> None:
    """IN-10, RV-05: by an access token of a key, or a personal one."""
    for bearer in (
        site.token(site.issue("admin", algorithm="ES256")),
        site.personal_access_token("admin", scopes=("plone.write",)),
    ):
        answer = endpoint.ask_as(path, site.token(keyfile), bearer)
        expected = {"active": True} if path == "introspect" else {}
        assert answer.check_answer().items() >= expected.items()


def test_a_user_without_the_permission_may_not_ask(
    site: Any, endpoint: Any, token: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """IN-10, RV-04, RS-11: 403, which no other token would change."""
    add_user(site, "member", "Member")
    issued = site.issue_personal_access_token("member", scopes=("plone.write",))
    answer = endpoint.ask_as(path, token, issued.token)
    answer.check_refused("access_denied", 403)
    assert answer.all("WWW-Authenticate") == []
    assert issued.credential.credential_id in caplog.text
    assert nothing_about(token, answer)


def test_the_permission_decides_and_no_role(
    site: Any, endpoint: Any, keyfile: Any, path: str
) -> None:
    """IN-10: it is asked for at the site root, now."""
    add_user(site, "editor", "Editor")
    bearer = site.personal_access_token("editor", scopes=("plone.write",))
    target = site.token(keyfile)
    site.portal.manage_permission(PERMISSIONS[path], ["Editor"])
    site.commit()
    endpoint.ask_as(path, target, bearer).check_answer()
    site.portal.manage_permission(PERMISSIONS[path], ["Manager"])
    site.commit()
    endpoint.ask_as(path, target, bearer).check_refused("access_denied", 403)


def test_a_user_without_the_permission_may_not_ask_about_their_other_tokens(
    site: Any, endpoint: Any, path: str
) -> None:
    """IN-10: having a token is no permission to ask about another one."""
    add_user(site, "member", "Member")
    keyfile = site.issue("member", algorithm="ES256")
    own, other = site.token(keyfile), site.token(keyfile)
    endpoint.ask_as(path, own, other).check_refused("access_denied", 403)


@pytest.mark.parametrize("bearer", ["pta_x", "ptp_", "foreign", "a, b", ""])
def test_a_token_that_is_none_is_refused(
    endpoint: Any, token: str, path: str, bearer: str
) -> None:
    """IN-02, RS-09: with the error code, for a token was sent."""
    answer = endpoint.ask_as(path, token, bearer)
    if bearer:
        answer.check_refused("invalid_token", 401)
        assert 'error="invalid_token"' in answer.all("WWW-Authenticate")[0]
    else:
        answer.check_refused("invalid_client", 401)


def test_a_token_that_has_ended_is_refused(
    site: Any, endpoint: Any, keyfile: Any, token: str, path: str, later: Later
) -> None:
    """IN-02, RS-09."""
    bearer = site.token(site.issue("admin", algorithm="ES256"))
    later(3601)
    answer = endpoint.ask_as(path, token, bearer)
    answer.check_refused("invalid_token", 401)


def test_a_token_from_another_address_is_refused(
    site: Any, endpoint: Any, token: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """JB-32: the log tells why, the answer does not."""
    issued = site.issue_personal_access_token("admin", ip_ranges="10.0.0.0/8")
    answer = endpoint.ask_as(path, token, issued.token)
    description = answer.check_refused("invalid_token", 401)
    assert "address" not in description
    assert "outside the IP ranges" in caplog.text
    assert issued.token not in caplog.text


def test_an_assertion_counts_more_than_a_token(
    site: Any, endpoint: Any, keyfile: Any, token: str, path: str
) -> None:
    """CA-13: the client is who asks, so a foreign token stays foreign."""
    other = site.issue(algorithm="ES256")
    admin = site.token(site.issue("admin", algorithm="ES256"))
    headers = [("Authorization", f"Bearer {admin}")]
    answer = endpoint.ask(path, token, client_assertion(site, other), headers)
    expected = {"active": False} if path == "introspect" else {}
    assert answer.check_answer() == expected


def test_a_personal_access_token_that_asks_is_used(
    site: Any, endpoint: Any, token: str, path: str
) -> None:
    """Its usage log tells so, as after any other request."""
    issued = site.issue_personal_access_token("admin", scopes=("plone.write",))
    endpoint.ask_as(path, "x", issued.token).check_answer()
    recorder.flush(everything=True)
    site.sync()
    credential_id = issued.credential.credential_id
    (entry,) = site.context.storage["usage_log"].entries(credential_id)
    assert entry.address == "127.0.0.1"


def test_a_scope_that_does_not_even_read_cannot_ask(
    site: Any, endpoint: Any, token: str, path: str
) -> None:
    """RS-10, IN-10: as anywhere else in the site."""
    keyfile = site.issue("admin", algorithm="ES256")
    bearer = site.token(keyfile)
    site.service_key(keyfile).scopes = ("addon.gone",)
    site.commit()
    answer = endpoint.ask_as(path, token, bearer)
    answer.check_refused("insufficient_scope", 403)
    needed = {"revoke": "plone.write", "introspect": "plone.read"}[path]
    assert f'scope="{needed}"' in answer.all("WWW-Authenticate")[0]
