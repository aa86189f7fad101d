"""What workflows let whom see and do, as far as they ask for roles."""

from ..site.administrative import containers
from ..site.lookup import tool_of
from ..site.remembered import RememberedBySite
from AccessControl.PermissionRole import rolesForPermissionOn
from Acquisition import aq_base
from collections.abc import Iterator
from persistent import Persistent
from Products.CMFCore.permissions import AccessContentsInformation
from Products.CMFCore.permissions import View
from Products.DCWorkflow.DCWorkflow import DCWorkflowDefinition
from typing import Any


RoleSets = frozenset[frozenset[str]]

#: Who has the first opens content, who has the other finds it in lists.
_SEEING = (View, AccessContentsInformation)


def _seeing_roles(site: Any) -> RoleSets:
    found = {frozenset(rolesForPermissionOn(each, site)) for each in _SEEING}
    for workflow in _workflows(site):
        for state in _parts(workflow.states):
            permission_roles = state.permission_roles or {}
            # Where a state does not say, it is as in the folder around.
            found.update(
                frozenset(permission_roles[each])
                for each in _SEEING
                if permission_roles.get(each) is not None
            )
    return frozenset(found)


def _guarding_roles(site: Any) -> RoleSets:
    return frozenset(
        frozenset(guard.roles)
        for workflow in _workflows(site)
        for guard in _guards(workflow)
        if guard.roles
    )


def _state_objects(site: Any) -> Iterator[Persistent]:
    """The stored objects that say which state lets whom see content."""
    yield from containers(site)
    yield aq_base(tool_of(site, "portal_workflow"))
    for workflow in _workflows(site):
        yield from (workflow, aq_base(workflow.states))
        for state in _parts(workflow.states):
            yield state
            if isinstance(state.permission_roles, Persistent):
                yield state.permission_roles


def _guard_objects(site: Any) -> Iterator[Persistent]:
    """The stored objects that say which guard asks for which roles."""
    yield aq_base(tool_of(site, "portal_workflow"))
    for workflow in _workflows(site):
        yield workflow
        for container in (workflow.transitions, workflow.worklists):
            yield aq_base(container)
            yield from _parts(container)
        yield from _guards(workflow)


def _workflows(site: Any) -> Iterator[Any]:
    # Workflows of another make do not say what they depend on.
    for workflow in map(aq_base, tool_of(site, "portal_workflow").objectValues()):
        if isinstance(workflow, DCWorkflowDefinition):
            yield workflow


def _guards(workflow: Any) -> Iterator[Any]:
    for part in (*_parts(workflow.transitions), *_parts(workflow.worklists)):
        if part.guard is not None:
            yield aq_base(part.guard)


def _parts(container: Any) -> list[Any]:
    """The parts of a workflow, without their acquisition, which takes time."""
    return [aq_base(part) for part in aq_base(container)._mapping.values()]


#: For the site root and each state of a workflow, the roles that see content. Those
#: that find it in the catalog, too, which asks for a permission of its own.
seeing_roles = RememberedBySite(_state_objects, _seeing_roles)
#: For each guard of a workflow that asks for roles, these roles.
guarding_roles = RememberedBySite(_guard_objects, _guarding_roles)
