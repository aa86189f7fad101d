"""The table of what a token of each scope can store, posted form by form."""

from Acquisition import aq_base
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from lxml import html
from pas.plugins.tokenauth.web.markers import published_view
from plone import api
from plone.app.testing import applyProfile
from plone.app.textfield.value import RichTextValue
from tests.fetching.hostile import answers
from tests.fetching.hostile import serving
from tests.resource_server.belongings import make_owner
from tests.resource_server.belongings import Owner
from tests.resource_server.belongings import PASSWORD
from tests.resource_server.forms import filled
from tests.resource_server.forms import Form
from tests.resource_server.forms import forms
from tests.resource_server.registered import panels
from tests.resource_server.registered import SHOWING
from tests.resource_server.registered import views
from tests.resource_server.table import PAGES
from typing import Any
from ZODB.utils import get_pickle_metadata
from ZODB.utils import p64
from ZODB.utils import u64
from zope.component import adapter
from zope.component import getGlobalSiteManager
from ZPublisher.interfaces import IPubAfterTraversal

import pytest


ADD_ONS = [
    "plone.app.caching:default",
    "plone.app.discussion:default",
    "plone.app.iterate:default",
    "plone.app.multilingual:default",
    "Products.CMFPlacefulWorkflow:base",
]
#: Pages of log-ins and of the ZMI, which no token is given.
CLOSED = {name for name, row in PAGES.items() if "yes" not in row.cells.values()}
#: Forms by which even a person stores nothing here: there is nothing to do, or the form
#: asks for an administrator of Zope, or fails in Plone.
NOTHING_TO_STORE = {
    "components_xmlconfig.html",
    "edit of groups in a condition",
    "edit of the fields of accounts",
    "error-log-form",
    "maintenance-controlpanel",
    "plone-restapi-upgrade-fix-ordering",
    "plone-upgrade",
    "register",
    "themeFileUpload",
    "updateLinkIntegrityInformation",
    "upgrade_products",
}
#: Pages by which content is rewritten for Volto.
OF_VOLTO = {"blocksuuidfixer", "migrate_richtext", "migrate_to_volto"}
#: Names that pages for several sorts of objects have. What is found behind a plus is
#: the form to add; the others are tried where they are of most use.
OF_SEVERAL = {
    "+",
    "components.html",
    "install-intids.html",
}
#: Classes of what is stored beside, depending on what was done before.
BESIDE = ("BTrees.", "persistent.", "plone.app.iterate.dexterity.relation.")


@pytest.fixture(params=["Manager", "Site Administrator"])
def role(request: Any, site: Any) -> str:
    """The role of who asks, in a site with the add-ons of Plone."""
    for name in ADD_ONS:
        applyProfile(site.portal, name)
    languages = ["en", "de", "fr", "nl"]
    api.portal.set_registry_record("plone.available_languages", languages)
    theming = "plone.app.theming.interfaces.IThemeSettings.enabled"
    api.portal.set_registry_record(theming, False)
    site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
    site.add_user("helper", "Member")
    return str(request.param)


@pytest.fixture
def published() -> Iterator[set[type]]:
    """The classes of all pages that were asked for."""
    classes: set[type] = set()

    @adapter(IPubAfterTraversal)
    def note(event: Any) -> None:
        classes.add(type(aq_base(published_view(event.request))))

    getGlobalSiteManager().registerHandler(note)
    yield classes
    getGlobalSiteManager().unregisterHandler(note)


def test_every_form_of_plone_is_posted(volto: None) -> None:
    """Those that only change the registry are found without being named."""
    assert {name for name, _ in forms()} | panels() | CLOSED == PAGES.keys()


@pytest.mark.long
def test_a_form_stores_what_the_table_says(
    site: Any, role: str, published: set[type]
) -> None:
    """With an admin scope that is what its user stores in person; to read, nothing."""
    person, writer, administrator = (make_owner(site, nr, role) for nr in range(3))
    site.commit()
    tried = [(PAGES[name], form) for name, form in forms() if name not in OF_VOLTO]
    uses = [
        (writer, "plone.read"),
        (writer, "plone.admin.read"),
        (writer, "plone.write"),
        (administrator, "plone.admin"),
    ]
    if role != "Manager":
        # Where a Manager's token of the scope stores content, one with less does too.
        tried = [each for each in tried if each[0].cells["write"] == "no"]
        uses = uses[-1:]
    asks = by_password(site, person)
    seen, stored = [], []
    # All forms by one, then all by the next: some take back what others do.
    for _, form in tried:
        seen.append(fields_of(site, form, person, asks))
        stored.append(post(site, form, person, asks, seen[-1])[1])
    wrong = [
        f"{row.name} in person"
        for (row, _), classes in zip(tried, stored, strict=True)
        if row.name not in CLOSED
        and bool(classes)
        != (row.cells[role] == "yes" and row.name not in NOTHING_TO_STORE)
    ]
    for owner, scope in uses:
        asks = by_token(site, owner, scope)
        column = {"plone.write": "write", "plone.admin": role}.get(scope)
        for (row, form), shown, classes in zip(tried, seen, stored, strict=True):
            status, kept = post(site, form, owner, asks, shown)
            may = column is not None and row.cells[column] == "yes"
            if row.name in NOTHING_TO_STORE and column:
                right = may == (status not in (401, 403)) and not kept
            else:
                right = may == bool(kept) and essential(kept) <= classes
            if not right:
                wrong.append(f"{row.name} {form.path} {scope}: {status} {kept}")
    assert not wrong, "\n".join(wrong)
    if role == "Manager":
        assert not not_published(published)


@pytest.mark.long
@pytest.mark.parametrize("role", ["Manager", "Site Administrator"])
def test_a_page_for_volto_stores_what_the_table_says(
    site: Any, volto: None, role: str
) -> None:
    """Each time there is a page with something to rewrite."""
    applyProfile(site.portal, "plone.volto:default")
    site.add_user("user", role)
    wrong = []
    with serving(answers(b'[{"@type": "slate"}]')) as converter:
        actor = Asking("user", f"http://127.0.0.1:{converter.port}")
        asks = {
            scope: by_token(site, actor, scope)
            for scope in ("plone.read", "plone.write", "plone.admin.read")
        }
        asks[role] = by_token(site, actor, "plone.admin")
        asks["in person"] = by_password(site, actor)
        for name, form in forms():
            for way, headers in asks.items() if name in OF_VOLTO else ():
                site.sync()
                page = api.content.create(site.portal, "Document", f"{name}-{way}")
                page.text = RichTextValue("<p>x</p>", "text/html", "text/html")
                site.commit()
                status, kept = post(site, form, actor, headers, [])
                column = role if way == "in person" else way
                if bool(kept) != (PAGES[name].cells.get(column) == "yes"):
                    wrong.append(f"{name} {way}: {status} {kept}")
    assert not wrong, "\n".join(wrong)


@dataclass(frozen=True)
class Asking:
    """Somebody who asks, and what converts texts for them."""

    user: str
    service: str


def not_published(published: set[type]) -> set[str]:
    """The names of pages that no form asked for, of those that may store something."""
    named = SHOWING | panels() | CLOSED | OF_SEVERAL
    return {
        view.name
        for view in views()
        if view.factory not in published and view.name not in named
    }


def by_password(site: Any, owner: Owner | Asking) -> dict[str, str]:
    """What a person sends, with an authenticator of theirs."""
    password = b64encode(f"{owner.user}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {password}"}
    page = site.get("/@@authenticator/token", headers=headers)
    return {**headers, "X-CSRF-TOKEN": page.text}


def by_token(site: Any, owner: Owner | Asking, scope: str) -> dict[str, str]:
    """What a program sends."""
    token = site.token(site.issue(owner.user, scopes=(scope,)))
    return {"Authorization": f"Bearer {token}"}


def fields_of(
    site: Any, form: Form, owner: Owner, headers: dict[str, str]
) -> list[tuple[str, str]]:
    """What a form shows, with the button that is pressed; none if it is not offered."""
    if not form.button:
        return []
    path = filled(form.path, owner)
    page = site.get(f"/{path}", headers=headers, params={"ajax_load": "1"})
    for each in html.fromstring(page.content).forms:
        if each.xpath(f".//*[@name='{form.button}']"):
            values = [
                (name, value)
                for name, value in each.form_values()
                if name != "_authenticator" and not name.startswith("form.buttons.")
            ]
            return [*values, (form.button, "x")]
    return []


def post(
    site: Any,
    form: Form,
    owner: Owner | Asking,
    headers: dict[str, str],
    shown: list[tuple[str, str]],
) -> tuple[int, set[str]]:
    """The status of the answer, and the classes of all that was stored."""
    given = {
        filled(name, owner): filled(value, owner) for name, value in form.fields.items()
    }
    files = {
        name: ("x.zip", each) for name, each in given.items() if name in form.files
    }
    others = {name.partition(":")[0] for name in given}
    fields = [each for each in shown if each[0].partition(":")[0] not in others]
    fields += [each for each in given.items() if each[0] not in files]
    database = site.portal._p_jar.db()
    before = database.lastTransaction()
    answer = site.request(
        "POST",
        f"/{filled(form.path, owner)}",
        data=[*fields, ("ajax_load", "1")],
        files=files or None,
        headers=headers,
        timeout=60,
    )
    return answer.status_code, classes_stored(database, before)


def classes_stored(database: Any, before: bytes) -> set[str]:
    """The classes of the objects that were stored since a transaction."""
    if database.lastTransaction() == before:
        return set()
    return {
        name
        for each in database.storage.iterator(p64(u64(before) + 1))
        for record in each
        if record.data
        for name in [".".join(get_pickle_metadata(record.data))]
    }


def essential(classes: set[str]) -> set[str]:
    """Those of what was stored that do not depend on what was done before."""
    return {name for name in classes if not name.startswith(BESIDE)}
