"""Whoever has opened a link is a guest: nobody, and a Reader of one object."""

from AccessControl.users import nobody
from pas.plugins.tokenauth.signedlinks import cookie
from pas.plugins.tokenauth.signedlinks.visitor import LinkVisitor
from Products.StandardCacheManagers.RAMCacheManager import RAMCacheManager
from tests.plone_fixtures import PASSWORD
from tests.signedlinks.conftest import Browser
from typing import Any

import pytest
import requests
import time
import transaction


@pytest.fixture
def cache(site: Any) -> None:
    """PAS remembers users, and who sent which credentials."""
    users = site.portal.acl_users
    users._setObject("cache", RAMCacheManager("cache"))
    users.ZCacheable_setManagerId("cache")
    site.commit()


def visit(page: Any, browser: Browser, **more: Any) -> bool:
    """Whether a request shows the page."""
    return "Nobody knows this number." in browser.get(page.absolute_url(), **more).text


def test_a_visitor_is_nobody_but_on_one_object(site: Any, page: Any, file: Any) -> None:
    visitor = LinkVisitor(page.UID())
    # PAS adds groups and a role to every user that it makes.
    visitor._addGroups(["AuthenticatedUsers"])
    visitor.addPropertysheet("memberdata", {"fullname": "Somebody"})
    visitor._addRoles(["Authenticated"])
    for ask in ("getId", "getUserName"):
        assert getattr(visitor, ask)() == getattr(nobody, ask)()
    assert list(visitor.getRoles()) == list(nobody.getRoles())
    assert visitor.getGroups() == [] and visitor.getMemberId() is None
    assert visitor.getRolesInContext(page) == ["Anonymous", "Reader"]
    assert visitor.getRolesInContext(file) == ["Anonymous"]
    assert visitor.has_permission("View", page)
    for permission, obj in (
        ("View", file),
        ("View", page.aq_parent),
        ("Modify portal content", page),
        ("Manage portal", site.portal),
    ):
        assert not visitor.has_permission(permission, obj)


def test_no_cache_of_users_skips_a_check(
    site: Any, page: Any, share: Any, browser: Browser, cache: None
) -> None:
    link = share(page)
    browser.open(link.url)
    assert visit(page, browser) and visit(page, browser)
    store = site.context.storage["signed_link"]
    store.mark_revoked(link.credential.credential_id, "editor", time.time())
    site.commit()
    assert not visit(page, browser)


def test_no_cache_hands_a_visitor_to_a_person_or_the_other_way(
    site: Any, page: Any, share: Any, browser: Browser, cache: None
) -> None:
    site.add_user("member", "Member")
    browser.open(share(page).url)
    for _ in range(2):
        assert visit(page, browser)
        assert not visit(page, browser, auth=("member", PASSWORD))
        assert not visit(page, Browser())
        assert visit(page, Browser(), auth=("editor", PASSWORD))


def test_who_is_logged_in_at_the_root_is_no_visitor(
    site: Any, page: Any, share: Any, browser: Browser, site_owner_auth: Any
) -> None:
    """What a Manager of the root sees is theirs, with the menus of a Manager."""
    browser.open(share(page).url)
    shown = browser.get(page.absolute_url(), auth=site_owner_auth)
    assert "Nobody knows this number." in shown.text
    assert "X-Robots-Tag" not in shown.headers


def test_a_view_that_commits_by_itself_stores_nothing(
    site: Any,
    page: Any,
    share: Any,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from plone.restapi.services.types.get import TypesGet

    def write(self: Any) -> dict[str, str]:
        self.context.title = "Changed"
        transaction.commit()
        return {}

    monkeypatch.setattr(TypesGet, "reply", write)
    browser.open(share(page).url)
    url = f"{page.absolute_url()}/@types"
    answer = browser.get(url, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    site.sync()
    assert page.title == "Budget of 2027"


def test_what_a_view_writes_is_thrown_away(
    site: Any,
    page: Any,
    share: Any,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from plone.restapi.services.types.get import TypesGet

    def write(self: Any) -> dict[str, str]:
        self.context.title = "Changed"
        return {"title": self.context.title}

    monkeypatch.setattr(TypesGet, "reply", write)
    browser.open(share(page).url)
    url = f"{page.absolute_url()}/@types"
    answer = browser.get(url, headers={"Accept": "application/json"})
    assert answer.json() == {"title": "Changed"}
    site.sync()
    assert page.title == "Budget of 2027"


def test_a_program_with_a_token_is_no_visitor(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    browser.open(share(page).url)
    site.add_user("manager", "Manager")
    token = site.personal_access_token("manager", scopes=("plone.read",))
    [cookie] = browser.session.cookies
    headers = {
        "Authorization": f"Bearer {token}",
        "Cookie": f"{cookie.name}={cookie.value}",
    }
    answer = requests.get(page.absolute_url(), headers=headers, timeout=30)
    assert "X-Robots-Tag" not in answer.headers


@pytest.mark.parametrize("is_one", [True, False])
def test_a_request_with_many_visits_costs_as_much_as_one_with_a_few(
    site: Any, page: Any, monkeypatch: pytest.MonkeyPatch, is_one: bool
) -> None:
    """Nobody has the site look up what they have made up, again and again."""
    looked_up: list[str] = []

    def looking_up(site: Any, secret: str, now: float) -> None:
        looked_up.append(secret)

    monkeypatch.setattr(cookie, "visited_link", looking_up)
    secrets = ["ptv_one"] * 200 if is_one else [f"ptv_{each}" for each in range(200)]
    carried = [f"tokenauth-link-{n}={each}" for n, each in enumerate(secrets)]
    headers = {"Cookie": "; ".join(carried)}
    requests.get(page.absolute_url(), headers=headers, timeout=30)
    assert 0 < len(looked_up) <= (1 if is_one else cookie.MAX_VISITS)
