"""No escalation: a token issues and changes no credential, on any path we know.

Each test also looks whether the credential that must not exist does exist.
"""

from Acquisition import aq_base
from collections.abc import Callable
from collections.abc import Iterator
from OFS.userfolder import UserFolder
from pas.plugins.tokenauth.site.lookup import plugin_of
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from persistent.wref import WeakRef
from plone.base.interfaces import IPloneSiteRoot
from plone.subrequest import subrequest
from Products.Five.browser import BrowserView
from Products.PluggableAuthService.plugins.ZODBUserManager import ZODBUserManager
from typing import Any
from ZODB.serialize import referencesf
from ZODB.utils import load_current
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest
import transaction
import xmlrpc.client


PASSWORD = "correct-horse-battery-1"
ADD_BY_PLUGIN = (
    "/acl_users/source_users/manage_addUser?user_id=planted&login_name=planted"
    f"&password={PASSWORD}&confirm={PASSWORD}"
)
ADD_BY_FOLDER = (
    "/acl_users/userFolderAddUser?login=planted&roles=Manager&domains="
    f"&password={PASSWORD}"
)


@pytest.fixture(params=["service key", "personal access token"], autouse=True)
def kind(request: pytest.FixtureRequest) -> str:
    """What the token belongs to, or was obtained with."""
    return request.param


@pytest.fixture
def token(site: Any, kind: str) -> str:
    """The token of a Manager, who may do anything in person."""
    if kind == "service key":
        value: str = site.token(site.issue())
    else:
        value = site.personal_access_token()
    return value


@pytest.fixture
def manager_token(site: Any) -> str:
    """The token of a Manager with an admin scope."""
    return site.token(site.issue(scopes=("plone.admin",)))


@pytest.fixture
def victim(site: Any) -> str:
    """Another user of the site."""
    site.add_user("victim")
    return "victim"


def can_log_in(site: Any, login: str, password: str) -> bool:
    response = site.api("POST", "/@login", json={"login": login, "password": password})
    return response.status_code == 200


def assert_closed(response: Any) -> None:
    assert response.status_code == 403, response.text
    assert "Set-Cookie" not in response.headers
    assert '"token"' not in response.text


class TestLoggingIn:
    """No log-in by a token, whatever its key may."""

    @pytest.mark.parametrize("path", ["", "/++api++"])
    @pytest.mark.parametrize("key", ["token", "manager_token"])
    def test_plone_restapi_hands_out_no_jwt(
        self, site: Any, path: str, key: str, request: pytest.FixtureRequest
    ) -> None:
        value = request.getfixturevalue(key)
        body = {"login": "owner", "password": PASSWORD}
        assert_closed(site.api("POST", f"{path}/@login", value, json=body))
        assert_closed(site.api("POST", f"{path}/@login-renew", value))

    def test_the_cookie_plugin_sets_no_cookie(self, site: Any, token: str) -> None:
        data = {"__ac_name": "owner", "__ac_password": PASSWORD}
        path = "/acl_users/credentials_cookie_auth/login"
        assert_closed(site.request("POST", path, token, data=data))

    @pytest.mark.parametrize("key", ["token", "manager_token"])
    def test_the_log_in_form_sets_no_cookie(
        self, site: Any, key: str, request: pytest.FixtureRequest
    ) -> None:
        token = request.getfixturevalue(key)
        data = {
            "__ac_name": "owner",
            "__ac_password": PASSWORD,
            "buttons.login": "Log in",
        }
        assert_closed(site.request("POST", "/login", token, data=data))

    @pytest.mark.parametrize(
        "path", ["/logged_in", "/@@register", "/sitemap", "/logout"]
    )
    def test_no_page_sets_a_cookie(self, site: Any, token: str, path: str) -> None:
        response = site.get(path, token)
        assert "Set-Cookie" not in response.headers


class TestAccounts:
    """No account is made, changed or removed by a token."""

    def test_plone_restapi_makes_no_user(self, site: Any, token: str) -> None:
        body = {"username": "planted", "email": "b@example.org", "password": PASSWORD}
        assert_closed(site.api("POST", "/@users", token, json=body))
        assert not can_log_in(site, "planted", PASSWORD)

    @pytest.mark.parametrize(
        "change",
        [
            {"password": "another-Secret-99"},
            {"email": "evil@example.org"},
            {"roles": {"Manager": True}},
            {"username": "renamed"},
        ],
        ids=["password", "email", "roles", "login name"],
    )
    @pytest.mark.parametrize("user_id", ["victim", "owner"])
    def test_plone_restapi_changes_no_user(
        self, site: Any, token: str, victim: str, change: dict[str, Any], user_id: str
    ) -> None:
        before = self._snapshot(site, user_id)
        assert_closed(site.api("PATCH", f"/@users/{user_id}", token, json=change))
        assert self._snapshot(site, user_id) == before
        assert not can_log_in(site, user_id, "another-Secret-99")

    def test_plone_restapi_removes_no_user(
        self, site: Any, token: str, victim: str
    ) -> None:
        assert_closed(site.api("DELETE", "/@users/victim", token))
        assert can_log_in(site, victim, PASSWORD)

    def test_a_user_changes_no_password_of_their_own(
        self, site: Any, token: str
    ) -> None:
        body = {"old_password": PASSWORD, "new_password": "another-Secret-99"}
        response = site.api("POST", "/@users/owner/reset-password", token, json=body)
        assert_closed(response)
        assert not can_log_in(site, "owner", "another-Secret-99")

    def test_the_registration_form_makes_no_user(self, site: Any, token: str) -> None:
        data = {
            "form.widgets.username": "planted",
            "form.widgets.email": "b@example.org",
            "form.widgets.password": PASSWORD,
            "form.widgets.password_ctl": PASSWORD,
            "form.buttons.register": "Register",
        }
        response = site.request("POST", "/@@new-user", token, data=data)
        assert_closed(response)
        assert not can_log_in(site, "planted", PASSWORD)

    def test_the_overview_of_users_gives_no_roles(
        self, site: Any, token: str, victim: str
    ) -> None:
        data = {
            "form.button.Modify": "Apply",
            "form.submitted": "1",
            "users.id:records": "victim",
            "users.roles:list:records": "Manager",
        }
        before = self._snapshot(site, victim)
        response = site.request("POST", "/@@usergroup-userprefs", token, data=data)
        assert response.status_code == 403
        assert self._snapshot(site, victim) == before

    @pytest.mark.parametrize(
        "path",
        [
            ADD_BY_PLUGIN,
            ADD_BY_FOLDER,
            "/acl_users/token_auth/manage_settings",
            "/acl_users/manage_main",
        ],
    )
    @pytest.mark.parametrize("key", ["token", "manager_token"])
    def test_the_user_folder_is_closed(
        self, site: Any, path: str, key: str, request: pytest.FixtureRequest
    ) -> None:
        value = request.getfixturevalue(key)
        for method in ("GET", "POST"):
            assert site.request(method, path, value).status_code in (403, 404)
        assert not can_log_in(site, "planted", PASSWORD)

    def _snapshot(self, site: Any, user_id: str) -> tuple[Any, ...]:
        site.sync()
        member = site.portal.portal_membership.getMemberById(user_id)
        return (
            member.getProperty("email"),
            sorted(member.getRoles()),
            member.getUserName(),
            site.portal.acl_users.source_users._user_passwords[user_id],
        )


class TestPasswordResets:
    """A request for a new password is as good as the password."""

    @pytest.mark.parametrize(
        "path", ["requestReset?userid=victim", "resetPassword?userid=victim"]
    )
    def test_the_tool_gives_no_password_reset_away(
        self, site: Any, token: str, victim: str, path: str
    ) -> None:
        response = site.get(f"/portal_password_reset/{path}", token)
        assert response.status_code in (400, 403)
        assert "randomstring" not in response.text
        site.sync()
        assert len(site.portal.portal_password_reset._requests) == 0

    def test_the_tool_gives_no_password_reset_away_to_xml_rpc(
        self, site: Any, token: str, victim: str
    ) -> None:
        body = xmlrpc.client.dumps(("victim",), "requestReset")
        headers = {"Content-Type": "text/xml"}
        path = "/portal_password_reset"
        response = site.request("POST", path, token, data=body, headers=headers)
        assert response.status_code == 403
        assert "randomstring" not in response.text


class TestUserFoldersElsewhere:
    """A user folder below the site authenticates people, too."""

    @pytest.fixture(autouse=True)
    def folder(self, site: Any) -> None:
        site.portal.invokeFactory("Folder", "folder")
        site.commit()

    def test_no_user_folder_is_added(self, site: Any, token: str) -> None:
        path = "/folder/manage_addProduct/OFSP/manage_addUserFolder"
        assert_closed(site.request("POST", path, token))
        site.sync()
        assert "acl_users" not in site.portal["folder"].objectIds()

    @pytest.mark.parametrize("key", ["token", "manager_token"])
    def test_user_folders_elsewhere_are_closed(
        self, site: Any, key: str, request: pytest.FixtureRequest
    ) -> None:
        site.portal["folder"]._setObject("acl_users", UserFolder())
        site.commit()
        data = {
            "submit": "Add",
            "name": "planted",
            "password": PASSWORD,
            "confirm": PASSWORD,
            "roles:list": "Manager",
        }
        path = "/folder/acl_users/manage_users"
        value = request.getfixturevalue(key)
        assert_closed(site.request("POST", path, value, data=data))
        site.sync()
        assert site.portal["folder"].acl_users.getUser("planted") is None


class TestManagementInterface:
    """A program has no business in the ZMI, where code and roles are kept."""

    @pytest.mark.parametrize(
        "path",
        [
            "/manage_main",
            "/manage",
            "/manage_workspace",
            "/manage_addProduct/PythonScripts/manage_addPythonScript?id=planted",
            "/manage_addLocalRoles?userid=victim&roles:list=Manager",
            "/manage_permission?permission_to_manage=View&roles:list=Anonymous",
            "/portal_setup/manage_importSteps",
        ],
    )
    def test_the_management_interface_is_closed(
        self, site: Any, token: str, victim: str, path: str
    ) -> None:
        assert_closed(site.request("POST", path, token))
        site.sync()
        assert "planted" not in site.portal
        assert site.portal.get_local_roles_for_userid("victim") == ()


class TestGroups:
    """No group is made, changed or joined by a token."""

    def test_plone_restapi_makes_no_group(self, site: Any, token: str) -> None:
        body = {"groupname": "planted", "roles": ["Manager"]}
        assert_closed(site.api("POST", "/@groups", token, json=body))
        site.sync()
        assert site.portal.portal_groups.getGroupById("planted") is None

    def test_plone_restapi_adds_nobody_to_a_group(
        self, site: Any, token: str, victim: str
    ) -> None:
        body = {"users": {"victim": True}}
        assert_closed(site.api("PATCH", "/@groups/Administrators", token, json=body))
        site.sync()
        groups = site.portal.acl_users.getUserById("victim").getGroups()
        assert "Administrators" not in groups

    def test_plone_restapi_gives_a_group_no_roles(self, site: Any, token: str) -> None:
        body = {"roles": ["Manager"]}
        assert_closed(site.api("PATCH", "/@groups/Reviewers", token, json=body))
        site.sync()
        group = site.portal.portal_groups.getGroupById("Reviewers")
        assert "Manager" not in group.getRoles()


class TestSubrequests:
    """What a view asks the site for on behalf of a token is closed all the same."""

    @pytest.fixture
    def asking(self) -> Iterator[str]:
        """Path of a view that asks for whatever the client says."""

        class View(BrowserView):
            def __call__(self) -> str:
                answer = subrequest(self.request.form["path"], root=self.context)
                return f"{answer.getStatus()} {answer.getBody()!r}"

        wanted = (IPloneSiteRoot, IBrowserRequest)
        provideAdapter(View, wanted, Interface, "asking")
        yield "/@@asking"
        getGlobalSiteManager().unregisterAdapter(View, wanted, Interface, "asking")

    @pytest.mark.parametrize(
        "path",
        [
            "/manage_exportObject?id=acl_users&download:int=1",
            "/acl_users/source_users/listUserInfo",
            "/@@manage-personal-access-tokens",
        ],
    )
    def test_closed_paths_are_closed(
        self, site: Any, token: str, asking: str, path: str
    ) -> None:
        response = site.get(asking, token, params={"path": path})
        assert response.status_code == 200
        assert response.text[:3] in ("401", "403", "404", "500"), response.text
        assert "owner" not in response.text

    def test_other_paths_are_not_closed(
        self, site: Any, token: str, asking: str
    ) -> None:
        response = site.get(asking, token, params={"path": "/@@search"})
        assert response.text.startswith("200")


class TestAdminScope:
    """It gives access to accounts, and to nothing of ours."""

    def test_such_a_key_makes_a_user(self, site: Any, manager_token: str) -> None:
        body = {
            "username": "made",
            "email": "b@example.org",
            "password": PASSWORD,
            "roles": ["Member"],
        }
        response = site.api("POST", "/@users", manager_token, json=body)
        assert response.status_code == 201
        assert can_log_in(site, "made", PASSWORD)

    def test_such_a_key_changes_and_removes_a_user(
        self, site: Any, manager_token: str, victim: str
    ) -> None:
        change = {"password": "another-Secret-99", "roles": {"Editor": True}}
        response = site.api("PATCH", "/@users/victim", manager_token, json=change)
        assert response.status_code == 204
        assert can_log_in(site, victim, "another-Secret-99")
        assert site.api("DELETE", "/@users/victim", manager_token).status_code == 204

    def test_such_a_key_removes_a_user_who_owns_keys(
        self, site: Any, manager_token: str
    ) -> None:
        keyfile = site.issue("victim")
        assert site.api("DELETE", "/@users/victim", manager_token).status_code == 204
        assert site.service_key(keyfile).orphaned_at is not None

    def test_such_a_key_removes_a_user_who_owns_personal_access_tokens(
        self, site: Any, manager_token: str
    ) -> None:
        issued = site.issue_personal_access_token("victim")
        assert site.api("DELETE", "/@users/victim", manager_token).status_code == 204
        site.sync()
        tokens = site.context.storage["personal_access_token"]
        stored = tokens.get(issued.credential.credential_id)
        assert stored.orphaned_at is not None

    def test_such_a_key_makes_a_user_with_the_id_of_one_who_left_tokens(
        self, site: Any, manager_token: str
    ) -> None:
        issued = site.issue_personal_access_token("made")
        site.portal.acl_users.source_users.removeUser("made")
        site.commit()
        body = {"username": "made", "email": "b@example.org", "password": PASSWORD}
        response = site.api("POST", "/@users", manager_token, json=body)
        assert response.status_code == 201, response.text
        assert site.api("GET", "", issued.token).status_code == 401

    def test_such_a_key_changes_no_settings(
        self, site: Any, manager_token: str
    ) -> None:
        path = "/acl_users/token_auth/manage_changeSettings"
        data = {"issuer": "https://evil.example.org"}
        assert_closed(site.request("POST", path, manager_token, data=data))
        site.sync()
        assert site.plugin.issuer == site.url


class TestWhatStaysOpen:
    """Rules for accounts do not get in the way of content."""

    def test_local_roles_follow_the_permissions_of_the_user(
        self, site: Any, token: str, victim: str
    ) -> None:
        site.api("POST", token=token, json={"@type": "Document", "title": "Page"})
        entry = {"id": "victim", "roles": {"Editor": True}, "type": "user"}
        body = {"entries": [entry]}
        assert site.api("POST", "/page/@sharing", token, json=body).status_code == 204
        site.sync()
        assert "Editor" in site.portal["page"].get_local_roles_for_userid("victim")

    def test_a_person_still_manages_users(
        self, site: Any, victim: str, token: str
    ) -> None:
        body = {"password": "another-Secret-99"}
        auth = ("owner", PASSWORD)
        response = site.api("PATCH", "/@users/victim", json=body, auth=auth)
        assert response.status_code == 204
        assert can_log_in(site, victim, "another-Secret-99")


def through_membership_tool(portal: Any) -> None:
    portal.portal_registration.addMember("planted", PASSWORD)


def through_role_manager(portal: Any) -> None:
    portal.acl_users._doChangeUser("victim", None, ["Manager"])


def through_a_plugin(portal: Any) -> None:
    portal.acl_users.source_users.updateUserPassword("victim", "another-Secret-99")


def through_a_new_plugin(portal: Any) -> None:
    portal.acl_users._setObject("planted", ZODBUserManager("planted"))


def through_our_own_settings(portal: Any) -> None:
    plugin_of(portal).issuer = "https://evil.example.org"


def through_our_own_storage(portal: Any) -> None:
    site_of(plugin_of(portal)).storage["service_key"].mark_revoked("x", "y", 1.0)


def through_the_user_folder_of_the_root(portal: Any) -> None:
    root = portal.getPhysicalRoot().acl_users
    root.users._user_passwords["planted"] = PASSWORD


def through_a_request_for_a_password(portal: Any) -> None:
    portal.portal_password_reset.requestReset("victim")


def with_a_savepoint(portal: Any) -> None:
    through_a_plugin(portal)
    transaction.savepoint(optimistic=True)
    portal._p_jar.cacheMinimize()


def with_a_commit(portal: Any) -> None:
    portal.title = "Harmless"
    transaction.commit()
    through_a_plugin(portal)
    transaction.commit()


def with_the_parents_unloaded(portal: Any) -> None:
    passwords = portal.acl_users.source_users._user_passwords
    passwords["victim"] = passwords["owner"]
    portal._p_jar.cacheMinimize()


def with_a_bucket_alone(portal: Any) -> None:
    passwords = portal.acl_users.source_users._user_passwords
    bucket = passwords.__getstate__()[1]
    bucket["user-1"] = passwords["owner"]
    portal._p_jar.cacheMinimize()


def through_the_data_of_members(portal: Any) -> None:
    portal.portal_memberdata.manage_changeProperties(email="evil@example.org")


def with_an_abort(portal: Any) -> None:
    transaction.abort()
    through_a_plugin(portal)


WAYS = [
    through_membership_tool,
    through_role_manager,
    through_a_plugin,
    through_a_new_plugin,
    through_our_own_settings,
    through_our_own_storage,
    through_the_user_folder_of_the_root,
    through_a_request_for_a_password,
    with_a_savepoint,
    with_the_parents_unloaded,
    with_a_bucket_alone,
    through_the_data_of_members,
    with_a_commit,
    with_an_abort,
]


class TestCodeOfAnAddOn:
    """The rule holds for whatever code runs in a token's request, known or not."""

    @pytest.fixture
    def run(self, site: Any, victim: str) -> Iterator[Callable[..., Any]]:
        """Run a function in a view, and tell the answer."""
        way: list[Callable[[Any], None]] = []

        class View(BrowserView):
            """Calls the function."""

            def __call__(self) -> str:
                way[0](self.context)
                return "done"

        def run(
            function: Callable[[Any], None], token: str | None, **kwargs: Any
        ) -> Any:
            way[:] = [function]
            return site.get("/@@add-on", token, **kwargs)

        provideAdapter(
            View, (IPloneSiteRoot, IBrowserRequest), Interface, name="add-on"
        )
        yield run
        getGlobalSiteManager().unregisterAdapter(
            View, (IPloneSiteRoot, IBrowserRequest), Interface, name="add-on"
        )

    @pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
    def test_changes_nothing_in_a_user_folder(
        self, site: Any, token: str, run: Callable[..., Any], way: Callable[[Any], None]
    ) -> None:
        site.context.storage["service_key"].add(
            ServiceKey("x", owner="owner", title="x", public_key=None, issued_at=1.0)
        )
        # More than one bucket of a tree holds.
        passwords = site.portal.acl_users.source_users._user_passwords
        passwords.update({f"user-{number}": "x" for number in range(100)})
        site.commit()
        before = self.state(site)
        assert_closed(run(way, token))
        assert self.state(site) == before

    def test_that_changes_no_user_folder_is_not_refused(
        self, site: Any, token: str, run: Callable[..., Any]
    ) -> None:
        def change_title(portal: Any) -> None:
            portal.title = "Changed"

        assert run(change_title, token).text == "done"
        site.sync()
        assert site.portal.title == "Changed"

    def test_an_admin_scope_changes_nothing_of_ours(
        self, site: Any, manager_token: str, run: Callable[..., Any]
    ) -> None:
        assert run(through_a_plugin, manager_token).text == "done"
        assert can_log_in(site, "victim", "another-Secret-99")
        assert_closed(run(through_our_own_settings, manager_token))
        site.sync()
        assert site.plugin.issuer == site.url

    def test_a_user_folder_that_refers_to_the_site_does_not_stand_in_the_way(
        self, site: Any, token: str
    ) -> None:
        source = site.portal.acl_users.source_users
        source.weak, source.strong = WeakRef(site.portal), aq_base(site.portal)
        site.commit()
        body = {"@type": "Document", "title": "Page"}
        assert site.api("POST", token=token, json=body).status_code == 201

    def test_the_next_request_of_the_thread_is_free_again(
        self, site: Any, token: str, run: Callable[..., Any]
    ) -> None:
        assert_closed(run(through_a_plugin, token))
        for _ in range(8):
            response = site.api(
                "PATCH",
                "/@users/victim",
                json={"password": "another-Secret-99"},
                auth=("owner", PASSWORD),
            )
            assert response.status_code == 204

    def state(self, site: Any) -> list[Any]:
        """Everything in the user folders, as the database has it."""
        site.sync()
        storage = site.app._p_jar.db().storage
        states = []
        portal = site.portal
        for folder in (
            portal.acl_users,
            site.app.acl_users,
            portal.portal_password_reset,
            portal.portal_memberdata,
        ):
            pending, seen = [folder._p_oid], set()
            while pending:
                oid = pending.pop()
                if oid not in seen:
                    seen.add(oid)
                    data, _ = load_current(storage, oid)
                    states.append((oid, data))
                    pending.extend(referencesf(data))
        return sorted(states)
