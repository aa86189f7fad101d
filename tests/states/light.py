"""A site with a real user folder, real plugin and real database, but without Plone."""

from AccessControl.Permission import addPermission
from OFS.Application import Application
from OFS.Folder import Folder
from pas.plugins.tokenauth import permissions
from pas.plugins.tokenauth.credentials import settings as credentials
from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import read
from pas.plugins.tokenauth.credentials.scopes import write
from pas.plugins.tokenauth.credentials.subscribers import orphan_credentials
from pas.plugins.tokenauth.credentials.subscribers import start_without_credentials
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.personaltokens.settings import PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.personaltokens.tokentype import PersonalAccessTokenType
from pas.plugins.tokenauth.plugin.plugin import TokenAuthPlugin
from pas.plugins.tokenauth.servicekeys.client import ServiceKeySource
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.servicekeys.settings import SERVICE_KEYS
from pas.plugins.tokenauth.site import sections
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from pas.plugins.tokenauth.site.sections import declare_settings
from pas.plugins.tokenauth.storage.interfaces import IStoreFactory
from pas.plugins.tokenauth.tokens.accesstokens import AccessTokenType
from pas.plugins.tokenauth.tokens.interfaces import ITokenType
from Products.CMFCore.interfaces import ISiteRoot
from Products.PluggableAuthService.interfaces.plugins import IGroupEnumerationPlugin
from Products.PluggableAuthService.interfaces.plugins import IGroupsPlugin
from Products.PluggableAuthService.interfaces.plugins import IRolesPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.PluggableAuthService import _PLUGIN_TYPE_INFO
from Products.PluggableAuthService.PluggableAuthService import PluggableAuthService
from Products.PluggableAuthService.plugins.ZODBGroupManager import ZODBGroupManager
from Products.PluggableAuthService.plugins.ZODBRoleManager import ZODBRoleManager
from Products.PluggableAuthService.plugins.ZODBUserManager import ZODBUserManager
from Products.PluginRegistry.PluginRegistry import PluginRegistry
from tests.states import model
from tests.storage.conftest import STORES
from typing import Any
from zope.interface.registry import Components

import zope.component.event  # noqa: F401  events reach their subscribers


SITE_ID = "site"
ISSUER = "https://www.example.org"
SECTIONS = (
    sections.ADDRESS,
    sections.TOKENS,
    credentials.USAGE,
    credentials.CREDENTIALS,
    SERVICE_KEYS,
    PERSONAL_ACCESS_TOKENS,
)
SOURCES = (
    ("users", ZODBUserManager, IUserEnumerationPlugin),
    ("roles", ZODBRoleManager, IRolesPlugin),
    ("groups", ZODBGroupManager, IGroupsPlugin),
)
#: As permissions.zcml has them.
PERMISSIONS = {
    permissions.MANAGE_OWN_SERVICE_KEYS: ("Manager", "Site Administrator"),
    permissions.MANAGE_OWN_PERSONAL_ACCESS_TOKENS: ("Manager", "Site Administrator"),
    permissions.IMPERSONATE_USER: ("Manager",),
    permissions.MANAGE_ALL_SERVICE_KEYS: ("Manager", "Site Administrator"),
    permissions.ISSUE_KEYS_FOR_OTHERS: ("Manager",),
    permissions.AUTHORIZE_APPLICATIONS: ("Member",),
    permissions.MANAGE_APPLICATIONS: ("Manager", "Site Administrator"),
}


class SiteManager(Components):
    """What ZCML registers, without anything that other tests have registered."""

    #: The site in force, seen through one of many connections.
    site: Any = None

    def __init__(self) -> None:
        super().__init__("light")
        self.registerUtility(read, IScope, model.READ)
        self.registerUtility(write, IScope, model.WRITE)
        for kind in (SERVICE_KEY, PERSONAL_ACCESS_TOKEN):
            self.registerUtility(kind, ICredentialKind, kind.name)
        for section in SECTIONS:
            declare_settings(section)
        for name, store in STORES.items():
            self.registerUtility(store, IStoreFactory, name)
        self.registerUtility(AccessTokenType(), ITokenType, "pta_")
        self.registerUtility(PersonalAccessTokenType(), ITokenType, "ptp_")
        self.registerAdapter(ServiceKeySource)
        self.registerHandler(orphan_credentials)
        self.registerHandler(start_without_credentials)

    def getSiteManager(self) -> "SiteManager":
        """Itself, so that it can be set as the site."""
        return self

    def queryUtility(self, provided: Any, name: str = "", default: Any = None) -> Any:
        """The site in force, or what is registered."""
        if provided is ISiteRoot:
            return self.site
        return super().queryUtility(provided, name, default)


def add_site(root: Any, name: str) -> None:
    """Add a Zope with an empty site to the root of a database."""
    app = root[name] = Application()
    app._setObject(SITE_ID, Folder(SITE_ID))
    site = app[SITE_ID]
    site.__ac_roles__ = model.ROLES
    site._setObject("acl_users", PluggableAuthService())
    users = site.acl_users
    users._setObject("plugins", PluginRegistry(_PLUGIN_TYPE_INFO))
    for plugin_id, plugin, interface in SOURCES:
        users._setObject(plugin_id, plugin(plugin_id))
        users.plugins.activatePlugin(interface, plugin_id)
    users.plugins.activatePlugin(IGroupEnumerationPlugin, "groups")
    for role in model.ROLES:
        if role not in users.roles.listRoleIds():
            users.roles.addRole(role)
    users.groups.addGroup(model.GROUP)
    users.roles.assignRoleToPrincipal(model.GROUP_ROLE, model.GROUP)
    users._setObject(PLUGIN_ID, TokenAuthPlugin(PLUGIN_ID))
    users[PLUGIN_ID].issuer = ISSUER
    for permission, roles in PERMISSIONS.items():
        addPermission(permission, roles)
        site.manage_permission(permission, list(roles))


def add_user(site: Any, user_id: str, roles: set[str]) -> None:
    users = site.acl_users
    users.users.addUser(user_id, login_of(user_id), "no-password-1")
    users.groups.removePrincipalFromGroup(user_id, model.GROUP)
    for role in model.ROLES:
        users.roles.removeRoleFromPrincipal(role, user_id)
    for role in roles:
        users.roles.assignRoleToPrincipal(role, user_id)


def login_of(user_id: str) -> str:
    return f"{user_id}@example.org"
