"""Every check runs on every use of a token, and a failed one looks like any other."""

from collections.abc import Callable
from typing import Any

import json
import pytest
import time
import xmlrpc.client


REFUSAL = {"error": "invalid_token", "error_description": "Access token expired"}


def assert_refused(response: Any) -> None:
    """The one answer to a token that is not valid, RS-09."""
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    (challenge,) = response.raw.headers.getlist("WWW-Authenticate")
    assert challenge.startswith("Bearer realm=")
    assert challenge.count("Bearer") == 1
    assert 'error="invalid_token"' in challenge
    assert "Set-Cookie" not in response.headers
    assert "Location" not in response.headers
    if response.request.method != "HEAD":
        assert json.loads(response.content) == REFUSAL


def revoke(site: Any, key: Any) -> None:
    site.context.storage["service_key"].mark_revoked(
        key.client_id, "owner", time.time()
    )


def expire_key(site: Any, key: Any) -> None:
    key.expires_at = time.time() - 1


def forget_key(site: Any, key: Any) -> None:
    site.context.storage["service_key"].remove(key.client_id)


def move_away(site: Any, key: Any) -> None:
    key.ip_ranges = "192.0.2.0/24"


def delete_owner(site: Any, key: Any) -> None:
    site.portal.acl_users._doDelUsers(["owner"])


def lock_owner_out(site: Any, key: Any) -> None:
    # The source no longer vouches for the user; PAS is not told.
    site.portal.acl_users.source_users.removeUser("owner")


@pytest.mark.parametrize(
    "change",
    [revoke, expire_key, forget_key, move_away, delete_owner, lock_owner_out],
    ids=lambda change: change.__name__,
)
def test_a_change_ends_tokens_that_were_issued_already(
    site: Any, change: Callable[[Any, Any], None]
) -> None:
    """JB-33, JB-32, RS-09, threats: Keycloak CVE-2023-0091, CVE-2026-9798."""
    keyfile = site.issue()
    token = site.token(keyfile)
    assert site.api("GET", "/@users/owner", token).status_code == 200
    change(site, site.service_key(keyfile))
    site.commit()
    assert_refused(site.api("GET", "/@users/owner", token))
    # Nor is there a new one.
    again = site.exchange(site.grant(keyfile))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_user_who_takes_the_id_of_a_deleted_one_does_not_get_the_keys(
    site: Any,
) -> None:
    keyfile = site.issue()
    token = site.token(keyfile)
    site.sync()
    site.portal.acl_users._doDelUsers(["owner"])
    site.add_user("owner", "Manager")
    assert_refused(site.api("GET", "/@users/owner", token))
    assert site.exchange(site.grant(keyfile)).status_code == 400


def test_a_user_who_takes_the_id_of_one_deleted_without_notice_does_not_get_the_keys(
    site: Any,
) -> None:
    keyfile = site.issue()
    token = site.token(keyfile)
    site.sync()
    site.portal.acl_users.source_users.removeUser("owner")
    site.commit()
    assert_refused(site.api("GET", "/@users/owner", token))
    site.add_user("owner", "Manager")
    assert_refused(site.api("GET", "/@users/owner", token))
    assert site.exchange(site.grant(keyfile)).status_code == 400


def test_a_token_expires(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = site.token(site.issue())
    later = time.time() + 3600
    monkeypatch.setattr("pas.plugins.tokenauth.plugin.plugin.now", lambda: later - 10)
    assert site.api("GET", "/@users/owner", token).status_code == 200
    monkeypatch.setattr("pas.plugins.tokenauth.plugin.plugin.now", lambda: later + 1)
    assert_refused(site.api("GET", "/@users/owner", token))


def test_a_token_does_not_outlive_its_key(site: Any) -> None:
    keyfile = site.issue(expires_at=time.time() + 100)
    answer = site.exchange(site.grant(keyfile)).json()
    assert 0 < answer["expires_in"] <= 100


DAMAGED = [
    "pta_x",
    "pta_",
    "pta_" + "0" * 49,
    "x pta_x",
    "pta_x y",
    "pta_é",
    "pta_x, pta_y",
    "x,pta_x",
]


@pytest.mark.parametrize("token", DAMAGED)
def test_a_damaged_token_of_ours_is_refused(site: Any, token: str) -> None:
    """RS-03, threat GHSA-gv94-wp4h-vv8p: never partially parsed."""
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert_refused(site.get(headers=headers))


def test_a_valid_token_with_something_behind_it_is_refused(site: Any) -> None:
    """RS-03."""
    token = site.token(site.issue())
    assert_refused(site.get(headers={"Authorization": f"Bearer {token} x"}))
    assert_refused(site.get(headers={"Authorization": f"Bearer\t{token}"}))


@pytest.mark.parametrize(
    "path", ["", "/++api++", "/@@overview-controlpanel", "/sitemap", "/login"]
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_a_refused_token_is_refused_everywhere(
    site: Any, path: str, accept: str
) -> None:
    """RS-16, ZP-06, ZP-07, ZP-15: public pages, too; no redirect to a form."""
    assert_refused(site.get(path, "pta_x", headers={"Accept": accept}))


@pytest.mark.parametrize(
    "method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"]
)
def test_a_refused_token_is_refused_for_every_method(site: Any, method: str) -> None:
    """RS-16."""
    assert_refused(site.request(method, token="pta_x"))


def test_a_refusal_is_logged_with_key_and_address_but_without_the_token(
    site: Any, caplog: pytest.LogCaptureFixture
) -> None:
    keyfile = site.issue()
    token = site.token(keyfile)
    site.service_key(keyfile).ip_ranges = "192.0.2.1"
    site.commit()
    assert_refused(site.get(token=token))
    messages = [record.getMessage() for record in caplog.records]
    (message,) = [text for text in messages if "Refused" in text]
    assert keyfile["client_id"] in message
    assert "127.0.0.1" in message
    assert "outside the IP ranges" in message
    assert not any(record.exc_info for record in caplog.records)
    assert token not in "".join(messages)


def test_a_refusal_leaves_nothing_in_the_error_log(site: Any) -> None:
    before = site.portal.error_log.getLogEntries()
    assert_refused(site.get(token="pta_x"))
    site.sync()
    assert site.portal.error_log.getLogEntries() == before


def test_an_xml_rpc_client_is_refused_as_well(site: Any) -> None:
    body = xmlrpc.client.dumps((), "title_or_id")
    headers = {"Content-Type": "text/xml"}
    response = site.request("POST", token="pta_x", data=body, headers=headers)
    assert response.status_code == 401
    assert json.loads(response.content) == REFUSAL


def test_an_ip_range_admits_who_is_inside(site: Any) -> None:
    keyfile = site.issue(ip_ranges="127.0.0.0/8, ::1")
    assert site.api("GET", "/@users/owner", site.token(keyfile)).status_code == 200


def test_a_key_with_a_range_gives_no_token_outside_of_it(site: Any) -> None:
    """JB-32."""
    response = site.exchange(site.grant(site.issue(ip_ranges="192.0.2.0/24")))
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"


def test_a_forwarded_address_counts_for_nothing_without_a_trusted_proxy(
    site: Any,
) -> None:
    """ZP-12, SB-05."""
    keyfile = site.issue()
    token = site.token(keyfile)
    site.service_key(keyfile).ip_ranges = "192.0.2.0/24"
    site.commit()
    headers = {
        "X-Forwarded-For": "192.0.2.1",
        "Forwarded": "for=192.0.2.1",
        "X-Real-IP": "192.0.2.1",
    }
    assert_refused(site.get(token=token, headers=headers))


def test_a_foreign_bearer_token_is_not_refused(site: Any) -> None:
    """ZP-10: a public page is served; other plugins have their say."""
    assert site.get(token="eyJhbGciOiJIUzI1NiJ9.e30.x").status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic eDp5", "Digest x", ""])
def test_an_authorization_header_without_a_token_is_none_of_our_business(
    site: Any, header: str
) -> None:
    assert site.get(headers={"Authorization": header}).status_code == 200


def test_the_api_challenges_without_an_error_when_there_is_no_token(site: Any) -> None:
    """RS-07, RS-08, ZP-06."""
    response = site.api("GET", "/@users/owner")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert "error" not in response.headers["WWW-Authenticate"]


def test_a_valid_token_without_the_permission_gets_403(site: Any) -> None:
    """RS-11: neither 401, which would make clients renew, nor a log-in form."""
    site.add_user("plain", "Manager")
    keyfile = site.issue("plain")
    token = site.token(keyfile)
    site.portal.acl_users.userFolderEditUser("plain", None, ["Member"], [])
    site.commit()
    for response in (
        site.get("/@@overview-controlpanel", token),
        site.api("GET", "/@users", token),
        site.api("GET", "/++api++/@users", token),
    ):
        assert response.status_code == 403
        assert response.headers["Content-Type"] == "application/json"
        assert "WWW-Authenticate" not in response.headers


def test_an_address_that_a_proxy_made_up_does_not_forge_the_log(
    site: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ZPublisher.HTTPRequest.trusted_proxies", ("127.0.0.1",))
    headers = {"X-Forwarded-For": "192.0.2.1\x85\x9bforged " + "z" * 3000}
    assert_refused(site.get(token="pta_x", headers=headers))
    (message,) = [
        text for text in (r.getMessage() for r in caplog.records) if "Refused" in text
    ]
    assert message.isprintable()
    assert len(message) < 200
