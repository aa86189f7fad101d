"""What is administration in a site: permissions, and the roles that have them."""

from .remembered import RememberedBySite
from AccessControl.Permission import getPermissions
from AccessControl.PermissionRole import rolesForPermissionOn
from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from persistent import Persistent
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import implementer
from zope.interface import Interface


#: Titles of permissions that manage a site, its users or its code.
ADMINISTRATIVE_PERMISSIONS = frozenset(
    {
        "Add Groups",
        "Add Page Templates",
        "Add Python Scripts",
        "CMFPlacefulWorkflow: Manage workflow policies",
        "Change DTML Documents",
        "Change DTML Methods",
        "Change External Methods",
        "Change Page Templates",
        "Change Python Scripts",
        "Change configuration",
        "Change permissions",
        "Change proxy roles",
        "Content rules: Manage rules",
        "Define permissions",
        "Delete Groups",
        "Five: Add TTW View Template",
        "Import/Export objects",
        "Manage Groups",
        "Manage Portal Aliases",
        "Manage Site",
        "Manage ZCatalog Entries",
        "Manage portal",
        "Manage schemata",
        "Manage users",
        "Portlets: Manage portlets",
        "Set Group Ownership",
        "pas.plugins.tokenauth: Impersonate user",
        "pas.plugins.tokenauth: Issue Keys for others",
        "pas.plugins.tokenauth: Manage Applications",
        "pas.plugins.tokenauth: Manage all Service Keys",
        "pas.plugins.tokenauth: Manage all Signed Links",
        "plone.exportimport: Export",
        "plone.exportimport: Import",
        "plone.resourceeditor: Manage Sources",
        "plone.restapi: Access Plone user information",
    }
)
#: Each panel of Site Setup has a permission that begins so, also those of add-ons.
SITE_SETUP = "Plone Site Setup: "


#: Plone's own roles for administration.
ADMINISTRATORS = frozenset({"Manager", "Site Administrator"})
#: Roles that are not administrative, whatever permissions they have.
NEVER_ADMINISTRATIVE = frozenset({"Anonymous", "Authenticated", "Owner"})


class IAdministrativePermission(Interface):
    """Marks a permission of an add-on as administrative.

    Register :data:`ADMINISTRATIVE` as a utility; its name is the permission's title.
    """


@implementer(IAdministrativePermission)
class _AdministrativePermission:
    """See IAdministrativePermission."""


ADMINISTRATIVE = _AdministrativePermission()


def administrative_permissions() -> frozenset[str]:
    """The titles of all permissions that are administrative in this Zope."""
    registered = {permission[0] for permission in getPermissions()}
    added = getGlobalSiteManager().getUtilitiesFor(IAdministrativePermission)
    return ADMINISTRATIVE_PERMISSIONS.union(
        (title for title in registered if title.startswith(SITE_SETUP)),
        (name for name, _ in added),
    )


def administrative_roles(site: Any) -> frozenset[str]:
    """The roles that have an administrative permission at the root of a site."""
    return frozenset(reasons(site))


def containers(site: Any) -> list[Persistent]:
    """A site with all that is around it, from where it acquires permissions."""
    chain = map(aq_base, aq_chain(aq_inner(site)))
    return [obj for obj in chain if isinstance(obj, Persistent)]


def _reasons(site: Any) -> dict[str, frozenset[str]]:
    permissions: dict[str, set[str]] = {}
    for permission in administrative_permissions():
        for role in _administrative_among(permission, site):
            permissions.setdefault(role, set()).add(permission)
    return {role: frozenset(titles) for role, titles in permissions.items()}


def _administrative_among(permission: str, site: Any) -> frozenset[str]:
    roles = rolesForPermissionOn(permission, site)
    return frozenset(roles) - NEVER_ADMINISTRATIVE


#: The administrative roles of a site, each with the permissions that make it so; worked
#: out once for each state of the site's role map.
reasons = RememberedBySite(containers, _reasons)
