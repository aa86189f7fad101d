"""Caches in PAS skip no check: every reason to refuse a token, with each of them on."""

from collections.abc import Callable
from dataclasses import dataclass
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.permissions import IMPERSONATE_USER
from Products.StandardCacheManagers.RAMCacheManager import RAMCacheManager
from typing import Any

import pytest
import time


@dataclass(frozen=True)
class Used:
    """A token that was used, so that the caches know what there is to know.

    :param credential: what the site keeps of its key, or of itself
    """

    site: Any
    token: str
    credential: Any


def revoke(used: Used) -> None:
    used.site.context.storage.kinds[used.credential.kind].mark_revoked(
        used.credential.credential_id, "owner", time.time()
    )


def expire(used: Used) -> None:
    used.credential.expires_at = time.time() - 1


def forget(used: Used) -> None:
    used.site.context.storage.kinds[used.credential.kind].remove(
        used.credential.credential_id
    )


def revoke_the_token_alone(used: Used) -> None:
    revoke_token(used.site.context, used.token, time.time(), "owner", None)


def move_away(used: Used) -> None:
    used.credential.ip_ranges = "192.0.2.0/24"


def delete_owner(used: Used) -> None:
    used.site.portal.acl_users._doDelUsers(["owner"])


def lock_owner_out(used: Used) -> None:
    # The source no longer vouches for the user; PAS is not told.
    used.site.portal.acl_users.source_users.removeUser("owner")


def switch_impersonation_off(used: Used) -> None:
    used.credential.may_impersonate = False


def take_the_permission(used: Used) -> None:
    used.site.portal.manage_permission(IMPERSONATE_USER, [], 0)


def take_the_role(used: Used) -> None:
    used.site.portal.acl_users.portal_role_manager.removeRoleFromPrincipal(
        "Manager", "owner"
    )


def promote_subject(used: Used) -> None:
    users = used.site.portal.acl_users
    users.portal_role_manager.removeRoleFromPrincipal("Manager", "owner")
    users.portal_role_manager.assignRoleToPrincipal("Site Administrator", "owner")
    users.portal_role_manager.assignRoleToPrincipal("Manager", "subject")
    used.site.portal.manage_permission(IMPERSONATE_USER, ["Site Administrator"], 0)


def promote_subject_by_a_group(used: Used) -> None:
    users = used.site.portal.acl_users
    promote_subject(used)
    users.portal_role_manager.removeRoleFromPrincipal("Manager", "subject")
    users.source_groups.addGroup("powerful")
    users.source_groups.addPrincipalToGroup("subject", "powerful")
    users.portal_role_manager.assignRoleToPrincipal("Manager", "powerful")


def lock_subject_out(used: Used) -> None:
    used.site.portal.acl_users.source_users.removeUser("subject")


def accept_no_passwords(used: Used) -> None:
    used.site.plugin.personal_access_tokens_as_passwords = False


UNKNOWN = "unknown or expired token"
ENDED = "credential has ended"
OUTSIDE = "client address is outside the IP ranges"
NO_OWNER = "owner is gone or locked out"
NOT_ALLOWED = "impersonation is not allowed"
#: What a change of either kind of credential comes to.
CHANGES = {
    revoke: ENDED,
    expire: ENDED,
    move_away: OUTSIDE,
    # Deleting a user ends what they own.
    delete_owner: ENDED,
    lock_owner_out: NO_OWNER,
}
OF_KEYS = {
    **CHANGES,
    forget: ENDED,
    revoke_the_token_alone: UNKNOWN,
}
OF_IMPERSONATION = {
    lock_owner_out: NO_OWNER,
    lock_subject_out: "subject is gone or locked out",
    switch_impersonation_off: NOT_ALLOWED,
    take_the_permission: NOT_ALLOWED,
    take_the_role: NOT_ALLOWED,
    promote_subject: NOT_ALLOWED,
    promote_subject_by_a_group: NOT_ALLOWED,
}
OF_PERSONAL_ACCESS_TOKENS = {**CHANGES, forget: UNKNOWN}
OF_PASSWORDS = {
    **OF_PERSONAL_ACCESS_TOKENS,
    accept_no_passwords: "token as a password, which the site does not accept",
}


def cases(changes: dict[Callable[[Used], None], str]) -> Any:
    return pytest.mark.parametrize(
        ("change", "reason"),
        list(changes.items()),
        ids=[change.__name__ for change in changes],
    )


@pytest.fixture
def cached(site: Any) -> Any:
    """A site where PAS and all of its plugins that may have a cache have one."""
    site.app._setObject("cache", RAMCacheManager("cache"))
    users = site.portal.acl_users
    for cacheable in (users, *users.objectValues()):
        if hasattr(cacheable, "ZCacheable_setManagerId"):
            cacheable.ZCacheable_setManagerId("cache")
    assert users.ZCacheable_isCachingEnabled()
    assert users.source_users.ZCacheable_isCachingEnabled()
    site.plugin.personal_access_tokens_as_passwords = True
    site.commit()
    return site


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The reasons that the log tells, as a function that reads it."""

    def reasons() -> list[str]:
        messages = [record.getMessage() for record in caplog.records]
        return [
            text.removeprefix("Refused a token: ").partition(" (")[0]
            for text in messages
            if text.startswith("Refused a token: ")
        ]

    return reasons


def assert_refused_after(
    used: Used, change: Callable[[Used], None], **credentials: Any
) -> None:
    site = used.site
    for _ in range(2):
        assert site.api("GET", "", **credentials).status_code == 200
    assert site.app.cache.getCacheReport(), "nothing is cached"
    site.sync()
    change(used)
    site.commit()
    assert site.api("GET", "", **credentials).status_code == 401


@cases(OF_KEYS)
def test_no_cache_skips_a_check_of_a_token_of_a_key(
    cached: Any, change: Callable[[Used], None], reason: str, refusals: Any
) -> None:
    keyfile = cached.issue()
    used = Used(cached, cached.token(keyfile), cached.service_key(keyfile))
    assert_refused_after(used, change, token=used.token)
    assert refusals() == [reason]


@cases(OF_IMPERSONATION)
def test_no_cache_skips_a_check_of_impersonation(
    cached: Any, change: Callable[[Used], None], reason: str, refusals: Any
) -> None:
    cached.add_user("subject")
    keyfile = cached.issue(may_impersonate=True)
    token = cached.token(keyfile, sub="subject")
    used = Used(cached, token, cached.service_key(keyfile))
    assert_refused_after(used, change, token=token)
    assert refusals() == [reason]


@cases(OF_PERSONAL_ACCESS_TOKENS)
def test_no_cache_skips_a_check_of_a_personal_access_token(
    cached: Any, change: Callable[[Used], None], reason: str, refusals: Any
) -> None:
    issued = cached.issue_personal_access_token()
    used = Used(cached, issued.token, issued.credential)
    assert_refused_after(used, change, token=issued.token)
    assert refusals() == [reason]


@cases(OF_PASSWORDS)
def test_no_cache_skips_a_check_of_a_password(
    cached: Any, change: Callable[[Used], None], reason: str, refusals: Any
) -> None:
    issued = cached.issue_personal_access_token()
    used = Used(cached, issued.token, issued.credential)
    assert_refused_after(used, change, auth=("owner", issued.token))
    assert refusals() == [reason]


def test_another_user_name_beside_a_token_is_refused(
    cached: Any, refusals: Any
) -> None:
    cached.add_user("other")
    token = cached.personal_access_token()
    assert cached.api("GET", "", auth=("owner", token)).status_code == 200
    assert cached.api("GET", "", auth=("other", token)).status_code == 401
    assert refusals() == ["user name is not the owner's"]


def test_a_short_lived_token_as_a_password_is_refused(
    cached: Any, refusals: Any
) -> None:
    token = cached.token(cached.issue())
    assert cached.api("GET", "", token).status_code == 200
    assert cached.api("GET", "", auth=("owner", token)).status_code == 401
    assert refusals() == ["token as a password, which its type does not allow"]


@pytest.mark.parametrize("personal", [True, False])
def test_a_damaged_token_is_refused(cached: Any, refusals: Any, personal: bool) -> None:
    token = cached.personal_access_token() if personal else cached.token(cached.issue())
    assert cached.api("GET", "", token).status_code == 200
    damaged = token[:-1] + ("x" if token[-1] != "x" else "y")
    assert cached.api("GET", "", damaged).status_code == 401
    assert refusals() == ["malformed token"]


def test_an_access_token_expires(
    cached: Any, refusals: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = cached.token(cached.issue())
    assert cached.api("GET", "", token).status_code == 200
    later = time.time() + 3601
    monkeypatch.setattr("pas.plugins.tokenauth.plugin.plugin.now", lambda: later)
    assert cached.api("GET", "", token).status_code == 401
    assert refusals() == [UNKNOWN]
