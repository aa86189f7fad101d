"""Signing a person out in every browser, and of all that they have logged in to."""

from ..i18n import _
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.requester import Requester
from ..site.requester import require_permission
from .events import SignedOutEvent
from .interfaces import ISignInSessions
from plone.keyring.interfaces import IKeyManager
from plone.keyring.keyring import Keyring
from plone.restapi.pas.plugin import JWTAuthenticationPlugin
from plone.session.plugins.session import SessionPlugin
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from typing import Any
from zope.component import getUtility
from zope.event import notify

import transaction


def sign_out_everywhere(
    site: SiteContext, requester: Requester, user_id: str, now: float
) -> SignedOutEvent:
    """End the sessions of a person in every browser; other sites hear of it.

    Plone's own log-in ends where its plugin has secrets for each user, and the tokens
    of plone.restapi where its plugin keeps them. Nothing is asked in other requests.

    :param user_id: whose; the requester's own, or anybody's for an administrator
    :param now: seconds since the epoch
    :returns: what has ended
    :raises NotAllowed: when the requester may not
    :raises InvalidInput: when there is no such user
    """
    if requester.is_user(user_id):
        requester.require_person()
    else:
        require_permission(requester, MANAGE_ALL_SERVICE_KEYS)
        if not user_id or site.users.is_gone(user_id):
            raise InvalidInput("user", _("There is no such user in this site."))
    _end_log_in(site, user_id)
    _end_jwts(site, user_id)
    event = SignedOutEvent(
        user_id=user_id,
        requester=requester.name,
        sessions=ISignInSessions(site).end_all(user_id, now),
        ends_log_in=can_end_log_in(site),
        ends_jwts=can_end_jwts(site),
    )
    transaction.get().note(f"tokenauth: sign out {user_id} by {requester.name}")
    notify(event)
    return event


def can_end_log_in(site: SiteContext) -> bool:
    """Whether no cookie by which Plone knows people outlives signing out everywhere."""
    return all(
        plugin.getProperty("per_user_keyring") and not plugin.haveSharedSecret()
        for plugin in _log_in_plugins(site)
    )


def can_end_jwts(site: SiteContext) -> bool:
    """Whether no token of plone.restapi outlives it; so it is where there are none."""
    return all(plugin.store_tokens for plugin in jwt_plugins(site))


def jwt_plugins(site: SiteContext) -> list[Any]:
    """The plugins whose tokens plone.restapi issues at ``@login``."""
    acl_users = site.portal.acl_users
    active = acl_users.plugins.listPluginIds(IAuthenticationPlugin)
    plugins = acl_users.objectValues(JWTAuthenticationPlugin.meta_type)
    return [plugin for plugin in plugins if plugin.getId() in active]


def _log_in_plugins(site: SiteContext) -> list[Any]:
    plugins: list[Any] = site.portal.acl_users.objectValues(SessionPlugin.meta_type)
    return plugins


def _end_log_in(site: SiteContext, user_id: str) -> None:
    """Make the cookies worthless by which Plone knows a person, where that can be."""
    manager = getUtility(IKeyManager)
    for plugin in _log_in_plugins(site):
        if plugin.getProperty("per_user_keyring"):
            ring = f"{plugin.secret_prefix}{user_id}"
            if ring not in manager:
                # The cookie may be older than the property; such a one counts no more.
                manager[ring] = Keyring(1)
            manager.clear(ring=ring)
            manager.rotate(ring=ring)


def _end_jwts(site: SiteContext, user_id: str) -> None:
    """Forget the tokens of a person that plone.restapi keeps, where it does so."""
    for plugin in jwt_plugins(site):
        if plugin.store_tokens and plugin._tokens is not None:
            plugin._tokens.pop(user_id, None)
