"""The main paths of the panel, in a real browser with Plone's own theme."""

from collections.abc import Callable
from instance import ROOT_USER
from tests.credentials.pages.chromium import downloaded
from tests.credentials.pages.chromium import issue_token
from tests.credentials.pages.chromium import obtain_token
from tests.credentials.pages.chromium import WIDTHS
from tests.credentials.pages.pages import PANEL
from typing import Any

import pytest
import requests


pytest_plugins = ["tests.credentials.pages.chromium"]
pytestmark = pytest.mark.browser

OWNER = "demo"
TITLE = "Keys, tokens and applications"
SETTINGS = "Settings of keys, tokens and applications"

REVOKE_BEFORE = "Revoke everything issued before a given time"


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """An empty page of a Manager."""
    return open_page(user=ROOT_USER)


def issue_for_other(page: Any, title: str) -> dict[str, Any]:
    """Issue a key to another user and download its keyfile."""
    page.goto(PANEL)
    page.get_by_role("link", name="Issue a service key for another user").click()
    page.get_by_label("Owner").fill(OWNER)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("ES256").check()
    page.get_by_role("button", name="Issue service key").click()
    return downloaded(page, "Download keyfile")


def search(page: Any, text: str, kind: str = "Any kind") -> Any:
    """Look for keys and tokens; the rows that were found."""
    page.goto(PANEL)
    page.get_by_label("Title, owner, name or id").fill(text)
    page.get_by_label("Kind").select_option(label=kind)
    page.locator("#content").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Remove all filters").wait_for()
    return page.locator("tbody tr")


def how_many(page: Any) -> Any:
    """The links that tell how many were found in which state."""
    return page.get_by_role("list", name="How many there are").get_by_role("link")


def test_the_panel_is_found_in_site_setup(page: Any) -> None:
    page.goto("@@overview-controlpanel")
    page.locator("#content").get_by_role("link", name=TITLE).last.click()
    page.get_by_role("heading", name=TITLE, exact=True).wait_for()
    page.get_by_role("link", name="Site Setup").first.click()
    page.wait_for_url("**/@@overview-controlpanel")


def test_a_key_is_issued_to_another_user_found_and_revoked(page: Any) -> None:
    keyfile = issue_for_other(page, "For the crawler")
    assert keyfile["user_id"] == OWNER
    assert obtain_token(keyfile).status_code == 200

    (row,) = search(page, "crawler").all()
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Revoke selected").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Service keys revoked: 1.").wait_for()
    assert obtain_token(keyfile).status_code == 400
    rows = search(page, "crawler")
    assert rows.count() == 0
    how_many(page).filter(has_text="Revoked").click()
    rows.get_by_text(f"Revoked by {ROOT_USER[0]}").wait_for()
    assert rows.count() == 1


def test_a_token_is_found_by_its_kind_tightened_and_revoked(
    open_page: Callable[..., Any], instance: Any, page: Any
) -> None:
    token = issue_token(open_page(), "Report of the crawler")
    issue_for_other(page, "Import of the crawler")
    assert search(page, "of the crawler").count() == 2
    (row,) = search(page, "of the crawler", kind="Personal access tokens").all()
    row.get_by_text("Personal access token", exact=True).wait_for()
    row.get_by_role("link", name="Edit").click()
    page.get_by_label("IP ranges").fill("127.0.0.1")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("saved and in force").wait_for()
    assert status(instance, token) == 200

    (row,) = search(page, "of the crawler", kind="Personal access tokens").all()
    row.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Personal access tokens revoked: 1.").wait_for()
    assert status(instance, token) == 401


def status(instance: Any, token: str) -> int:
    """How the site answers to a program with a token."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    url = f"{instance.url}/@users/{OWNER}"
    return requests.get(url, headers=headers, timeout=30).status_code


@pytest.mark.parametrize("screen", WIDTHS)
def test_the_pages_fit_the_screen(
    open_page: Callable[..., Any], screenshot: Any, screen: str
) -> None:
    issue_token(open_page(), "Nightly report")
    page = open_page(WIDTHS[screen], user=ROOT_USER)
    issue_for_other(page, "Nightly import from the warehouse")
    page.goto(PANEL)
    screenshot(page, TITLE, f"panel-keys-{screen}")
    page.get_by_role("link", name=REVOKE_BEFORE).click()
    screenshot(page, REVOKE_BEFORE, f"panel-revoke-before-{screen}")
    page.get_by_role("link", name="Settings", exact=True).click()
    screenshot(
        page, f"Settings of {TITLE[0].lower()}{TITLE[1:]}", f"panel-settings-{screen}"
    )


def test_a_header_sorts(page: Any) -> None:
    for title in ("Sorted b", "Sorted a"):
        issue_for_other(page, title)
    search(page, "sorted")
    page.get_by_role("columnheader").get_by_role("link", name="Title").click()
    page.locator("th[aria-sort=ascending]").wait_for()
    titles = page.locator("tbody .tokenauth-title").all_text_contents()
    assert titles == ["Sorted a", "Sorted b"]


def test_the_settings_are_changed(page: Any) -> None:
    page.goto(PANEL)
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Leeway (seconds)").fill("301")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing is saved yet.").wait_for()
    assert page.get_by_label("Leeway (seconds)").evaluate(
        "element => element === document.activeElement"
    )
    page.get_by_label("Leeway (seconds)").fill("30")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Settings saved.").wait_for()
    assert page.get_by_label("Leeway (seconds)").input_value() == "30"
