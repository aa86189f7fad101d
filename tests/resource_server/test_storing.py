"""The table of what a token of each scope can store, asked cell by cell."""

from AccessControl import getSecurityManager
from base64 import b64encode
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from lxml import html
from plone import api
from plone.app.contentrules.rule import Rule
from plone.app.discussion.interfaces import IConversation
from plone.app.iterate.interfaces import ICheckinCheckoutPolicy
from plone.app.multilingual.interfaces import ITranslationManager
from plone.app.testing import applyProfile
from plone.contentrules.engine.interfaces import IRuleStorage
from tests.resource_server.conftest import add_on_of_plone
from tests.resource_server.registered import is_administrative
from tests.resource_server.registered import panels
from tests.resource_server.registered import services
from tests.resource_server.registered import SHOWING
from tests.resource_server.registered import views
from tests.resource_server.storing import recipe
from tests.resource_server.storing import STORING_NOTHING
from tests.resource_server.table import PAGES
from tests.resource_server.table import Row
from tests.resource_server.table import ROWS
from typing import Any
from zope.component import createObject
from zope.component import getUtility

import pytest
import requests


PASSWORD = "correct-horse-battery-1"
#: Services that only sites with an add-on of Plone have.
ADD_ONS = ("@workingcopy", "@translations", "@export", "@import")
#: Pages to try these with, and their languages.
PAGES_OF_ADD_ONS = {
    "untouched": "en",
    "ready": "en",
    "dropped": "en",
    "english": "en",
    "german": "de",
    "translated": "en",
    "translation": "de",
}
#: What a person may do, and no token.
PERSONS_ONLY = {
    ("POST", "@login"),
    ("POST", "@login-renew"),
    ("PATCH", "@transactions"),
    ("POST", "@export"),
    ("POST", "@import"),
}


#: The box by which people log in with their e-mail addresses.
EMAIL_AS_LOGIN = "form.widgets.use_email_as_login:list"


@dataclass(frozen=True)
class Actor:
    """Somebody who asks, with content of their own to do it to."""

    id: str
    user: str
    folder: str
    comment: int


EXPORTS = """
<configure xmlns="http://namespaces.zope.org/zope">
  <include package="plone.exportimport" />
</configure>"""
WAYS = ("in person", "plone.write", "plone.admin")


@pytest.fixture(params=["Manager", "Site Administrator"])
def role(request: Any, site: Any) -> str:
    """The role of who asks, in a site with comments, content rules and workflow."""
    applyProfile(site.portal, "plone.app.discussion:default")
    for name in ("globally_enabled", "edit_comment_enabled"):
        discussion = "plone.app.discussion.interfaces.IDiscussionSettings"
        api.portal.set_registry_record(f"{discussion}.{name}", True)
    site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
    getUtility(IRuleStorage)["rule-1"] = Rule()
    site.add_user("helper", "Member")
    site.add_user("user", request.param)
    return str(request.param)


@pytest.fixture
def actors(site: Any, role: str) -> dict[str, Actor]:
    """One for each way to ask, with the same content."""
    return {way: make_actor(site, f"actor{nr}") for nr, way in enumerate(WAYS)}


def make_actor(site: Any, actor_id: str) -> Actor:
    """The user with content, an account and a group to do something to."""
    api.user.create(email="x@example.org", username=f"user-{actor_id}")
    api.group.create(f"group{actor_id}")
    getUtility(IRuleStorage)[f"rule-{actor_id}"] = Rule()
    folder = api.content.create(site.portal, "Folder", f"of-{actor_id}", title="F")
    for name in ("page", "other", "moved"):
        api.content.create(folder, "Document", name, title="Page")
    api.content.create(folder, "Folder", "sub", title="Sub")
    folder.page.allow_discussion = True
    site.portal.portal_repository.save(folder.page, comment="First")
    comment = createObject("plone.Comment")
    comment.text = "A comment"
    comment_id = IConversation(folder.page).addComment(comment)
    site.commit()
    return Actor(actor_id, "user", folder.getId(), comment_id)


@pytest.fixture
def exports(site: Any) -> Iterator[None]:
    """Services of Plone that the site of the other tests has not."""
    with add_on_of_plone(site, EXPORTS):
        yield


def test_every_service_of_plone_has_a_row(site: Any, exports: None) -> None:
    """Or is known to store nothing."""
    named = {(row.method, row.name.partition(" ")[0]) for row in ROWS}
    assert services() == named | STORING_NOTHING
    assert not named & STORING_NOTHING


@pytest.mark.long
def test_a_token_stores_what_the_table_says(
    site: Any, actors: dict[str, Actor], role: str
) -> None:
    """With an admin scope that is what its user stores in person."""
    try_all(site, actors, role, [each for each in ROWS if not is_of_add_on(each)])


@pytest.mark.long
def test_a_token_stores_what_the_table_says_with_add_ons_of_plone(
    site: Any, exports: None, actors: dict[str, Actor], role: str
) -> None:
    for name in ("iterate", "multilingual"):
        applyProfile(site.portal, f"plone.app.{name}:default")
    api.portal.set_registry_record("plone.available_languages", ["en", "de"])
    for actor in actors.values():
        add_copies_and_translations(site.portal[actor.folder])
    site.commit()
    try_all(site, actors, role, [each for each in ROWS if is_of_add_on(each)])


def is_of_add_on(row: Row) -> bool:
    """Whether only sites with an add-on of Plone have the service."""
    return row.name.startswith(ADD_ONS)


def add_copies_and_translations(folder: Any) -> None:
    """Add pages to check out, in and away, and to make translations of each other."""
    for name, language in PAGES_OF_ADD_ONS.items():
        api.content.create(folder, "Document", name, title=name, language=language)
    for name in ("ready", "dropped"):
        ICheckinCheckoutPolicy(folder[name]).checkout(folder)
    ITranslationManager(folder.translated).register_translation(
        "de", folder.translation
    )


def try_all(
    site: Any, actors: dict[str, Actor], role: str, tried: Iterable[Row]
) -> None:
    """Have each actor ask for each service, and compare with the table."""
    asks = {way: headers_of(site, way) for way in WAYS}
    wrong = []
    for row in tried:
        for way, column in zip(WAYS, (role, "write", role), strict=True):
            if way == "in person" and (row.method, row.name) in PERSONS_ONLY:
                continue
            status, has_stored = ask(site, row, actors[way], asks[way], wrong)
            outcome = "no" if status in (401, 403) else "yes"
            if row.cells[column] != outcome or (outcome == "no" and has_stored):
                wrong.append(f"{row} {way}: {status}")
    assert not wrong, "\n".join(wrong)


def headers_of(site: Any, way: str) -> dict[str, str]:
    """What proves who asks."""
    if way == "in person":
        password = b64encode(f"user:{PASSWORD}".encode()).decode()
        return {"Authorization": f"Basic {password}"}
    return {"Authorization": f"Bearer {site.token(site.issue('user', scopes=(way,)))}"}


def ask(
    site: Any, row: Row, actor: Actor, headers: dict[str, str], wrong: list[str]
) -> tuple[int, bool]:
    """The status of the answer, and whether anything was stored.

    :param wrong: where mistakes in the request are told
    """
    asked = recipe(row.method, row.name, actor)
    database = site.portal._p_jar.db()
    before = database.lastTransaction()
    answer = requests.request(
        row.method,
        f"{site.url}/{asked.path}",
        json=asked.body,
        headers={"Accept": "application/json", **headers, **asked.headers},
        timeout=60,
    )
    status = answer.status_code
    if status >= 400 and status not in (401, 403, asked.tolerated):
        # A mistake in the request looks like success.
        wrong.append(f"{row} {status} {answer.text[:400]}")
    return status, database.lastTransaction() != before


def test_every_page_of_plone_has_a_row(site: Any, volto: None) -> None:
    """Or stores nothing."""
    # What is added to the dashboard or to a column has a row with these.
    names = {view.name for view in views() if not view.name.startswith("portlets.")}
    # Forms to add content are found by another name than they are registered by.
    named = {row.view for row in PAGES.values() if not row.view.startswith("++")}
    assert names == named | SHOWING
    assert not SHOWING & named


def test_no_token_adds_a_site(site: Any, volto: None) -> None:
    """plone.distribution does that in the root of Zope, where there are no tokens."""
    site.add_user("user", "Manager")
    headers = headers_of(site, "plone.admin")
    before = site.portal._p_jar.db().lastTransaction()
    for url in (site.url, site.url.removesuffix("/plone")):
        site_to_be = {"distribution": "default", "site_id": "other", "title": "Other"}
        answer = site.api("POST", f"{url}/@sites", headers=headers, json=site_to_be)
        assert answer.status_code in (401, 403, 404), (url, answer.text)
    assert site.portal._p_jar.db().lastTransaction() == before


@pytest.mark.parametrize("role", ["Manager", "Site Administrator"])
def test_no_administrative_page_is_open_to_a_token_that_works_on_content(
    site: Any, acting: Any, role: str
) -> None:
    """With an admin scope they are open as they are in person."""
    site.add_user("user", role)
    folder = api.content.create(site.portal, "Folder", "folder", title="Folder")
    permissions = {view.permission for view in views() if is_administrative(site, view)}
    assert len(permissions) > 30
    places = [site.portal, folder, site.portal.portal_setup]

    def permitted() -> set[tuple[str, int]]:
        check = getSecurityManager().checkPermission
        return {
            (permission, nr)
            for permission in permissions
            for nr, place in enumerate(places)
            if check(permission, place)
        }

    with api.env.adopt_user(username="user"):
        in_person = permitted()
    with acting("user"):
        assert permitted() == set()
    with acting("user", ("plone.admin",)):
        assert permitted() == in_person


@pytest.mark.long
def test_the_form_of_each_control_panel_is_saved_with_an_admin_scope_alone(
    site: Any, volto: None, role: str
) -> None:
    """Where its user may save it in person."""
    applyProfile(site.portal, "plone.volto:default")
    site.commit()
    assert len(panels()) > 12
    asks = {way: headers_of(site, way) for way in WAYS}
    saved = set()
    for name in sorted(panels()):
        page = site.get(f"/@@{name}", headers=asks["in person"])
        fields = changed_fields(page.text)
        fields = [each for each in fields if each[0] != EMAIL_AS_LOGIN]
        status, has_stored = save(site, name, fields, asks["plone.write"])
        assert (status, has_stored) == (403, False), name
        status, has_stored = save(site, name, fields, asks["plone.admin"])
        assert (status < 400) == (page.status_code == 200), name
        assert (status < 400) == (PAGES[name].cells[role] == "yes"), name
        if has_stored:
            saved.add(name)
    assert len(saved) > 8, saved


def test_no_token_changes_how_people_log_in(site: Any, role: str) -> None:
    """Not even with an admin scope, and by no form."""
    name = "security-controlpanel"
    asks = {way: headers_of(site, way) for way in WAYS}
    fields = changed_fields(site.get(f"/@@{name}", headers=asks["in person"]).text)
    assert (EMAIL_AS_LOGIN, "selected") in fields
    assert save(site, name, fields, asks["plone.admin"]) == (403, False)


def save(
    site: Any, name: str, fields: list[tuple[str, str]], headers: dict[str, str]
) -> tuple[int, bool]:
    """The status of the answer to a form, and whether anything was stored."""
    database = site.portal._p_jar.db()
    before = database.lastTransaction()
    answer = site.request("POST", f"/@@{name}", data=fields, headers=headers)
    return answer.status_code, database.lastTransaction() != before


def changed_fields(page: str) -> list[tuple[str, str]]:
    """What a browser sends when all boxes were ticked and *Save* is pressed."""
    for form in html.fromstring(page).forms:
        if any(name.startswith("form.widgets.") for name in form.fields):
            for box in form.xpath(".//input[@type='checkbox']"):
                box.checked = True
            return [*form.form_values(), ("form.buttons.save", "Save")]
    return []
