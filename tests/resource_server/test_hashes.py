"""No answer to a token shows the hash of a password, or the key to set a new one."""

from Acquisition import aq_base
from collections.abc import Iterable
from collections.abc import Iterator
from plone import api
from plone.rest.service import Service
from tests.plone_fixtures import PASSWORD
from tests.resource_server.registered import registered
from tests.resource_server.registered import views
from tests.resource_server.test_tools import may_call
from tests.resource_server.test_tools import objects_below
from typing import Any

import gzip
import pytest


SCOPES = ("plone.read", "plone.write", "plone.admin.read", "plone.admin")
#: Tools that know something about people, beside the user folder.
TOOLS = (
    *("portal_memberdata", "portal_membership", "portal_groupdata", "portal_groups"),
    *("portal_registration", "portal_setup"),
)
#: Whatever a method or page may ask for: the victim, or what holds their hash.
QUERY = {
    **dict.fromkeys(("name", "userid", "user_id", "login", "username"), "victim"),
    **dict.fromkeys(("member_id", "principal_id", "query", "search"), "victim"),
    "id": "source_users",
    "ids:list": "source_users",
    "download:int": "1",
}
#: How hashes begin.
MARKS = (b"{SSHA}", b"{BCRYPT}")


@pytest.fixture
def hidden(site: Any) -> set[bytes]:
    """The hashes of all passwords, and the key of a request for a new one."""
    site.add_user("owner", "Manager")
    site.add_user("victim", "Member")
    key = site.portal.portal_password_reset.requestReset("victim")["randomstring"]
    api.content.create(site.portal, "Document", "page", title="Page")
    site.commit()
    hashes = set(site.portal.acl_users.source_users._user_passwords.values())
    assert hashes and all(each.startswith(MARKS) for each in hashes)
    return {*hashes, key.encode()}


def services() -> Iterator[str]:
    """Each that is read, of the site, of a page and about the victim."""
    names = {
        each.name.partition("@")[2]
        for each in registered()
        if issubclass(each.factory, Service) and each.name.startswith("GET_")
    }
    for name in sorted(names - {""}):
        yield from (f"/@{name}", f"/page/@{name}", f"/@{name}/victim")


def methods(site: Any) -> Iterator[str]:
    """What whoever acts may call: all of the stores, and once what others inherit."""
    folder = site.portal.acl_users
    stores = [folder.source_users, site.portal.portal_password_reset, folder]
    tools = [site.portal[name] for name in TOOLS]
    seen = set()
    for obj in (*stores, *objects_below(folder), *tools):
        for name in dir(aq_base(obj)):
            inherited = name, id(getattr(type(aq_base(obj)), name, obj))
            is_new = obj in stores or inherited not in seen
            if is_new and not name.startswith("_") and may_call(obj, name):
                seen.add(inherited)
                yield f"{obj.absolute_url()}/{name}"


def shown(site: Any, hidden: set[bytes], asked: Iterable[str], **by: Any) -> list[str]:
    """Where something hidden is shown."""
    found = []
    for path in asked:
        answer = site.get(path, params=QUERY, **by)
        content = answer.content
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        if any(each in content for each in hidden.union(MARKS)):
            found.append(path)
    return found


@pytest.mark.long
@pytest.mark.parametrize("scope", SCOPES)
def test_no_answer_shows_how_people_log_in(
    site: Any, hidden: set[bytes], acting: Any, scope: str
) -> None:
    """Not with the token of a Manager."""
    with acting("owner", (scope,)):
        asked = list(methods(site))
    token = site.token(site.issue("owner", scopes=(scope,)))
    by_api = {"headers": {"Accept": "application/json"}}
    assert shown(site, hidden, services(), token=token, **by_api) == []
    assert shown(site, hidden, asked, token=token) == []
    # Pages take long, and show nobody more than who has this scope.
    names = {view.name for view in views()} if scope == "plone.admin" else ()
    pages = [f"/@@{name}" for name in sorted(names)]
    assert shown(site, hidden, pages, token=token) == []
    # None of them has ended the token.
    assert site.get("/page", token=token).status_code == 200


def test_a_manager_sees_in_person_how_people_log_in(
    site: Any, hidden: set[bytes]
) -> None:
    """So what tokens are not shown would be found."""
    with api.env.adopt_user(username="owner"):
        asked = [each for each in methods(site) if each.endswith("exportObject")]
    assert asked == [f"{site.url}/acl_users/manage_exportObject"]
    assert shown(site, hidden, asked, auth=("owner", PASSWORD)) == asked
