"""From a site to its plugin and its authorization server."""

from ..web.access import access_of
from .context import AuthorizationServer
from .interfaces import ITokenAuthPlugin
from .interfaces import PLUGIN_ID
from .requester import Actor
from AccessControl import getSecurityManager
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from Products.CMFCore.interfaces import ISiteRoot
from typing import Any
from zope.component import queryUtility


def plugin_of(site: Any) -> Any:
    """The plugin of a site, or None where it is not installed."""
    acl_users = getattr(aq_base(site), "acl_users", None)
    if acl_users is None:
        return None
    plugin = getattr(aq_base(acl_users), PLUGIN_ID, None)
    if not ITokenAuthPlugin.providedBy(plugin):
        return None
    return site.acl_users[PLUGIN_ID]


def server_of(plugin: Any) -> AuthorizationServer:
    """The authorization server that a plugin keeps settings and storage for."""
    acl_users = aq_parent(aq_inner(plugin))
    site = aq_parent(aq_inner(acl_users))
    return AuthorizationServer(plugin, plugin._storage, site, acl_users)


def server_at(site: Any) -> AuthorizationServer | None:
    """The authorization server of a site, or None where it is not installed."""
    plugin = plugin_of(site)
    return None if plugin is None else server_of(plugin)


def current_server() -> AuthorizationServer | None:
    """The authorization server of the site in force, also from a subsite of it."""
    site = queryUtility(ISiteRoot)
    return None if site is None else server_at(site)


def current_actor(server: AuthorizationServer, request: Any) -> Actor:
    """Who makes this request."""
    return Actor(
        getSecurityManager().getUser(),
        server,
        by_token=access_of(request) is not None,
    )
