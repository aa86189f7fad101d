"""What a token's request leaves in the catalog is what a password's would leave."""

from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from plone import api
from Products.CMFCore.indexing import processQueue
from typing import Any

import pytest
import requests


PASSWORD = "correct-horse-battery-1"
#: What differs from one object to the next, or from one moment.
_INDIVIDUAL = frozenset(
    {"UID", "cmf_uid", "created", "modified", "Date", "path", "effective"}
)

Send = Callable[..., requests.Response]


def _share(send: Send, path: str, inherit: bool = True) -> None:
    entry = {"id": "helper", "type": "user", "roles": {"Reader": True}}
    send("POST", f"{path}/@sharing", json={"inherit": inherit, "entries": [entry]})


def _publish(send: Send, path: str) -> None:
    send("POST", f"{path}/@workflow/publish", json={"include_children": True})


def _publish_and_retract(send: Send, path: str) -> None:
    _publish(send, path)
    send("POST", f"{path}/@workflow/retract", json={"include_children": True})


def _create(send: Send, path: str) -> None:
    for number in range(2):
        page = {"@type": "Document", "id": f"new-{number}", "title": "New"}
        send("POST", path, json=page)
    _share(send, f"{path}/new-1")


def _edit(send: Send, path: str) -> None:
    changes = {"title": "Other", "expires": "2020-01-01T00:00:00"}
    send("PATCH", f"{path}/inner/page", json=changes)


def _give_to_somebody_else(send: Send, path: str) -> None:
    send("PATCH", f"{path}/inner", json={"creators": ["helper"]})
    _share(send, f"{path}/inner")


def _share_and_take_back(send: Send, path: str) -> None:
    _share(send, path)
    entry = {"id": "helper", "type": "user", "roles": {"Reader": False}}
    send("POST", f"{path}/@sharing", json={"entries": [entry]})


def _share_alone(send: Send, path: str) -> None:
    _share(send, f"{path}/inner", inherit=False)


def _share_with_a_group(send: Send, path: str) -> None:
    entry = {"id": "Team", "type": "group", "roles": {"Reader": True}}
    send("POST", f"{path}/@sharing", json={"entries": [entry]})


def _share_then_move(send: Send, path: str) -> None:
    _share(send, f"{path}/inner")
    send("POST", f"{path}/target/@move", json={"source": f"/{path}/inner"})


def _rename(send: Send, path: str) -> None:
    send("PATCH", f"{path}/inner", json={"id": "renamed"})
    _share(send, f"{path}/renamed")


def _copy(send: Send, path: str) -> None:
    send("POST", f"{path}/target/@copy", json={"source": f"/{path}/inner"})
    _publish(send, f"{path}/target")


def _delete(send: Send, path: str) -> None:
    send("DELETE", f"{path}/inner/page")


def _order(send: Send, path: str) -> None:
    order = {"obj_id": "target", "delta": "top"}
    send("PATCH", path, json={"ordering": order})


def _share_by_the_form(send: Send, path: str) -> None:
    form = {
        "form.submitted": "1",
        "inherit:boolean": "1",
        "entries.id:records": "helper",
        "entries.type:records": "user",
        "entries.role_Reader:records": "1",
        "form.button.Save": "Save",
    }
    send("POST", f"{path}/@@sharing", data=form, form=True)


def _publish_by_the_form(send: Send, path: str) -> None:
    url = f"{path}/inner/content_status_modify?workflow_action=publish"
    send("POST", url, data={}, form=True)


DEEDS = [
    _share,
    _publish,
    _publish_and_retract,
    _create,
    _edit,
    _give_to_somebody_else,
    _share_and_take_back,
    _share_alone,
    _share_with_a_group,
    _share_then_move,
    _rename,
    _copy,
    _delete,
    _order,
    _share_by_the_form,
    _publish_by_the_form,
]


@pytest.fixture
def send_as(site: Any) -> Iterator[Callable[[str, bool], Send]]:
    """Sends requests as a user, by a token or by a password."""
    with requests.Session() as session:

        def send_as(user_id: str, by_token: bool) -> Send:
            token = site.personal_access_token(user_id) if by_token else ""
            headers = {"Authorization": f"Bearer {token}"} if by_token else {}
            auth = None if by_token else (user_id, PASSWORD)

            def send(
                method: str, path: str, form: bool = False, **body: Any
            ) -> requests.Response:
                kind = "text/html" if form else "application/json"
                if form:
                    page = session.get(
                        f"{site.url}/{path.partition('/folder')[0]}/folder/@@sharing",
                        auth=auth,
                        headers={**headers, "Accept": kind},
                        timeout=60,
                    ).text
                    proof = page.partition('data-token="')[2].partition('"')[0]
                    body["data"]["_authenticator"] = proof
                answer = session.request(
                    method,
                    f"{site.url}/{path}",
                    auth=auth,
                    headers={**headers, "Accept": kind},
                    allow_redirects=False,
                    timeout=60,
                    **body,
                )
                assert answer.status_code < 400, answer.text
                return answer

            return send

        yield send_as


@pytest.fixture(
    scope="module", params=["Manager", "Site Administrator", "Editor", "Owner"]
)
def who(request: Any, prepare: Any) -> str:
    """A user who may do all of this, at the root or in the two folders."""
    role = str(request.param)
    prepare(partial(add_user_with_folders, role))
    return role


def add_user_with_folders(role: str, site: Any) -> None:
    """The same two folders, in which a user has a role."""
    workflow = "simple_publication_workflow"
    site.portal.portal_workflow.setDefaultChain(workflow)
    site.add_user("helper", "Member")
    api.group.create("Team")
    site.add_user(
        "user", role if role in ("Manager", "Site Administrator") else "Member"
    )
    for parent_id in ("by-token", "by-password"):
        parent = api.content.create(site.portal, "Folder", parent_id, title="Parent")
        folder = api.content.create(parent, "Folder", "folder", title="Folder")
        inner = api.content.create(folder, "Folder", "inner", title="Inner")
        api.content.create(inner, "Document", "page", title="Page")
        api.content.create(folder, "Folder", "target", title="Target")
        if role == "Editor":
            api.user.grant_roles(
                "user", roles=["Editor", "Contributor", "Reviewer"], obj=folder
            )
        if role == "Owner":
            for content in (folder, inner, inner.page, folder.target):
                content.manage_setLocalRoles("user", ["Owner", "Reviewer"])
        folder.reindexObjectSecurity()
    permission = "pas.plugins.tokenauth: Manage own Personal Access Tokens"
    site.portal.manage_permission(
        permission, ["Member", "Manager", "Site Administrator"]
    )
    site.commit()


@pytest.mark.long
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__.strip("_"))
def test_a_token_leaves_in_the_catalog_what_a_password_leaves(
    site: Any, who: str, send_as: Callable[[str, bool], Send], deed: Any
) -> None:
    """And nothing in it is stale: indexing everything again changes nothing."""
    del who
    for parent_id, by_token in (("by-token", True), ("by-password", False)):
        deed(send_as("user", by_token), f"{parent_id}/folder")
    site.sync()
    left = indexed(site, "by-token")
    assert ("", "allowedRolesAndUsers") in left
    assert differences(left, indexed(site, "by-password")) == {}
    for brain in site.portal.portal_catalog.unrestrictedSearchResults(path="/"):
        brain._unrestrictedGetObject().reindexObject()
    processQueue()
    assert differences(left, indexed(site, "by-token")) == {}


def differences(one: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, Any]:
    """Both values, where they are not the same."""
    return {
        key: (one.get(key), other.get(key))
        for key in one.keys() | other.keys()
        if one.get(key) != other.get(key)
    }


def indexed(site: Any, parent_id: str) -> dict[tuple[str, str], Any]:
    """What the indexes hold of all that is in a folder, by path and index."""
    catalog = site.portal.portal_catalog
    path = "/".join(site.portal[parent_id].folder.getPhysicalPath())
    found = {}
    for brain in catalog.unrestrictedSearchResults(path=path):
        rid = brain.getRID()
        data = catalog.getIndexDataForRID(rid)
        for name in data.keys() - _INDIVIDUAL:
            # Since which minute something is public differs, until when does not.
            value = data[name][1] if name == "effectiveRange" else data[name]
            found[brain.getPath().removeprefix(path), name] = (
                sorted(map(str, value)) if isinstance(value, list) else value
            )
    return found
