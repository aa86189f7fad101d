"""What introspection says about a token is how a request with it would be answered."""

from collections.abc import Callable
from pas.plugins.tokenauth.authorization_server.introspection import INACTIVE
from pas.plugins.tokenauth.authorization_server.introspection import introspected
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import UnsupportedTokenType
from pas.plugins.tokenauth.core.scopes import READ
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import Scope
from pas.plugins.tokenauth.events import IRevokedEvent
from pas.plugins.tokenauth.events import RevokedEvent
from pas.plugins.tokenauth.permissions import IMPERSONATE_USER
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.tokens.issue import issue_access_token
from pas.plugins.tokenauth.usage.client import ClientInfo
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component import provideUtility

import pytest


NOW = 1_800_000_000.0
HOUR = 3600
CLIENT = ClientInfo(address="192.0.2.1", user_agent="robot/1")


@pytest.fixture
def obtain(site: Any, issue: Callable[..., Any]) -> Callable[..., Any]:
    """Obtains a token of a new key; returns it with the key."""

    def obtain(
        subject: str = "owner", requester: str = "owner", **options: Any
    ) -> tuple[Any, str]:
        key = issue(requester, **options)
        issued = issue_access_token(site.context, key, subject, CLIENT, NOW)
        return key, issued.access_token

    return obtain


def test_a_token_ends_with_its_key_if_that_is_earlier(site: Any, obtain: Any) -> None:
    """IN-05: `exp` is when it ends, also when its key got an earlier end since."""
    key, token = obtain()
    key.expires_at = NOW + 600
    assert told(site, token)["exp"] == NOW + 600
    key.expires_at = NOW + 9 * HOUR
    assert told(site, token)["exp"] == NOW + HOUR


def test_a_scope_that_the_protocol_cannot_spell_grants_nothing(
    site: Any, obtain: Any
) -> None:
    """TE-06: neither the scope nor the token that has it fails."""
    outer = Scope(title="Outer", description="", includes=('q"q', READ))
    inner = Scope(title="Inner", description="")
    provideUtility(outer, IScope, "outer")
    provideUtility(inner, IScope, 'q"q')
    try:
        _key, token = obtain(scopes=("outer",))
        assert told(site, token)["scope"] == "outer plone.read"
    finally:
        registry = getGlobalSiteManager()
        registry.unregisterUtility(outer, IScope, "outer")
        registry.unregisterUtility(inner, IScope, 'q"q')


def told(site: Any, token: str, asks: Any = None, now: float = NOW) -> dict[str, Any]:
    return introspected(site.context, token, now, asks)


def opens(site: Any, token: str, now: float = NOW) -> bool:
    try:
        authenticate(site.context, token, "192.0.2.1", now)
    except AccessRefused:
        return False
    return True


# -- inactive ----------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 1, HOUR - 0.5, HOUR, HOUR + 1])
def test_a_token_is_active_until_it_expires(
    site: Any, obtain: Callable[..., Any], seconds: float
) -> None:
    """IN-03, IN-04: at the moment of `exp` it is over."""
    _key, token = obtain()
    members = told(site, token, now=NOW + seconds)
    assert members["active"] is opens(site, token, NOW + seconds) is (seconds < HOUR)
    if members["active"]:
        assert (members["iat"], members["exp"]) == (NOW, NOW + HOUR)
    else:
        assert members == INACTIVE


@pytest.mark.parametrize(
    ("name", "value"),
    [("revoked_at", NOW), ("expires_at", NOW), ("orphaned_at", NOW)],
)
def test_a_token_ends_with_its_key(
    site: Any, obtain: Callable[..., Any], name: str, value: float
) -> None:
    """IN-04, JB-33."""
    key, token = obtain()
    setattr(key, name, value)
    assert told(site, token) == told(site, token, key) == INACTIVE
    assert not opens(site, token)


def test_a_token_ends_with_the_record_of_its_key(
    site: Any, obtain: Callable[..., Any]
) -> None:
    """IN-04: what is forgotten is unknown."""
    key, token = obtain()
    site.context.storage["service_key"].remove(key.client_id)
    assert told(site, token) == INACTIVE


def test_a_token_ends_with_the_owner(site: Any, obtain: Callable[..., Any]) -> None:
    """IN-04, JB-33."""
    _key, token = obtain()
    site.portal.acl_users.userFolderDelUsers(["owner"])
    assert told(site, token) == INACTIVE
    assert not opens(site, token)


@pytest.mark.parametrize("change", ["subject", "switch", "permission"])
def test_a_token_ends_with_the_right_to_impersonate(
    site: Any, obtain: Callable[..., Any], change: str
) -> None:
    """IN-04, IN-07: the subject is gone, or the owner may no longer act as them."""
    key, token = obtain("member", "manager", may_impersonate=True)
    members = told(site, token)
    assert members["sub"] == "member"
    assert members["act"] == {"sub": "manager"}
    if change == "subject":
        site.portal.acl_users.userFolderDelUsers(["member"])
    elif change == "switch":
        key.may_impersonate = False
    else:
        site.portal.manage_permission(IMPERSONATE_USER, [])
    assert told(site, token) == INACTIVE
    assert not opens(site, token)


@pytest.mark.parametrize("text", ["", "x", "pta_", "é", "\0", "\ud800", "x" * 100_000])
def test_garbage_is_inactive(site: Any, text: str) -> None:
    """IN-03: nothing of it reaches the storage."""
    assert told(site, text) == INACTIVE
    revoke_token(site.context, text, NOW, "somebody", None)


# -- active ------------------------------------------------------------------


def test_the_ip_ranges_of_a_token_do_not_matter(
    site: Any, obtain: Callable[..., Any]
) -> None:
    """IN-04: who asks is not who uses it."""
    _key, token = obtain(ip_ranges="10.0.0.0/8")
    assert not opens(site, token)
    assert told(site, token)["active"] is True


def test_a_member_without_a_value_is_left_out(
    site: Any, issue_token: Callable[..., Any]
) -> None:
    """IN-05: no member is empty."""
    issued = issue_token()
    site.plugin.issuer = ""
    issued.credential.scopes = ("addon.gone",)
    members = told(site, issued.token)
    assert members["active"] is True
    assert "iss" not in members
    assert "scope" not in members
    assert all(members.values())


def test_a_personal_access_token_is_its_own_client(
    site: Any, issue_token: Callable[..., Any], issue: Callable[..., Any]
) -> None:
    """IN-05, IN-10: and no key may know of it."""
    issued = issue_token()
    assert told(site, issued.token)["client_id"] == issued.credential.credential_id
    assert told(site, issued.token, issue()) == INACTIVE


def test_only_the_key_of_a_token_is_told_of_it(
    site: Any, obtain: Callable[..., Any], issue: Callable[..., Any]
) -> None:
    """IN-10."""
    key, token = obtain()
    assert told(site, token, key)["client_id"] == key.client_id
    assert told(site, token, issue()) == INACTIVE


# -- revoking ----------------------------------------------------------------


@pytest.fixture
def revoked(listen: Callable[[Any], list[Any]]) -> list[Any]:
    """What subscribers learn."""
    return listen(IRevokedEvent)


@pytest.mark.parametrize("by_key", [True, False])
def test_a_revoked_token_is_gone_at_once(
    site: Any, obtain: Callable[..., Any], revoked: list[Any], by_key: bool
) -> None:
    """RV-10: one event, although it is revoked twice."""
    key, token = obtain()
    for _ in range(2):
        revoke_token(site.context, token, NOW, "who", key if by_key else None)
    assert told(site, token) == INACTIVE
    assert not opens(site, token)
    assert site.context.storage["access_tokens"].get(digest(token), NOW) is None
    assert revoked == [
        RevokedEvent(
            kind="access_token",
            credential_id=key.client_id,
            owner="owner",
            requester="who",
            details={"subject": "owner"},
        )
    ]


def test_another_key_revokes_nothing(
    site: Any,
    obtain: Callable[..., Any],
    issue: Callable[..., Any],
    revoked: list[Any],
) -> None:
    """RV-05."""
    _key, token = obtain()
    revoke_token(site.context, token, NOW, "who", issue())
    assert told(site, token)["active"] is True
    assert revoked == []


def test_revoking_an_unknown_token_does_nothing(site: Any, revoked: list[Any]) -> None:
    """RV-02."""
    unknown = make_token(ACCESS_TOKEN_PREFIX, bytes(32))
    revoke_token(site.context, unknown, NOW, "who", None)
    assert revoked == []


def test_a_personal_access_token_is_not_revoked(
    site: Any, issue_token: Callable[..., Any], revoked: list[Any]
) -> None:
    """RV-08: a credential ends where it is managed."""
    issued = issue_token()
    with pytest.raises(UnsupportedTokenType):
        revoke_token(site.context, issued.token, NOW, "who", None)
    assert told(site, issued.token)["active"] is True
    assert revoked == []


def test_a_token_of_a_key_that_has_ended_is_forgotten_too(
    site: Any, obtain: Callable[..., Any]
) -> None:
    """RV-02: it does not come back with its key."""
    key, token = obtain()
    key.expires_at = NOW
    revoke_token(site.context, token, NOW, "who", None)
    key.expires_at = None
    assert told(site, token) == INACTIVE
