"""Taking from a browser by what Plone knows the person."""

from ..site.context import SiteContext
from ..site.interfaces import PLUGIN_ID
from AccessControl import getSecurityManager
from AccessControl.SpecialUsers import nobody
from Acquisition import aq_base
from plone import api
from plone.session.plugins.session import SessionPlugin
from Products.PluggableAuthService.interfaces.plugins import ICredentialsResetPlugin
from typing import Any
from zExceptions import Unauthorized

import logging


logger = logging.getLogger("pas.plugins.tokenauth")


def log_out_of_plone(site: SiteContext, request: Any) -> None:
    """Log a person out as Plone does, whatever one of its plugins fails at."""
    # At the first that fails Plone stops, and says nothing.
    reset_credentials(site, request)
    api.portal.get_tool("portal_membership").logoutUser(request)


def reset_credentials(site: SiteContext, request: Any) -> None:
    """Have each plugin but ours forget a person who is logged in."""
    if aq_base(getSecurityManager().getUser()) is nobody:
        # Whoever wrote the cookie, plone.session would end the log-in of whom it names.
        return
    plugins = site.portal.acl_users.plugins
    for plugin_id, plugin in plugins.listPlugins(ICredentialsResetPlugin):
        if plugin_id == PLUGIN_ID:
            continue
        try:
            plugin.resetCredentials(request, request.response)
        except Unauthorized:
            # That for Basic would have the browser ask for a password.
            continue
        except (LookupError, ValueError):
            # plone.session fails at what is no cookie of its own, and at one that is
            # older than the keyring of its user.
            if isinstance(aq_base(plugin), SessionPlugin):
                _expire_cookie(plugin, request.response)
            else:
                logger.warning("The plugin %s does not forget people.", plugin_id)


def _expire_cookie(plugin: Any, response: Any) -> None:
    domain = plugin.getProperty("cookie_domain")
    response.expireCookie(
        plugin.getProperty("cookie_name"),
        path=plugin.getProperty("path"),
        **({"domain": domain} if domain else {}),
    )
