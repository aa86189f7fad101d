"""A personal access token in requests: the same checks, refusals and limits."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.usage.recorder import recorder
from typing import Any

import pytest
import time
import ZODB.Connection


UNKNOWN = "The access token is not known here"
ENDED = "The access token has expired or was revoked"
OUTSIDE = "The access token cannot be used from this address"
LOCKED_OUT = "The user of the access token cannot log in"


def assert_refused(response: Any, description: str) -> None:
    """RS-09; the sentence is in general words, because no old client depends on it."""
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {
        "error": "invalid_token",
        "error_description": description,
    }
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in challenge
    assert f'error_description="{description}"' in challenge
    assert "Set-Cookie" not in response.headers


@pytest.fixture
def issued(site: Any) -> Any:
    """A fresh token of a Manager, that may write."""
    return site.issue_personal_access_token()


def test_a_token_authorizes_pages_and_the_api(site: Any, issued: Any) -> None:
    assert site.get("", issued.token).status_code == 200
    answer = site.api("GET", "/@users/owner", issued.token)
    assert (answer.status_code, answer.json()["id"]) == (200, "owner")
    assert site.api("GET", "/++api++/@users/owner", issued.token).status_code == 200


def test_a_token_writes_as_its_owner(site: Any, issued: Any) -> None:
    body = {"@type": "Document", "title": "Written"}
    assert site.api("POST", "", issued.token, json=body).status_code == 201
    site.sync()
    assert site.portal["written"].getOwner().getId() == "owner"


def test_a_token_needs_no_issuer(site: Any, issued: Any) -> None:
    site.plugin.issuer = ""
    site.commit()
    assert site.api("GET", "/@users/owner", issued.token).status_code == 200


def revoke(site: Any, token: Any) -> str:
    tokens = site.context.storage["personal_access_token"]
    tokens.mark_revoked(token.credential_id, "owner", time.time())
    return ENDED


def expire(site: Any, token: Any) -> str:
    token.expires_at = time.time() - 1
    return ENDED


def forget(site: Any, token: Any) -> str:
    site.context.storage["personal_access_token"].remove(token.credential_id)
    return UNKNOWN


def move_away(site: Any, token: Any) -> str:
    token.ip_ranges = "192.0.2.0/24"
    return OUTSIDE


def delete_owner(site: Any, token: Any) -> str:
    site.portal.acl_users._doDelUsers(["owner"])
    return ENDED


def lock_owner_out(site: Any, token: Any) -> str:
    # The source no longer vouches for the user; PAS is not told.
    site.portal.acl_users.source_users.removeUser("owner")
    return LOCKED_OUT


@pytest.mark.parametrize(
    "change",
    [revoke, expire, forget, move_away, delete_owner, lock_owner_out],
    ids=lambda change: change.__name__,
)
def test_a_change_is_in_force_at_once(
    site: Any, issued: Any, change: Callable[[Any, Any], str]
) -> None:
    """RS-09: every check runs at every use."""
    assert site.api("GET", "/@users/owner", issued.token).status_code == 200
    site.sync()
    description = change(site, issued.credential)
    site.commit()
    assert_refused(site.api("GET", "/@users/owner", issued.token), description)
    assert_refused(site.get("", issued.token), description)


def test_a_later_user_of_the_same_id_does_not_get_the_token(
    site: Any, issued: Any
) -> None:
    site.portal.acl_users.source_users.removeUser("owner")
    site.commit()
    site.add_user("owner", "Manager")
    assert_refused(site.api("GET", "", issued.token), ENDED)


@pytest.mark.parametrize("token", ["ptp_", "ptp_x", "ptp_" + "0" * 49, "x ptp_x"])
def test_a_damaged_token_of_ours_is_refused(site: Any, token: str) -> None:
    """RS-03: never handed on to other plugins, nor to Anonymous."""
    assert_refused(
        site.get("", token),
        "The access token is damaged, or not sent as Bearer and one token",
    )


def test_a_token_that_was_never_issued_is_refused(site: Any) -> None:
    token = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(32))
    assert_refused(site.get("", token), UNKNOWN)


def test_the_digest_of_one_kind_is_unknown_as_the_other(site: Any, issued: Any) -> None:
    token = site.token(site.issue())
    digest = issued.credential.newest_secret.digest
    assert site.context.storage["access_tokens"].get(digest, 0) is None
    renamed = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(range(32)))
    assert_refused(site.get("", renamed), UNKNOWN)
    assert site.get("", token).status_code == 200


def test_a_request_writes_nothing(
    site: Any, issued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Authentication writes nothing. The counter counts."""
    registered = []
    register = ZODB.Connection.Connection.register

    def counting(connection: Any, obj: Any) -> None:
        registered.append(obj)
        register(connection, obj)

    site.get("", issued.token)
    monkeypatch.setattr(ZODB.Connection.Connection, "register", counting)
    for path in ("/@users/owner", "/@search"):
        assert site.api("GET", path, issued.token).status_code == 200
    assert registered == []
    body = {"@type": "Document", "title": "Written"}
    assert site.api("POST", "", issued.token, json=body).status_code == 201
    assert registered != []


def test_a_refusal_is_logged_without_the_token(
    site: Any, issued: Any, caplog: pytest.LogCaptureFixture
) -> None:
    site.context.storage["personal_access_token"].mark_revoked(
        issued.credential.credential_id, "owner", time.time()
    )
    site.commit()
    site.get("", issued.token)
    assert issued.credential.credential_id in caplog.text
    assert "credential has ended" in caplog.text
    assert issued.token not in caplog.text
    assert issued.token[4:20] not in caplog.text


def test_a_token_issues_no_token_and_no_key(site: Any, issued: Any) -> None:
    """No escalation."""
    for path in (
        "/@@manage-personal-access-tokens",
        "/@@manage-personal-access-tokens-issue",
    ):
        assert site.get(path, issued.token).status_code == 403
    body = {"title": "Planted"}
    for path in ("/@personal-access-tokens", "/@service-keys"):
        assert site.api("POST", path, issued.token, json=body).status_code == 403
    site.sync()
    storage = site.context.storage
    assert len(list(storage["personal_access_token"].all())) == 1
    assert list(storage["service_key"].all()) == []


def test_two_tokens_in_one_request_are_refused(site: Any, issued: Any) -> None:
    """RFC 6750 section 2."""
    response = site.request(
        "POST", "", issued.token, data={"access_token": issued.token}
    )
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_cache_manager_skips_no_check(site: Any, issued: Any) -> None:
    from Products.StandardCacheManagers.RAMCacheManager import RAMCacheManager

    users = site.portal.acl_users
    users._setObject("cache", RAMCacheManager("cache"))
    users.ZCacheable_setManagerId("cache")
    site.commit()
    for _time in range(3):
        assert site.api("GET", "/@users/owner", issued.token).status_code == 200
    site.sync()
    revoke(site, issued.credential)
    site.commit()
    assert_refused(site.api("GET", "/@users/owner", issued.token), ENDED)


class TestUses:
    """Noted in memory, written later and by nobody's request."""

    def test_a_use_is_written_after_the_request(self, site: Any, issued: Any) -> None:
        log = site.context.storage["usage_log"]
        token_id = issued.credential.credential_id
        headers = {"User-Agent": "backup/1.0"}
        for _time in range(3):
            site.api("GET", "/@users/owner", issued.token, headers=headers)
        site.sync()
        assert log.newest(token_id) is None
        recorder.flush(everything=True)
        site.sync()
        (entry,) = log.entries(token_id)
        assert (entry.subject, entry.address) == ("owner", "127.0.0.1")
        assert (entry.user_agent, entry.uses) == ("backup/1.0", 3)

    def test_a_page_is_one_use_however_many_subrequests_it_makes(
        self, site: Any, issued: Any
    ) -> None:
        assert site.get("", issued.token).status_code == 200
        recorder.flush(everything=True)
        site.sync()
        newest = site.context.storage["usage_log"].newest(
            issued.credential.credential_id
        )
        assert newest.uses == 1

    def test_a_refused_use_is_none(self, site: Any, issued: Any) -> None:
        site.sync()
        move_away(site, issued.credential)
        site.commit()
        site.get("", issued.token)
        recorder.flush(everything=True)
        site.sync()
        assert (
            site.context.storage["usage_log"].newest(issued.credential.credential_id)
            is None
        )

    def test_a_read_only_token_is_noted_like_any_other(self, site: Any) -> None:
        issued = site.issue_personal_access_token(scopes=("plone.read",))
        assert site.api("GET", "", issued.token).status_code == 200
        recorder.flush(everything=True)
        site.sync()
        newest = site.context.storage["usage_log"].newest(
            issued.credential.credential_id
        )
        assert newest is not None

    def test_a_token_of_a_key_is_not_noted_again(self, site: Any) -> None:
        keyfile = site.issue()
        site.api("GET", "", site.token(keyfile))
        recorder.flush(everything=True)
        site.sync()
        entries = list(site.context.storage["usage_log"].entries(keyfile["client_id"]))
        assert len(entries) == 1
