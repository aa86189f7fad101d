"""Users in the request of a token have the roles that its scopes leave them."""

from AccessControl import getSecurityManager
from Acquisition import aq_base
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import Scope
from pas.plugins.tokenauth.resource_server.limiteduser import is_limited
from plone import api
from Products.PlonePAS.plugins.ufactory import PloneUser
from Products.PluggableAuthService.interfaces.plugins import IUserFactoryPlugin
from Products.PluggableAuthService.PropertiedUser import PropertiedUser
from typing import Any
from zope.component import getGlobalSiteManager

import pickle
import pytest


@pytest.fixture
def manager(site: Any) -> str:
    site.add_user("owner", "Manager")
    return "owner"


@pytest.fixture
def page(site: Any) -> Any:
    page = api.content.create(site.portal, "Document", "page", title="Page")
    site.commit()
    return page


def may(permission: str, obj: Any) -> bool:
    return bool(getSecurityManager().checkPermission(permission, obj))


ADMIN = ("plone.read", "plone.write", "plone.admin.read", "plone.admin")
CONTENT_WORK = [
    "View",
    "Modify portal content",
    "Delete objects",
    "Add portal content",
    "Sharing page: Delegate roles",
    "Review portal content",
]
ADMINISTRATION = [
    "Manage portal",
    "Manage users",
    "Plone Site Setup: Overview",
    "Content rules: Manage rules",
    "Portlets: Manage portlets",
    "Change permissions",
]


def test_an_unlimited_request_changes_nothing(
    site: Any, manager: str, page: Any
) -> None:
    user = site.portal.acl_users.getUserById(manager)
    assert isinstance(aq_base(user), PloneUser)
    assert set(user.getRoles()) == {"Manager", "Authenticated"}
    assert set(user.getRolesInContext(page)) == {"Manager", "Authenticated"}
    with api.env.adopt_user(user=user):
        assert may("Manage portal", site.portal)


@pytest.mark.parametrize("permission", CONTENT_WORK)
def test_a_manager_works_on_content(
    manager: str, page: Any, acting: Any, permission: str
) -> None:
    with acting(manager):
        assert may(permission, page)


@pytest.mark.parametrize("permission", ADMINISTRATION)
def test_a_manager_administers_nothing(
    site: Any, manager: str, page: Any, acting: Any, permission: str
) -> None:
    with acting(manager):
        assert not may(permission, page)
        assert not may(permission, site.portal)


@pytest.mark.parametrize("permission", [*CONTENT_WORK, *ADMINISTRATION])
def test_an_admin_scope_leaves_everything(
    site: Any, manager: str, acting: Any, permission: str
) -> None:
    with acting(manager, ADMIN):
        assert may(permission, site.portal)


def test_a_scope_keeps_a_role_that_is_administrative(
    site: Any, page: Any, acting: Any
) -> None:
    site.add_user("keeper", "Site Administrator", "Manager")
    scope = Scope(
        title="", description="", keeps_roles=frozenset({"Site Administrator"})
    )
    registry = getGlobalSiteManager()
    registry.registerUtility(scope, IScope, "keep")
    try:
        with acting("keeper", ("plone.write", "keep")) as user:
            assert may("Plone Site Setup: Site", site.portal)
            assert may("Plone Site Setup: Site", site.portal.portal_registry)
            assert not may("Manage schemata", site.portal)
            assert "Site Administrator" in user.getRoles()
            assert "Manager" not in user.getRoles()
        with acting("keeper"):
            assert not may("Plone Site Setup: Site", site.portal)
    finally:
        registry.unregisterUtility(scope, IScope, "keep")


def test_no_tool_can_be_changed(site: Any, manager: str, acting: Any) -> None:
    with acting(manager):
        for tool in site.portal.objectValues():
            if not tool.getId().startswith(("portal_", "acl_users", "MailHost")):
                continue
            for permission in (
                "Delete objects",
                "Manage properties",
                "View management screens",
            ):
                assert not may(permission, tool), (permission, tool)


def test_other_users_of_the_request_are_not_limited(
    site: Any, manager: str, page: Any, acting: Any
) -> None:
    site.add_user("other", "Manager")
    with acting(manager):
        other = site.portal.acl_users.getUserById("other")
        assert "Manager" in other.getRoles()
        assert other.has_permission("Manage portal", site.portal)


def test_the_users_of_the_root_are_not_limited(
    site: Any, manager: str, acting: Any
) -> None:
    with acting(manager):
        root_user = site.app.acl_users.getUserById("admin")
        assert root_user.has_permission("Manage portal", site.portal)


def test_adopted_roles_are_not_limited(site: Any, manager: str, acting: Any) -> None:
    with acting(manager), api.env.adopt_roles(["Manager"]):
        assert may("Manage portal", site.portal)


def test_an_adopted_user_is_not_limited(site: Any, manager: str, acting: Any) -> None:
    site.add_user("other", "Manager")
    with acting(manager), api.env.adopt_user(username="other"):
        assert may("Manage portal", site.portal)


def test_a_subrequest_is_limited_too(site: Any, manager: str, acting: Any) -> None:
    from zope.globalrequest import getRequest
    from zope.globalrequest import setRequest

    with acting(manager):
        setRequest(getRequest().clone())
        assert not may("Manage portal", site.portal)


def test_a_user_is_pickled_with_the_limit(site: Any, manager: str, acting: Any) -> None:
    """As a cache of PAS does it."""
    user = site.portal.acl_users.getUserById(manager)
    copy = pickle.loads(pickle.dumps(aq_base(user))).__of__(site.portal.acl_users)
    assert is_limited(copy) and isinstance(aq_base(copy), PloneUser)
    assert copy.getRoles() == user.getRoles()
    assert copy.getId() == manager
    with acting(manager):
        assert "Manager" not in copy.getRoles()


def test_the_class_below_is_the_other_factory_s(site: Any) -> None:
    class User(PropertiedUser):
        pass

    class Factory:
        def createUser(self, user_id: str, name: str) -> Any:
            return User(user_id, name) if user_id == "member" else None

    plugins = site.portal.acl_users.plugins
    ids = plugins.listPluginIds(IUserFactoryPlugin)
    assert ids[0] == "token_auth"
    user = site.plugin.createUser("x", "x")
    assert isinstance(user, PloneUser)
    assert type(user) is type(site.plugin.createUser("y", "y"))
    assert type(user).__name__ == "PloneUser"
