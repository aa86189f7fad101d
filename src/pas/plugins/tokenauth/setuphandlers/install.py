"""Installing and removing the plugin of a site."""

from ..plugin.factory import manage_addTokenAuthPlugin
from ..plugin.plugin import PLUGIN_INTERFACES
from ..site.interfaces import PLUGIN_ID
from ..site.lookup import plugin_of
from ..site.lookup import server_of
from ..site.settings import propose_issuer
from .takeover import import_from_former_plugin
from .takeover import is_former_plugin
from .takeover import move_former_plugin_aside
from plone.base.interfaces import INonInstallable
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from typing import Any
from zExceptions import BadRequest
from zope.component.hooks import getSite
from zope.globalrequest import getRequest
from zope.interface import implementer


@implementer(INonInstallable)
class HiddenProfiles:
    """Keeps the uninstall profile out of the list of add-ons."""

    def getNonInstallableProfiles(self) -> list[str]:
        """See INonInstallable."""
        return ["pas.plugins.tokenauth:uninstall"]

    def getNonInstallableProducts(self) -> list[str]:
        """See INonInstallable."""
        return []


def install(setup_tool: Any) -> None:
    """Add and activate the plugin; harmless when it is there already."""
    site = getSite()
    replaces_former = False
    if plugin_of(site) is None:
        replaces_former = _make_room(site)
        manage_addTokenAuthPlugin(site.acl_users)
    _activate(site.acl_users.plugins)
    _propose_issuer(site)
    if replaces_former:
        import_from_former_plugin(site, server_of(plugin_of(site)))


def uninstall(setup_tool: Any) -> None:
    """Remove the plugin with its settings, keys, tokens and log."""
    site = getSite()
    if plugin_of(site) is None:
        return
    plugins = site.acl_users.plugins
    for interface in PLUGIN_INTERFACES:
        if PLUGIN_ID in plugins.listPluginIds(interface):
            plugins.deactivatePlugin(interface, PLUGIN_ID)
    site.acl_users.manage_delObjects([PLUGIN_ID])


def _make_room(site: Any) -> bool:
    """Move the plugin of collective.ftw.tokenauth aside; whether there was one."""
    there = site.acl_users._getOb(PLUGIN_ID, None)
    if there is None:
        return False
    if not is_former_plugin(there):
        raise BadRequest(f"Remove what acl_users/{PLUGIN_ID} is now, then install.")
    move_former_plugin_aside(site)
    return True


def _activate(plugins: Any) -> None:
    for interface in PLUGIN_INTERFACES:
        if PLUGIN_ID not in plugins.listPluginIds(interface):
            plugins.activatePlugin(interface, PLUGIN_ID)
    # First among the extractors: a refused token ends the request at once.
    while plugins.listPluginIds(IExtractionPlugin)[0] != PLUGIN_ID:
        plugins.movePluginsUp(IExtractionPlugin, [PLUGIN_ID])


def _propose_issuer(site: Any) -> None:
    """Take the URL a person installs from; a script has no URL worth taking."""
    request = getRequest()
    if request is not None and request.get("REQUEST_METHOD") == "POST":
        propose_issuer(plugin_of(site), site.absolute_url())
