"""With the token of a Manager without an admin scope, no tool of a site changes."""

from AccessControl import getSecurityManager
from Acquisition import aq_base
from collections.abc import Iterator
from pas.plugins.tokenauth.resource_server.containment import place_of
from pas.plugins.tokenauth.resource_server.guards.webdav import _CHANGES
from pas.plugins.tokenauth.resource_server.roles import Place
from typing import Any
from zExceptions import Unauthorized

import pytest


#: What Zope publishes to everybody who has logged in, and what checks permissions by
#: itself. As routes they are closed to tokens, too.
HARMLESS = {
    "manage_clone",
    "manage_editProtocolMappingForm",
    "manage_updatePassword",
    "manage_updatePasswordForm",
    "manage_DAVget",
    "manage_addProduct",
    "manage_form_title",
    "manage_main",
    "manage_tabs",
    "manage_widgets",
    "manage_workspace",
    "manage_zmi_logout",
}
PROPPATCH = """<?xml version="1.0" encoding="utf-8"?>
<propertyupdate xmlns="DAV:"><set><prop>
<{name} xmlns="{namespace}">changed</{name}>
</prop></set></propertyupdate>"""
DEFAULT = "http://www.zope.org/propsets/default"


def objects_below(obj: Any) -> Iterator[Any]:
    """All objects below one that are stored by themselves."""
    values = getattr(aq_base(obj), "objectValues", None)
    for child in obj.objectValues() if values is not None else ():
        if getattr(aq_base(child), "_p_jar", None) is not None:
            yield child
            yield from objects_below(child)


def managing_methods(obj: Any) -> list[str]:
    names = {name for name in dir(aq_base(obj)) if name.startswith("manage_")}
    return sorted(names - HARMLESS)


def may_call(obj: Any, name: str) -> bool:
    method = getattr(obj, name, None)
    if not callable(method):
        return False
    try:
        return bool(getSecurityManager().validate(obj, obj, name, method))
    except Unauthorized:
        return False


@pytest.fixture
def tools(site: Any) -> list[Any]:
    found = [obj for obj in objects_below(site.portal) if place_of(obj) is Place.TOOL]
    assert len(found) > 200
    return found


@pytest.fixture
def token(site: Any) -> str:
    return site.personal_access_token()


@pytest.fixture
def folder(site: Any) -> Any:
    site.portal.invokeFactory("Folder", "folder", title="Folder", layout="a")
    site.commit()
    return site.portal.folder


def last_change(site: Any) -> bytes:
    site.sync()
    return site.app._p_jar.db().lastTransaction()


def test_no_tool_is_managed(site: Any, tools: list[Any], acting: Any) -> None:
    site.add_user("owner", "Manager")
    with acting("owner"):
        permitted = [
            (obj.getId(), name)
            for obj in tools
            for name in managing_methods(obj)
            if may_call(obj, name)
        ]
    assert permitted == []


@pytest.mark.parametrize(
    ("method", "form"),
    [
        ("addVariable", {"id": "x"}),
        ("deleteVariables", {"ids:list": "comments"}),
        ("setStateVar", {"id": "x"}),
    ],
)
def test_a_method_that_asks_for_no_permission_changes_no_tool(
    site: Any, token: str, method: str, form: dict[str, str]
) -> None:
    """These of DCWorkflow are published to everybody."""
    workflow = site.portal.portal_workflow.simple_publication_workflow
    path = f"{workflow.absolute_url()}/variables/{method}"
    before = last_change(site)
    assert site.request("POST", path, token, data=form).status_code == 403
    assert last_change(site) == before
    admin = site.personal_access_token(scopes=("plone.admin",))
    assert site.request("POST", path, admin, data=form).status_code < 400
    assert last_change(site) != before


def test_a_method_of_a_tool_works_on_content(
    site: Any, token: str, folder: Any
) -> None:
    answer = site.request(
        "POST",
        "/plone_utils/renameObjectsByPaths",
        token,
        data=[
            ("paths:list", "/".join(folder.getPhysicalPath())),
            ("new_ids:list", "renamed"),
            ("new_titles:list", "Renamed"),
        ],
    )
    assert answer.status_code < 400, answer.text
    site.sync()
    assert "renamed" in site.portal


@pytest.mark.long
def test_webdav_changes_no_tool(
    site: Any, tools: list[Any], token: str, folder: Any
) -> None:
    before = last_change(site)
    headers = {"Destination": f"{site.url}/folder/x"}
    for tool in tools:
        path = tool.absolute_url()
        for method in sorted(_CHANGES):
            body = PROPPATCH.format(name="title", namespace=DEFAULT)
            answer = site.request(method, path, token, headers=headers, data=body)
            assert answer.status_code >= 400, (method, path)
    assert last_change(site) == before


def test_the_api_changes_no_tool(site: Any, token: str, folder: Any) -> None:
    before = last_change(site)
    for tool in site.portal.objectValues():
        if place_of(tool) is not Place.TOOL:
            continue
        path = tool.absolute_url()
        site.api("DELETE", path, token)
        site.api("PATCH", path, token, json={"title": "Changed"})
        # Neither says so when it has found nothing to do.
        site.api("POST", "/folder/@copy", token, json={"source": path})
        site.api("POST", "/folder/@move", token, json={"source": path})
        site.api("POST", path, token, json={"@type": "Document"})
    assert last_change(site) == before


@pytest.mark.parametrize("method", sorted(_CHANGES))
def test_webdav_does_not_change_the_site_root(
    site: Any, token: str, folder: Any, method: str
) -> None:
    before = last_change(site)
    headers = {"Destination": f"{site.url}/folder/x"}
    body = PROPPATCH.format(name="title", namespace=DEFAULT)
    answer = site.request(method, "", token, headers=headers, data=body)
    assert answer.status_code >= 400
    assert last_change(site) == before


@pytest.mark.parametrize("method", ["MOVE", "COPY"])
@pytest.mark.parametrize("overwrite", ["T", "F"])
def test_webdav_puts_nothing_among_tools(
    site: Any, token: str, folder: Any, method: str, overwrite: str
) -> None:
    before = last_change(site)
    for destination in ("/portal_catalog", "/portal_skins/custom/x", "/acl_users/x"):
        headers = {"Destination": f"{site.url}{destination}", "Overwrite": overwrite}
        answer = site.request(method, "/folder", token, headers=headers)
        assert answer.status_code >= 400
    assert last_change(site) == before


def test_webdav_describes_content(site: Any, token: str, folder: Any) -> None:
    body = PROPPATCH.format(name="title", namespace=DEFAULT)
    assert site.request("PROPPATCH", "/folder", token, data=body).status_code == 207
    site.sync()
    assert site.portal.folder.title == "changed"


@pytest.mark.parametrize(
    ("name", "namespace"),
    [("layout", DEFAULT), ("default_page", DEFAULT), ("x", "urn:example")],
)
def test_webdav_sets_no_other_property(
    site: Any, token: str, folder: Any, name: str, namespace: str
) -> None:
    before = last_change(site)
    body = PROPPATCH.format(name=name, namespace=namespace)
    site.request("PROPPATCH", "/folder", token, data=body)
    assert last_change(site) == before


def test_webdav_works_on_content(site: Any, token: str, folder: Any) -> None:
    destination = {"Destination": f"{site.url}/folder/moved"}
    copied = {"Destination": f"{site.url}/folder/copied"}
    assert site.request("PUT", "/folder/a.txt", token, data="x").status_code == 201
    for method, path, headers, status in [
        ("MOVE", "/folder/a.txt", destination, 201),
        ("COPY", "/folder/moved", copied, 201),
        ("DELETE", "/folder/moved", {}, 204),
    ]:
        answer = site.request(method, path, token, headers=headers)
        assert answer.status_code == status, (method, answer.text)
