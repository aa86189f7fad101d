"""What a page is called in its window, and where its path says that it is."""

from plone import api
from plone.base.interfaces import INavigationRoot
from tests.credentials.pages.conftest import parsed
from tests.credentials.pages.conftest import text_of
from typing import Any
from zope.interface import alsoProvides

import lxml.html
import pytest


LIST = "@@manage-service-keys"
TOKENS = "@@manage-personal-access-tokens"
PANEL = "@@tokenauth-controlpanel"
LIST_TITLES = {
    LIST: "Service keys",
    TOKENS: "Personal access tokens",
    PANEL: "Keys, tokens and applications",
}
SITE_TITLE = "A site & more"


@pytest.fixture(autouse=True)
def site_title(site: Any) -> None:
    """Gives the site a title."""
    api.portal.set_registry_record("plone.site_title", SITE_TITLE)
    site.commit()


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (f"{LIST}-issue", "Issue a service key"),
        (f"{LIST}-edit", "Edit service key"),
        (f"{LIST}-rotate", "Rotate service key"),
        (f"{LIST}-revoke", "Revoke service key?"),
        (f"{LIST}-logs", "Usage"),
        (f"{TOKENS}-issue", "Issue a personal access token"),
        (f"{TOKENS}-edit", "Edit personal access token"),
        (f"{TOKENS}-revoke", "Revoke personal access token?"),
        (f"{TOKENS}-logs", "Usage"),
        (f"{PANEL}-edit", "Edit service key"),
        (f"{PANEL}-revoke", "Revoke service key?"),
        (f"{PANEL}-revoke-before", "Revoke everything issued before a given time"),
    ],
)
def test_a_page_has_a_title_and_leads_back_to_the_list(
    site: Any, owner: Any, new_key: Any, new_token: Any, page: str, title: str
) -> None:
    key, token = new_key()["client_id"], new_token().credential.credential_id
    credential_id = token if "token" in page.replace("tokenauth", "") else key
    html = owner.see(page, id=credential_id)
    assert heading(html) == title
    assert window(html) == f"{title} — {SITE_TITLE}"
    (the_list,) = [each for each in LIST_TITLES if page.startswith(each)]
    list_title = LIST_TITLES[the_list]
    assert path(html) == ["Home", list_title, title]
    (link,) = html.xpath(f"//nav[@id='portal-breadcrumbs']//a[.='{list_title}']/@href")
    assert link == f"{site.url}/{the_list}"


@pytest.mark.parametrize("page", LIST_TITLES)
def test_the_list_is_where_the_path_ends(owner: Any, page: str) -> None:
    html = owner.see(page)
    title = LIST_TITLES[page]
    assert heading(html) == title
    assert window(html) == f"{title} — {SITE_TITLE}"
    assert path(html) == ["Home", title]


def test_the_page_with_the_token_has_a_title_of_its_own(owner: Any) -> None:
    page = f"{TOKENS}-issue"
    html = parsed(owner.submit(page, {**owner.form(page), "title": "A token"}))
    assert heading(html) == "Your new personal access token"
    assert path(html) == ["Home", LIST_TITLES[TOKENS], "Your new personal access token"]


def test_the_page_with_the_keyfile_has_a_title_of_its_own(owner: Any) -> None:
    page = f"{LIST}-issue"
    form = {**owner.form(page), "title": "A key", "algorithm": "ES256"}
    html = parsed(owner.submit(page, form))
    assert heading(html) == "Your new service key"
    assert window(html) == f"Your new service key — {SITE_TITLE}"
    assert path(html) == ["Home", "Service keys", "Your new service key"]


def test_a_navigation_root_is_named_as_the_site_is(site: Any, owner: Any) -> None:
    folder = api.content.create(site.portal, "Folder", id="folder", title="A <part>")
    alsoProvides(folder, INavigationRoot)
    site.commit()
    html = owner.see(f"folder/{LIST}-issue")
    assert window(html) == "Issue a service key — A <part>"
    assert path(html) == ["Home", "Service keys", "Issue a service key"]


def test_titles_of_other_pages_stay(owner: Any) -> None:
    html = owner.see("@@search")
    assert window(html) == SITE_TITLE
    assert path(html) == ["Home"]


def test_the_title_is_in_the_language_of_the_visitor(site: Any, owner: Any) -> None:
    api.portal.set_registry_record("plone.available_languages", ["de"])
    api.portal.set_registry_record("plone.default_language", "de")
    site.commit()
    html = owner.see(LIST)
    assert window(html) == f"{heading(html)} — {SITE_TITLE}"
    assert path(html)[-1] == heading(html) != "Service keys"


def heading(html: lxml.html.HtmlElement) -> str:
    (heading,) = html.cssselect("h1")
    return text_of(heading)


def window(html: lxml.html.HtmlElement) -> str:
    """The name of the window."""
    (title,) = html.cssselect("head title")
    return text_of(title)


def path(html: lxml.html.HtmlElement) -> list[str]:
    """The steps that lead to the page."""
    return [text_of(step) for step in html.cssselect("#portal-breadcrumbs li")]
