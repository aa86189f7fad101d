"""What the catalog shows to a token, and who passes guards of workflows with one."""

from AccessControl import getSecurityManager
from DateTime import DateTime
from plone import api
from typing import Any

import pytest


WORKFLOWS = [
    "simple_publication_workflow",
    "one_state_workflow",
    "plone_workflow",
    "intranet_workflow",
    "intranet_folder_workflow",
    "folder_workflow",
]
#: Who has it finds content in lists, who has View sees it.
LISTED = "Access contents information"
ROLES = ["Manager", "Site Administrator", "Editor", "Reviewer", "Member", "Reader"]


def make_pages(site: Any, workflow: str) -> list[Any]:
    """One page in each state of a workflow, with its permissions and in the catalog."""
    tool = site.portal.portal_workflow
    tool.setChainForPortalTypes(["Document"], workflow)
    pages = []
    for state in tool[workflow].states.objectIds():
        page = api.content.create(site.portal, "Document", f"page-{state}", title="x")
        status = {**tool.getStatusOf(workflow, page), "review_state": state}
        tool.setStatusOf(workflow, page, status)
        tool[workflow].updateRoleMappingsFor(page)
        page.reindexObjectSecurity()
        pages.append(page)
    site.commit()
    return pages


def opened(pages: list[Any]) -> set[str]:
    check = getSecurityManager().checkPermission
    return {page.getId() for page in pages if check("View", page)}


def found(site: Any) -> set[str]:
    return {brain.getId for brain in site.portal.portal_catalog(portal_type="Document")}


def listed_for(site: Any, page: Any) -> list[str]:
    """For whom the catalog lists a page."""
    catalog = site.portal.portal_catalog
    path = "/".join(page.getPhysicalPath())
    [brain] = catalog.unrestrictedSearchResults(path=path)
    return sorted(catalog.getIndexDataForRID(brain.getRID())["allowedRolesAndUsers"])


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("role", ROLES)
def test_the_catalog_shows_what_the_token_may_see(
    site: Any, acting: Any, workflow: str, role: str
) -> None:
    site.add_user("user", role)
    pages = make_pages(site, workflow)
    with acting("user"):
        seen = opened(pages)
        assert found(site) == seen
    with api.env.adopt_user(username="user"):
        assert seen <= opened(pages)


@pytest.mark.parametrize("hidden", [["View"], [LISTED], ["View", LISTED]])
def test_nobody_sees_more_in_a_state_where_only_editors_do(
    site: Any, acting: Any, hidden: list[str]
) -> None:
    """Neither in a page nor in a list: the catalog asks for a permission of its own."""
    workflow = site.portal.portal_workflow["simple_publication_workflow"]
    for permission in hidden:
        workflow.states.private.setPermission(permission, False, ["Editor"])
    site.add_user("user", "Manager")
    pages = make_pages(site, "simple_publication_workflow")
    with api.env.adopt_user(username="user"):
        in_person = opened(pages), found(site)
    with acting("user") as user:
        assert opened(pages) <= in_person[0]
        assert found(site) <= in_person[1]
        # By these roles the catalog searches.
        assert set(user.getRoles()).isdisjoint({"Editor", "Manager"})


def test_the_catalog_follows_the_permission_by_which_content_is_listed(
    site: Any, acting: Any
) -> None:
    """So View alone, set by hand, leaves in it what it was: that is not stale."""
    site.add_user("user", "Manager")
    page = make_pages(site, "simple_publication_workflow")[0]
    before = listed_for(site, page)
    page.manage_permission("View", ["Editor"])
    with acting("user"):
        page.reindexObjectSecurity()
        assert listed_for(site, page) == before
    page.manage_permission(LISTED, ["Editor"])
    with acting("user"):
        page.reindexObjectSecurity()
        assert listed_for(site, page) == ["Editor"]


def test_a_guard_for_editors_does_not_let_the_token_of_a_manager_pass(
    site: Any, acting: Any
) -> None:
    """They do not pass it in person."""
    workflow = site.portal.portal_workflow["simple_publication_workflow"]
    workflow.transitions.publish.guard.roles = ("Editor",)
    site.add_user("user", "Manager")
    page = make_pages(site, "simple_publication_workflow")[0]
    with acting("user") as user:
        assert "Editor" not in user.getRolesInContext(page)
        assert not user.has_role("Editor", page)


@pytest.mark.parametrize("role", ["Manager", "Site Administrator", "Member"])
def test_expired_content_is_found_as_in_person(
    site: Any, acting: Any, role: str
) -> None:
    site.add_user("user", role)
    pages = make_pages(site, "simple_publication_workflow")
    [page] = [page for page in pages if page.getId() == "page-published"]
    page.setExpirationDate(DateTime() - 1)
    page.reindexObject()
    site.commit()
    with api.env.adopt_user(username="user"):
        in_person = found(site)
    with acting("user"):
        assert found(site) == in_person
