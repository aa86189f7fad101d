"""Sites in which a token could do other things than its user: none lets it do more."""

from AccessControl import getSecurityManager
from Acquisition import aq_base
from collections.abc import Callable
from datetime import datetime
from plone import api
from plone.app.event.dx.behaviors import IEventRecurrence
from Products.PageTemplates.ZopePageTemplate import ZopePageTemplate
from Products.PluggableAuthService.interfaces.plugins import IUserFactoryPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from Products.PluggableAuthService.PropertiedUser import PropertiedUser
from Products.PluggableAuthService.utils import classImplements
from typing import Any

import pytest
import pytz


PASSWORD = "correct-horse-battery-1"
JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}
#: A browser is sent to the log-in.
REFUSALS = (302, 401, 403)
Statuses = dict[str, tuple[int, int]]


@pytest.fixture
def compare(site: Any) -> Callable[..., Statuses]:
    """The statuses of requests in person and with a token, where they differ.

    How somebody is refused does not matter.
    """

    def compare(user_id: str, paths: list[str], **headers: str) -> Statuses:
        token = site.personal_access_token(user_id)
        found = {}
        for path in paths:
            person = site.get(path, auth=(user_id, PASSWORD), headers=headers)
            program = site.get(path, token, headers=headers)
            found[path] = person.status_code, program.status_code
        return {
            path: pair
            for path, pair in found.items()
            if pair[0] != pair[1] and not set(pair) <= set(REFUSALS)
        }

    return compare


@pytest.fixture
def content(site: Any) -> Any:
    """A private folder with a page."""
    site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
    folder = api.content.create(site.portal, "Folder", "folder", title="Folder")
    api.content.create(folder, "Document", "page", title="Page")
    site.commit()
    return folder


PATHS = [
    "",
    "/folder",
    "/folder/page",
    "/@search?portal_type=Document",
    "/@navigation",
    "/@breadcrumbs",
    "/folder/page/@workflow",
    "/folder/page/@history",
    "/folder/@contents",
    "/folder/page/@sharing",
]


@pytest.mark.parametrize(
    "roles", [("Manager",), ("Manager", "Member"), ("Editor",), ("Member",)]
)
@pytest.mark.parametrize(
    "seeing",
    [
        ["Anonymous"],
        ["Manager", "Site Administrator", "Owner", "Member", "Editor", "Reader"],
        ["Manager", "Site Administrator", "Owner", "Editor", "Reader"],
    ],
    ids=["public", "intranet", "intranet without Member"],
)
def test_a_root_shows_itself_as_in_person(
    site: Any,
    content: Any,
    compare: Callable[..., Statuses],
    seeing: list[str],
    roles: tuple[str, ...],
) -> None:
    """Whatever its View says, and also to a Manager who is no Member."""
    site.portal.manage_permission("View", seeing)
    site.portal.manage_permission("Access contents information", seeing)
    site.add_user("user", *roles)
    permission = "pas.plugins.tokenauth: Manage own Personal Access Tokens"
    site.portal.manage_permission(permission, [*roles, "Manager"])
    site.commit()
    assert compare("user", PATHS, **JSON) == {}
    assert compare("user", PATHS[:3], **HTML) == {}


@pytest.mark.parametrize("role", ["Manager", "Editor", "Reader"])
def test_an_occurrence_of_a_private_event_is_shown_as_the_event(
    site: Any, content: Any, compare: Callable[..., Statuses], role: str
) -> None:
    """It is made for the request, and belongs to the event."""
    event = api.content.create(
        content,
        "Event",
        "event",
        title="Secret",
        start=datetime(2026, 1, 5, 9, tzinfo=pytz.utc),
        end=datetime(2026, 1, 5, 10, tzinfo=pytz.utc),
    )
    IEventRecurrence(event).recurrence = "RRULE:FREQ=DAILY;COUNT=3"
    event.reindexObject()
    site.add_user("user", "Member")
    if role != "Manager":
        api.user.grant_roles("user", roles=[role], obj=content)
    else:
        site.portal.acl_users.portal_role_manager.assignRoleToPrincipal(role, "user")
    content.reindexObjectSecurity()
    permission = "pas.plugins.tokenauth: Manage own Personal Access Tokens"
    site.portal.manage_permission(permission, ["Member", "Manager"])
    site.commit()
    path = "/folder/event/2026-01-06"
    assert compare("user", [path, "/folder/event"], **HTML) == {}
    assert compare("user", ["/folder/event"], **JSON) == {}
    shown = site.get(path, site.personal_access_token("user"), headers=HTML)
    assert shown.status_code == 200
    assert "Secret" in shown.text


TEMPLATE = """\
<p tal:define="user python:context.portal_membership.getAuthenticatedMember();
               may python:user.has_permission">
  <b tal:condition="python:may('Manage portal', context)">administers</b>
  <b tal:condition="python:'Manager' in user.getRoles()">manager</b>
  <b tal:condition="python:may('Modify portal content', context)">edits</b>
  <i tal:repeat="each python:context.portal_catalog(portal_type='Document')"
     tal:content="each/Title">Title</i>
</p>
"""


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        ("plone.write", ["edits", "Page"]),
        ("plone.admin", ["administers", "manager", "edits", "Page"]),
    ],
)
def test_a_template_in_a_folder_sees_the_limited_user(
    site: Any, content: Any, scope: str, shown: list[str]
) -> None:
    """It renders, and what it decides by roles and permissions is decided for them."""
    template = ZopePageTemplate("template", TEMPLATE)
    content._setOb("template", template)
    content["template"].manage_permission("View", ["Authenticated"])
    site.commit()
    token = site.personal_access_token(scopes=(scope,))
    answer = site.get("/folder/template", token, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert [word for word in WORDS if f">{word}<" in answer.text] == shown


WORDS = ["administers", "manager", "edits", "Page"]


@pytest.mark.parametrize(
    ("condition", "person", "program"),
    [
        ("python:True", True, True),
        ("python:member.has_role('Manager')", True, False),
        ("python:checkPermission('Manage portal', portal)", True, False),
        ("python:checkPermission('Modify portal content', object)", True, True),
        ("python:'Manager' in member.getRoles()", True, False),
    ],
)
def test_a_condition_of_an_action_is_asked_of_the_limited_user(
    site: Any, content: Any, acting: Any, condition: str, person: bool, program: bool
) -> None:
    site.add_user("user", "Manager")
    action = site.portal.portal_actions.user["preferences"]
    action.manage_changeProperties(available_expr=condition, permissions=())

    def is_shown() -> bool:
        found = site.portal.portal_actions.listFilteredActionsFor(content.page)
        return "preferences" in {each["id"] for each in found["user"]}

    with api.env.adopt_user(username="user"):
        assert is_shown() is person
    with acting("user"):
        assert is_shown() is program


class MemberFromContent(PropertiedUser):
    """A user as membrane makes them: content says who they are and what they may."""

    def getRolesInContext(self, object: Any) -> list[str]:
        roles: list[str] = super().getRolesInContext(object)
        return [*roles, "Editor"] if "own-page" in object.getPhysicalPath() else roles

    def allowed(self, object: Any, object_roles: Any = None) -> int | None:
        path = getattr(object, "getPhysicalPath", tuple)()
        if "own-page" in path and "Editor" in (object_roles or ()):
            return 1
        return super().allowed(object, object_roles)


class MembraneUserFactory(BasePlugin):
    """Makes them for the user that a test is about."""

    def createUser(self, user_id: str, name: str) -> Any:
        return MemberFromContent(user_id, name) if user_id == "member" else None


classImplements(MembraneUserFactory, IUserFactoryPlugin)


@pytest.mark.parametrize("role", ["Member", "Manager"])
def test_a_user_whose_roles_content_decides_keeps_them_and_the_limit(
    site: Any, content: Any, acting: Any, role: str
) -> None:
    """Membrane's users: the factory of another plugin, with rules of its own."""
    users = site.portal.acl_users
    factory = MembraneUserFactory()
    factory.id = "membrane"
    users._setObject("membrane", factory)
    users.plugins.activatePlugin(IUserFactoryPlugin, "membrane")
    # Before the one of Plone, and behind ours, which has to be the first.
    while users.plugins.listPluginIds(IUserFactoryPlugin)[1] != "membrane":
        users.plugins.movePluginsUp(IUserFactoryPlugin, ["membrane"])
    page = api.content.create(content, "Document", "own-page", title="Page")
    site.add_user("member", role)
    user = users.getUserById("member")
    assert isinstance(aq_base(user), MemberFromContent)
    for scopes in (("plone.write",), ("plone.admin",)):
        with acting("member", scopes) as user:
            check = getSecurityManager().checkPermission
            assert isinstance(aq_base(user), MemberFromContent)
            assert check("Modify portal content", page)
            assert "Editor" in user.getRolesInContext(page)
            is_administrator = role == "Manager" and scopes == ("plone.admin",)
            assert bool(check("Manage portal", site.portal)) == is_administrator
            is_colleague = role == "Manager"
            assert bool(check("Modify portal content", content.page)) == is_colleague
