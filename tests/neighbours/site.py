"""Installing everything that logs people in, and who comes before whom."""

from collections.abc import Iterable
from pas.plugins.tokenauth.plugin.plugin import PLUGIN_INTERFACES
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from plone import api
from plone.app.testing import applyProfile
from Products.PluggableAuthService.interfaces.plugins import IChallengePlugin
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserFactoryPlugin
from tests.neighbours.provider import CLIENT_ID
from tests.neighbours.provider import CLIENT_SECRET
from tests.neighbours.provider import Provider
from typing import Any

import json


#: Everything, as a tuple that tells an order.
INSTALLED = ("tokenauth", "jwt_auth", "oidc", "authomatic", "headers")
#: Each comes first once and last once; then the other way round.
ORDERS = (
    *(INSTALLED[start:] + INSTALLED[:start] for start in range(len(INSTALLED))),
    INSTALLED[::-1],
)
#: The header in which a proxy names the user.
USER_HEADER = "X-Remote-User"


def install(site: Any, order: Iterable[str], provider: Provider) -> None:
    """Install in that order what is not there, or is and must come later."""
    for name in ("tokenauth", "restapi"):
        applyProfile(site.portal, f"{_package(name)}:uninstall")
    for name in order:
        applyProfile(site.portal, f"{_package(name)}:default")
    site.plugin.issuer = site.url
    acl_users = site.portal.acl_users
    acl_users.oidc.manage_changeProperties(
        issuer=provider.url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        create_restapi_ticket=True,
    )
    acl_users.request_headers.manage_changeProperties(userid_header=USER_HEADER)
    api.portal.set_registry_record(
        "pas.plugins.authomatic.interfaces.IPasPluginsAuthomaticSettings.json_config",
        json.dumps({"github": _github()}),
    )
    site.commit()


def move(site: Any, to_top: bool) -> None:
    """Make our plugin the first or the last of those that read a request.

    It stays the first that makes users: elsewhere, tokens without a scope of
    administration are refused.
    """
    plugins = site.portal.acl_users.plugins
    step = plugins.movePluginsUp if to_top else plugins.movePluginsDown
    for interface in set(PLUGIN_INTERFACES) - {IUserFactoryPlugin}:
        for _ in plugins.listPluginIds(interface):
            step(interface, [PLUGIN_ID])
    site.commit()
    first_or_last = plugins.listPluginIds(IExtractionPlugin)[0 if to_top else -1]
    assert first_or_last == PLUGIN_ID


def first_challenger(site: Any, name: str) -> None:
    """Let this plugin be the first to ask visitors for a log-in."""
    site.portal.acl_users.plugins.movePluginsTop(IChallengePlugin, [name])
    site.commit()


def _package(name: str) -> str:
    package = {"jwt_auth": "plone.restapi", "restapi": "plone.restapi"}.get(name)
    return package or f"pas.plugins.{name}"


def _github() -> dict[str, Any]:
    return {
        "class_": "authomatic.providers.oauth2.GitHub",
        "consumer_key": CLIENT_ID,
        "consumer_secret": CLIENT_SECRET,
        "propertymap": {},
        "access_headers": {"User-Agent": "Plone"},
    }
