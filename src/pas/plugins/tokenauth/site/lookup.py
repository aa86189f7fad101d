"""From a site to its plugin and its context."""

from ..web.access import access_of
from .context import SiteContext
from .interfaces import ITokenAuthPlugin
from .interfaces import PLUGIN_ID
from .requester import Requester
from AccessControl import getSecurityManager
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from Products.CMFCore.interfaces import ISiteRoot
from typing import Any
from zope.component import queryUtility


def plugin_of(portal: Any) -> Any:
    """The plugin of a site, or None where it is not installed."""
    acl_users = tool_of(portal, "acl_users")
    if acl_users is None:
        return None
    plugin = getattr(aq_base(acl_users), PLUGIN_ID, None)
    if not ITokenAuthPlugin.providedBy(plugin):
        return None
    return acl_users[PLUGIN_ID]


def tool_of(portal: Any, name: str) -> Any:
    """A tool of a site, or None.

    For an attribute, a site looks through its schemas first. That takes 50 times as
    long, and a request with a token needs several tools.
    """
    return portal._getOb(name, None)


def site_of(plugin: Any) -> SiteContext:
    """The context of the site that a plugin belongs to."""
    acl_users = aq_parent(aq_inner(plugin))
    portal = aq_parent(aq_inner(acl_users))
    return SiteContext(plugin, plugin._storage, portal, acl_users)


def site_at(portal: Any) -> SiteContext | None:
    """The context of a site, or None where the add-on is not installed."""
    plugin = plugin_of(portal)
    return None if plugin is None else site_of(plugin)


def current_site() -> SiteContext | None:
    """The context of the site in force, also from a subsite of it."""
    portal = queryUtility(ISiteRoot)
    return None if portal is None else site_at(portal)


def current_requester(site: SiteContext, request: Any) -> Requester:
    """Who makes this request."""
    return Requester(
        getSecurityManager().getUser(),
        site,
        by_token=access_of(request) is not None,
    )
