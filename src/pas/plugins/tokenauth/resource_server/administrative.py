"""What is administration in a site: permissions, and the roles that have them.

It is worked out once for each state of the objects that it depends on, and remembered
across requests: the serial of an object changes when any Zope commits a change of it.
"""

from .roles import administrative_among
from AccessControl.Permission import getPermissions
from AccessControl.PermissionRole import rolesForPermissionOn
from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from persistent import Persistent
from Products.CMFCore.permissions import View
from Products.DCWorkflow.DCWorkflow import DCWorkflowDefinition
from typing import Any
from typing import TypeVar
from zope.component import getGlobalSiteManager
from zope.interface import Interface


T = TypeVar("T")

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
        "pas.plugins.tokenauth: Manage all Service Keys",
        "plone.exportimport: Export",
        "plone.exportimport: Import",
        "plone.resourceeditor: Manage Sources",
        "plone.restapi: Access Plone user information",
    }
)
#: Each panel of Site Setup has a permission that begins so, also those of add-ons.
SITE_SETUP = "Plone Site Setup: "


class IAdministrativePermission(Interface):
    """Marks a permission of an add-on as administrative.

    Register a utility without any methods, by ZCML; its name is the permission's title.
    """


def administrative_permissions() -> frozenset[str]:
    """The titles of all permissions that are administrative in this Zope."""
    registered = {permission[0] for permission in getPermissions()}
    added = getGlobalSiteManager().getUtilitiesFor(IAdministrativePermission)
    return ADMINISTRATIVE_PERMISSIONS.union(
        (title for title in registered if title.startswith(SITE_SETUP)),
        (name for name, _ in added),
    )


def reasons(site: Any) -> dict[str, frozenset[str]]:
    """The administrative roles of a site, each with the permissions that make it so."""
    permissions: dict[str, set[str]] = {}
    for permission in administrative_permissions():
        for role in administrative_among(rolesForPermissionOn(permission, site)):
            permissions.setdefault(role, set()).add(permission)
    return {role: frozenset(titles) for role, titles in permissions.items()}


def administrative_roles(site: Any) -> frozenset[str]:
    """The roles that have an administrative permission at the root of a site."""
    return _roles.get(site, _containers(site), lambda: frozenset(reasons(site)))


def seeing_roles(site: Any) -> frozenset[frozenset[str]]:
    """For the site root and each state of a workflow, the roles that see content."""
    return _seeing.get(site, _workflow_objects(site), lambda: _seeing_roles(site))


def guarding_roles(site: Any) -> frozenset[frozenset[str]]:
    """The roles that guards of workflows ask for, each guard one of its own."""
    return _guarding.get(site, _workflow_objects(site), lambda: _guarding_roles(site))


class _Remembered:
    """Results by site, each for one state of the objects that it depends on."""

    def __init__(self) -> None:
        self._results: dict[Any, tuple[list[bytes], Any]] = {}

    def get(self, site: Any, objects: Iterable[Persistent], make: Callable[[], T]) -> T:
        """The result for the state of these objects, worked out if it is a new one."""
        state = _state(objects)
        if state is None:
            return make()
        base = aq_base(site)
        key = (base._p_jar.db(), base._p_oid)
        remembered = self._results.get(key)
        if remembered is None or remembered[0] != state:
            remembered = self._results[key] = (state, make())
        return remembered[1]


_roles = _Remembered()
_seeing = _Remembered()
_guarding = _Remembered()


def _state(objects: Iterable[Persistent]) -> list[bytes] | None:
    """What tells the committed state of objects from others; None for changed ones."""
    serials = []
    for obj in objects:
        obj._p_activate()
        jar = obj._p_jar
        # What a savepoint has set aside looks unchanged and has its old serial.
        if jar is None or obj._p_changed or jar._savepoint_storage is not None:
            return None
        serials.append(obj._p_serial)
    return serials


def _containers(site: Any) -> list[Persistent]:
    """A site with all that is around it, from where it acquires permissions."""
    chain = map(aq_base, aq_chain(aq_inner(site)))
    return [obj for obj in chain if isinstance(obj, Persistent)]


def _seeing_roles(site: Any) -> frozenset[frozenset[str]]:
    found = {frozenset(rolesForPermissionOn(View, site))}
    for workflow in _workflows(site):
        for state in _parts(workflow.states):
            # Where a state does not say, it is as in the folder around.
            roles = (state.permission_roles or {}).get(View)
            if roles is not None:
                found.add(frozenset(roles))
    return frozenset(found)


def _guarding_roles(site: Any) -> frozenset[frozenset[str]]:
    return frozenset(
        frozenset(guard.roles)
        for workflow in _workflows(site)
        for guard in _guards(workflow)
        if guard.roles
    )


def _workflow_objects(site: Any) -> Iterator[Persistent]:
    """Everything stored that says what workflows let whom do."""
    yield from _containers(site)
    yield from _parts_of_workflows(site)


def _parts_of_workflows(site: Any) -> Iterator[Persistent]:
    tool = aq_base(site.portal_workflow)
    yield tool
    for workflow in _workflows(site):
        yield workflow
        for part in (workflow.states, workflow.transitions, workflow.worklists):
            yield aq_base(part)
        for state in _parts(workflow.states):
            yield state
            if isinstance(state.permission_roles, Persistent):
                yield state.permission_roles
        yield from _parts(workflow.transitions)
        yield from _parts(workflow.worklists)
        yield from _guards(workflow)


def _workflows(site: Any) -> Iterator[Any]:
    # Workflows of another make do not say what they depend on.
    for workflow in map(aq_base, site.portal_workflow.objectValues()):
        if isinstance(workflow, DCWorkflowDefinition):
            yield workflow


def _guards(workflow: Any) -> Iterator[Any]:
    for part in (*_parts(workflow.transitions), *_parts(workflow.worklists)):
        if part.guard is not None:
            yield aq_base(part.guard)


def _parts(container: Any) -> list[Any]:
    """The parts of a workflow, without their acquisition, which takes time."""
    return [aq_base(part) for part in aq_base(container)._mapping.values()]
