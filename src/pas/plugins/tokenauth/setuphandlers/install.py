"""Installing and removing the plugin of a site."""

from ..plugin.plugin import PLUGIN_INTERFACES
from ..plugin.product import manage_addTokenAuthPlugin
from ..resource_server.facts import FIRST_INTERFACES
from ..site.interfaces import PLUGIN_ID
from ..site.lookup import plugin_of
from ..site.lookup import site_of
from ..site.settings import propose_issuer
from ..site.urls import reached_url
from .takeover import import_from_former_plugin
from .takeover import is_former_plugin
from .takeover import move_former_plugin_aside
from plone.base.interfaces import INonInstallable
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
    portal = getSite()
    replaces_former = False
    if plugin_of(portal) is None:
        replaces_former = _make_room(portal)
        manage_addTokenAuthPlugin(portal.acl_users)
    activate(portal.acl_users.plugins)
    _propose_issuer(portal)
    if replaces_former:
        import_from_former_plugin(portal, site_of(plugin_of(portal)))


def uninstall(setup_tool: Any) -> None:
    """Remove the plugin with its settings, keys, tokens and log."""
    portal = getSite()
    if plugin_of(portal) is None:
        return
    plugins = portal.acl_users.plugins
    for interface in PLUGIN_INTERFACES:
        if PLUGIN_ID in plugins.listPluginIds(interface):
            plugins.deactivatePlugin(interface, PLUGIN_ID)
    portal.acl_users.manage_delObjects([PLUGIN_ID])


def _make_room(portal: Any) -> bool:
    """Move the plugin of collective.ftw.tokenauth aside; whether there was one."""
    there = portal.acl_users._getOb(PLUGIN_ID, None)
    if there is None:
        return False
    if not is_former_plugin(there):
        raise BadRequest(f"Remove what acl_users/{PLUGIN_ID} is now, then install.")
    move_former_plugin_aside(portal)
    return True


def activate(plugins: Any) -> None:
    """Let the plugin registry of PAS ask the plugin for all it does, and first."""
    for interface in PLUGIN_INTERFACES:
        if PLUGIN_ID not in plugins.listPluginIds(interface):
            plugins.activatePlugin(interface, PLUGIN_ID)
    for interface in FIRST_INTERFACES:
        while plugins.listPluginIds(interface)[0] != PLUGIN_ID:
            plugins.movePluginsUp(interface, [PLUGIN_ID])


def _propose_issuer(portal: Any) -> None:
    """Take the URL by which somebody installs it; a script has none worth taking."""
    request = getRequest()
    if request is not None and request.get("REQUEST_METHOD") == "POST":
        propose_issuer(plugin_of(portal), reached_url(portal, request))
