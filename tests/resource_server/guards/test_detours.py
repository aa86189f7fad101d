"""No escalation by detours either: what decides later who has access.

Each test also looks whether that which must not change has changed.
"""

from AccessControl.users import User
from collections.abc import Callable
from collections.abc import Iterator
from OFS.Folder import Folder
from OFS.userfolder import UserFolder
from pas.plugins.tokenauth.resource_server.errors import ClosedToTokens
from pas.plugins.tokenauth.resource_server.guards.objects import CredentialsGuard
from pas.plugins.tokenauth.web.interfaces import IClosedToTokens
from pathlib import Path
from plone.base.interfaces import IPloneSiteRoot
from plone.exportimport.services import ExportService
from plone.exportimport.services import ImportService
from plone.exportimport.utils.principals import export_members
from plone.protect.interfaces import IDisableCSRFProtection
from Products.Five.browser import BrowserView
from Products.PlonePAS.events import UserLoggedInEvent
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from typing import Any
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage
from ZODB.MappingStorage import MappingStorage
from zope.component import getGlobalSiteManager
from zope.event import notify
from zope.interface import alsoProvides
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import ast
import base64
import io
import pytest
import requests
import tarfile
import transaction
import zipfile


PASSWORD = "correct-horse-battery-1"
AUTH = ("owner", PASSWORD)
#: Whose key it is, and its options.
KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "full": ("Manager", {}),
    "read-only": ("Manager", {"scopes": ("plone.read",)}),
    "admin": ("Manager", {"scopes": ("plone.admin",)}),
    "administrator": ("Site Administrator", {}),
}
ORDINARY = ["full", "read-only", "administrator"]


@pytest.fixture
def token_of(site: Any) -> Callable[[str], str]:
    """Makes a token of one of these keys."""
    site.add_user("owner", "Manager")
    site.add_user("administrator", "Site Administrator")
    site.add_user("victim")
    member = site.portal.portal_membership.getMemberById("victim")
    member.setMemberProperties({"email": "victim@example.org"})
    site.commit()

    def token_of(which: str) -> str:
        role, options = KEYS[which]
        owner = "owner" if role == "Manager" else "administrator"
        return site.token(site.issue(owner, algorithm="ES256", **options))

    return token_of


@pytest.fixture
def publish() -> Iterator[Callable[[type], None]]:
    """Publishes a class as the view of an add-on."""
    registry, adapts = getGlobalSiteManager(), (IPloneSiteRoot, IBrowserRequest)

    def publish(view: type) -> None:
        registry.registerAdapter(view, adapts, Interface, "add-on")

    yield publish
    registry.unregisterAdapter(None, adapts, Interface, "add-on")


@pytest.fixture
def run(site: Any, publish: Any) -> Callable[..., requests.Response]:
    """Runs a function in a view of an add-on, and tells the answer."""

    def run(
        act: Callable[[Any, Any], Any], token: str | None = None, **kwargs: Any
    ) -> requests.Response:
        class View(BrowserView):
            def __call__(self) -> str:
                # For people, who would be asked to confirm.
                alsoProvides(self.request, IDisableCSRFProtection)
                return str(act(self.context, self.request))

        publish(View)
        return site.get("/@@add-on", token, **kwargs)

    return run


def setting(site: Any, name: str) -> Any:
    """A setting of the site, as a Manager sees it."""
    return site.api("GET", f"/@registry/{name}", auth=AUTH).json()


def assert_refused(response: requests.Response) -> None:
    assert response.status_code == 403, (response.status_code, response.text[:300])
    assert "Set-Cookie" not in response.headers


# Settings of the site

SETTINGS = [
    # Whoever reads the mails for new passwords is everybody.
    ("/@registry", {"plone.smtp_host": "evil.example.org"}, "plone.smtp_host"),
    ("/@controlpanels/mail", {"smtp_host": "evil.example.org"}, "plone.smtp_host"),
    ("/@controlpanels/security", {"enable_self_reg": True}, "plone.enable_self_reg"),
    ("/@registry", {"plone.enable_user_pwd_choice": True}, None),
    # What browsers of others run.
    ("/@controlpanels/site", {"webstats_js": "<script/>"}, "plone.webstats_js"),
    ("/@registry", {"plone.custom_plugins": ["planted|//evil.example.org/x.js"]}, None),
    ("/@registry", {"plone.valid_tags": ["script"]}, None),
]


@pytest.mark.parametrize("path, change, record", SETTINGS)
@pytest.mark.parametrize("which", ORDINARY)
def test_no_setting_changes(
    site: Any,
    token_of: Any,
    which: str,
    path: str,
    change: dict[str, Any],
    record: str | None,
) -> None:
    record = record or next(iter(change))
    token = token_of(which)
    before = setting(site, record)
    assert_refused(site.api("PATCH", path, token, json=change))
    assert setting(site, record) == before


@pytest.mark.parametrize(
    "path, form",
    [
        (
            "/@@security-controlpanel",
            {
                "form.widgets.enable_self_reg:list": "selected",
                "form.buttons.save": "Save",
            },
        ),
        ("/@@theming-controlpanel", {"form.button.Disable": "Disable"}),
        ("/++api++/@addons/plone.session/install", {}),
    ],
)
@pytest.mark.parametrize("which", ORDINARY)
def test_no_form_changes_a_setting(
    site: Any, token_of: Any, which: str, path: str, form: dict[str, str]
) -> None:
    registry = site.portal.portal_registry
    before = {name: registry[name] for name in registry.records}
    token = token_of(which)
    assert_refused(site.request("POST", path, token, data=form))
    site.sync()
    assert {name: registry[name] for name in registry.records} == before


@pytest.mark.parametrize("who", ["a person", "admin"])
def test_a_requester_who_may_make_users_changes_settings(
    site: Any, token_of: Any, who: str
) -> None:
    change = {"plone.smtp_host": "mail.example.org"}
    login = {"auth": AUTH} if who == "a person" else {"token": token_of(who)}
    token_of("full")
    assert site.api("PATCH", "/@registry", json=change, **login).status_code == 204
    assert setting(site, "plone.smtp_host") == "mail.example.org"


# Undo

ANY_TRANSACTION = base64.b64encode(b"12345678").decode()


@pytest.mark.parametrize("which", KEYS)
def test_no_transaction_is_undone(
    site: Any, token_of: Any, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """It could be the one that revoked a key, or that changed a stolen password."""
    # The storage of the tests cannot undo, so it would not come as far as that.
    monkeypatch.setattr(DB, "supportsUndo", lambda db: True)
    body = {"transaction_ids": [f"{ANY_TRANSACTION} x"]}
    response = site.api("PATCH", "/@transactions", token_of(which), json=body)
    assert_refused(response)
    assert_refused(site.api("GET", "/@transactions", token_of(which)))


def test_an_undo_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    db = DB(FileStorage(str(tmp_path / "Data.fs")))
    manager = transaction.TransactionManager(explicit=False)
    root = db.open(manager).root()
    for state in ("live", "revoked"):
        root["key"] = state
        manager.get().note(state)
        manager.commit()
    revocation = db.undoLog(0, 1)[0]["id"]
    guard = CredentialsGuard(None, [root], [])

    manager.begin()
    db.undo(revocation, manager.get())
    with pytest.raises(ClosedToTokens, match="undo"):
        guard.check_commit(manager.get())
    manager.abort()
    assert root["key"] == "revoked"

    # It is what it seems: without the guard the key lives again.
    db.undo(revocation, manager.get())
    manager.commit()
    assert root["key"] == "live"
    db.close()


# Roles and permissions


@pytest.mark.parametrize("which", ["full", "administrator"])
def test_no_role_is_mapped_to_another(site: Any, token_of: Any, which: str) -> None:
    path = "/portal_membership/setRoleMapping"
    form = {"portal_role": "Manager", "userfolder_role": "Member"}
    assert_refused(site.request("POST", path, token_of(which), data=form))
    site.sync()
    assert "role_map" not in vars(aq_loaded(site.portal.portal_membership))


@pytest.mark.parametrize("method", ["DELETE", "MOVE"])
def test_the_tool_that_maps_roles_stays(site: Any, token_of: Any, method: str) -> None:
    headers = {"Destination": f"{site.url}/planted"}
    path = "/portal_membership"
    assert_refused(site.request(method, path, token_of("full"), headers=headers))
    site.sync()
    assert "portal_membership" in site.portal.objectIds()


def test_an_import_step_changes_no_permission(site: Any, token_of: Any) -> None:
    portal = site.portal
    portal.manage_permission("Add portal member", ["Manager"], acquire=0)
    site.commit()
    form = {"profile_id": "profile-Products.CMFPlone:plone", "step_id": "rolemap"}
    path = "/portal_setup/runImportStepFromProfile"
    assert_refused(site.request("POST", path, token_of("full"), data=form))
    site.sync()
    assert roles_of(portal, "Add portal member") == ["Manager"]


# Code


@pytest.mark.parametrize(
    "path, form",
    [
        (
            "/portal_controlpanel/registerConfiglet",
            {"action": "string:x", "condition": "python:here.acl_users"},
        ),
        (
            "/portal_actions/addAction",
            {
                "action": "python:here.acl_users",
                "condition": "",
                "permission": "View",
                "category": "user",
            },
        ),
    ],
)
@pytest.mark.parametrize("which", ["full", "administrator"])
def test_no_expression_runs_in_requests_of_others(
    site: Any, token_of: Any, which: str, path: str, form: dict[str, str]
) -> None:
    form = {"id": "planted", "name": "planted", **form}
    assert_refused(site.request("POST", path, token_of(which), data=form))
    site.sync()
    assert site.portal.portal_controlpanel.getActionObject("Plone/planted") is None
    assert "planted" not in site.portal.portal_actions["user"].objectIds()


# This package


@pytest.mark.parametrize("which", ["full", "admin"])
@pytest.mark.parametrize(
    "path, form",
    [
        ("/++api++/@addons/pas.plugins.tokenauth/uninstall", {}),
        (
            "/portal_setup/runAllImportStepsFromProfile",
            {"profile_id": "profile-pas.plugins.tokenauth:uninstall"},
        ),
    ],
)
def test_the_package_stays_installed(
    site: Any, token_of: Any, which: str, path: str, form: dict[str, str]
) -> None:
    token = token_of(which)
    assert_refused(site.request("POST", path, token, data=form or None))
    site.sync()
    assert site.plugin is not None
    assert site.api("GET", "/@types", token).status_code == 200


def take_the_plugin_out(portal: Any, request: Any) -> None:
    portal.acl_users.plugins.deactivatePlugin(IExtractionPlugin, "token_auth")


def remove_the_plugin(portal: Any, request: Any) -> None:
    portal.acl_users._delObject("token_auth")


def let_another_plugin_authenticate(portal: Any, request: Any) -> None:
    plugins = portal.acl_users.plugins
    plugins.deactivatePlugin(IAuthenticationPlugin, "source_users")


@pytest.mark.parametrize(
    "act", [take_the_plugin_out, remove_the_plugin, let_another_plugin_authenticate]
)
def test_a_manager_of_users_does_not_choose_the_authentication_plugins(
    site: Any, token_of: Any, run: Any, act: Callable[[Any, Any], Any]
) -> None:
    assert_refused(run(act, token_of("admin")))
    site.sync()
    acl_users = site.portal.acl_users
    extractors = acl_users.plugins.listPluginIds(IExtractionPlugin)
    authenticators = acl_users.plugins.listPluginIds(IAuthenticationPlugin)
    assert "token_auth" in acl_users.objectIds()
    assert "token_auth" in extractors
    assert "source_users" in authenticators


# Themes, which browsers of others run


def zipped_theme() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("planted/manifest.cfg", "[theme]\ntitle = Planted\n")
        archive.writestr("planted/rules.xml", "<rules />")
        archive.writestr("planted/planted.js", "alert(1)")
    return file.getvalue()


@pytest.mark.parametrize("which", ["full", "administrator"])
def test_no_theme_is_uploaded(site: Any, token_of: Any, which: str) -> None:
    path, form = "/@@theming-controlpanel", {"form.button.Import": "Import"}
    files = {"themeArchive": ("planted.zip", zipped_theme(), "application/zip")}
    token = token_of(which)
    assert_refused(site.request("POST", path, token, data=form, files=files))
    site.sync()
    assert "planted" not in str(list(themes(site)))
    # It would be there otherwise.
    site.request("POST", path, token_of("admin"), data=form, files=files)
    site.sync()
    assert "planted" in list(themes(site))


def themes(site: Any) -> Iterator[str]:
    """Names of the themes that are kept in the site."""
    resources = site.portal.portal_resources
    if "theme" in resources.objectIds():
        yield from resources["theme"].objectIds()


# What others log in with

SETUP = "/portal_setup/runExportStep?step_id=content"


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", SETUP),
        ("POST", SETUP),
        ("GET", "/portal_setup/runAllExportSteps"),
    ],
)
@pytest.mark.parametrize("which", KEYS)
def test_no_hash_of_a_password_is_exported(
    site: Any, token_of: Any, which: str, method: str, path: str
) -> None:
    assert_refused(site.request(method, path, token_of(which)))


def as_view(service: type) -> type:
    """A service of plone.rest that needs no method and no content type."""
    return type("View", (service, BrowserView), {})


@pytest.mark.parametrize("service", [ExportService, ImportService])
@pytest.mark.parametrize("which", KEYS)
def test_the_services_that_export_password_hashes_are_closed(
    site: Any, token_of: Any, publish: Any, which: str, service: type
) -> None:
    publish(as_view(service))
    assert_refused(site.get("/@@add-on", token_of(which)))


def test_the_exports_hold_password_hashes(site: Any, token_of: Any) -> None:
    token_of("full")
    exported = ast.literal_eval(site.get(SETUP, auth=AUTH).text)["tarball"]
    with tarfile.open(fileobj=io.BytesIO(exported)) as archive:
        users = archive.extractfile("structure/acl_users/source_users.xml")
        assert users is not None
        assert b"{SSHA}" in users.read()
    assert "{SSHA}" in str(export_members())


# What others are logged in by

ERROR_LOG = [
    "/error_log/getLogEntries",
    "/error_log/getLogEntryAsText?id={id}",
    "/error_log/showEntry?id={id}",
    "/@@error-log-show-entry?id={id}",
    "/++api++/@@error-log-show-entry?id={id}",
    "/@@error-log-form",
]


@pytest.mark.parametrize("path", ERROR_LOG)
@pytest.mark.parametrize("which", KEYS)
def test_the_cookies_in_the_error_log_are_not_read(
    site: Any, token_of: Any, run: Any, which: str, path: str
) -> None:
    token = token_of(which)
    run(lambda portal, request: 1 / 0, cookies={"__ac": "session-of-a-visitor"})
    entry = site.portal.error_log.getLogEntries()[0]["id"]
    path = path.format(id=entry)
    assert "session-of-a-visitor" not in site.get(path, token).text
    if path.startswith("/@@error-log-show-entry"):
        assert "session-of-a-visitor" in site.get(path, auth=AUTH).text


# Log-in views of other add-ons


def set_a_cookie(portal: Any, request: Any) -> str:
    request.response.setCookie("__ac", "planted", path="/")
    return "done"


def set_a_header(portal: Any, request: Any) -> str:
    request.response.setHeader("Set-Cookie", "__ac=planted")
    return "done"


def add_a_header(portal: Any, request: Any) -> str:
    request.response.addHeader("set-cookie", "__ac=planted")
    return "done"


def append_a_header(portal: Any, request: Any) -> str:
    request.response.appendHeader("SET-COOKIE", "__ac=planted")
    return "done"


def update_credentials(portal: Any, request: Any) -> str:
    portal.acl_users.updateCredentials(request, request.response, "owner", PASSWORD)
    return "done"


def set_up_a_session(portal: Any, request: Any) -> str:
    portal.acl_users.session._setupSession("owner", request.response)
    return "done"


def redirect_with_a_cookie(portal: Any, request: Any) -> str:
    request.response.redirect(portal.absolute_url())
    return set_a_cookie(portal, request)


def fail_with_a_cookie(portal: Any, request: Any) -> None:
    set_a_cookie(portal, request)
    raise ValueError("planted")


COOKIES = [
    set_a_cookie,
    set_a_header,
    add_a_header,
    append_a_header,
    update_credentials,
    set_up_a_session,
    redirect_with_a_cookie,
    fail_with_a_cookie,
]


@pytest.mark.parametrize("act", COOKIES, ids=lambda act: act.__name__)
@pytest.mark.parametrize("which", KEYS)
def test_no_view_hands_out_a_cookie(
    token_of: Any, run: Any, which: str, act: Callable[[Any, Any], Any]
) -> None:
    response = run(act, token_of(which))
    assert "Set-Cookie" not in response.headers
    assert "planted" not in str(response.raw.headers)


@pytest.mark.parametrize("act", COOKIES[:-1], ids=lambda act: act.__name__)
def test_a_person_gets_the_cookie(
    token_of: Any, run: Any, act: Callable[[Any, Any], Any]
) -> None:
    token_of("full")
    assert "__ac" in run(act, auth=AUTH).headers["Set-Cookie"]


@pytest.mark.parametrize("which", KEYS)
def test_a_view_that_tells_of_a_log_in_hands_out_nothing(
    token_of: Any, run: Any, which: str
) -> None:
    def log_in(portal: Any, request: Any) -> str:
        user = portal.acl_users.getUserById("owner")
        notify(UserLoggedInEvent(user))
        return "a-ticket"

    response = run(log_in, token_of(which))
    assert_refused(response)
    assert "a-ticket" not in response.text
    assert run(log_in, auth=AUTH).text == "a-ticket"


@pytest.mark.parametrize("which", KEYS)
@pytest.mark.parametrize("below", ["", "/below"])
def test_an_object_that_is_closed_is_closed_with_all_below_it(
    site: Any, token_of: Any, which: str, below: str
) -> None:
    tool = Folder("tool")
    site.portal._setObject("tool", tool)
    site.portal.tool._setObject("below", Folder("below"))
    alsoProvides(site.portal.tool, IClosedToTokens)
    site.commit()
    path = f"/tool{below}/absolute_url"
    assert_refused(site.get(path, token_of(which)))
    assert site.get(path, auth=AUTH).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_password_in_the_same_request_is_not_read(
    site: Any, token_of: Any, run: Any, method: str
) -> None:
    form = {"__ac_name": "owner", "__ac_password": PASSWORD}
    where = {"params": form} if method == "GET" else {"data": form}
    run(lambda portal, request: portal.portal_membership.getAuthenticatedMember())
    path, token = "/@@add-on", token_of("administrator")
    response = site.request(method, path, token, **where)
    assert response.text == "administrator"
    assert "Set-Cookie" not in response.headers


# Requests for passwords, and registration


@pytest.mark.parametrize(
    "path, form",
    [
        ("/@users/victim/reset-password", None),
        ("/portal_registration/mailPassword", {"login": "victim"}),
        (
            "/@@login-help",
            {
                "form.widgets.reset_password": "victim",
                "form.buttons.reset": "Reset your password",
            },
        ),
    ],
)
@pytest.mark.parametrize("which", ORDINARY)
def test_no_new_password_is_asked_for(
    site: Any, token_of: Any, which: str, path: str, form: dict[str, str] | None
) -> None:
    headers = {} if form else {"Accept": "application/json"}
    site.request("POST", path, token_of(which), data=form, headers=headers)
    site.sync()
    assert len(site.portal.portal_password_reset._requests) == 0


@pytest.mark.parametrize("which", ORDINARY)
def test_nobody_registers(site: Any, token_of: Any, which: str) -> None:
    token = token_of(which)
    site.portal.portal_registry["plone.enable_self_reg"] = True
    site.portal.portal_registry["plone.enable_user_pwd_choice"] = True
    site.portal.manage_permission("Add portal member", ["Anonymous", "Manager"])
    site.commit()
    form = {
        "form.widgets.username": "planted",
        "form.widgets.email": "b@example.org",
        "form.widgets.password": PASSWORD,
        "form.widgets.password_ctl": PASSWORD,
        "form.buttons.register": "Register",
    }
    site.request("POST", "/@@register", token, data=form)
    site.sync()
    assert site.portal.acl_users.getUserById("planted") is None


# Databases on top of each other


def test_a_user_folder_in_another_database_is_guarded() -> None:
    databases: dict[str, Any] = {}
    main = DB(MappingStorage(), databases=databases, database_name="main")
    other = DB(MappingStorage(), databases=databases, database_name="other")
    manager = transaction.TransactionManager(explicit=False)
    connection = main.open(manager)
    second = connection.get_connection("other")
    root, elsewhere = connection.root(), second.root()
    root["users"], elsewhere["users"] = UserFolder(), UserFolder()
    root["content"], elsewhere["content"] = Folder("content"), Folder("content")
    manager.commit()
    # Both count their objects from the same number on.
    assert root["content"]._p_oid == elsewhere["content"]._p_oid

    folders = [root["users"], elsewhere["users"]]
    for folder in folders:
        guard = CredentialsGuard(None, folders, [root["content"]])
        folder.data["planted"] = User("planted", PASSWORD, ["Manager"], [])
        with pytest.raises(ClosedToTokens, match="accounts"):
            guard.check_savepoint()
        manager.abort()
        elsewhere["content"].title = root["content"].title = "Changed"
        guard.check_savepoint()
        manager.abort()
    main.close()
    other.close()


def aq_loaded(obj: Any) -> Any:
    """An object of the database with its state."""
    obj = obj.aq_base
    obj._p_activate()
    return obj


def roles_of(obj: Any, permission: str) -> list[str]:
    """The roles that have a permission there."""
    return [
        role["name"] for role in obj.rolesOfPermission(permission) if role["selected"]
    ]
