"""The pages in Chromium, in a site with Plone's own theme, wide and narrow.

With TOKENAUTH_SCREENSHOTS=1 the screenshots go to docs/images.
"""

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import importlib.util
import json
import jwt
import os
import pytest
import requests
import sys
import time


pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).parents[2]
LIST = "@@manage-service-keys"
WIDTHS = {"wide": 1280, "narrow": 375}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    if importlib.util.find_spec("playwright") is None:
        unavailable("The package playwright is not installed.")
    if not Path(CHROMIUM).exists():
        unavailable(f"There is no {CHROMIUM}.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def unavailable(reason: str) -> None:
    """Skip on a developer's computer; in CI nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def instance(chromium: Any) -> Iterator[Any]:
    """A running Zope with a themed site of its own."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from instance import running_instance
        from instance import SITE_USER
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    with running_instance("browser-test") as instance:
        instance.user = SITE_USER
        yield instance


@pytest.fixture
def open_page(chromium: Any, instance: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page for a user who has logged in."""
    contexts = []

    def open_page(width: int = 1280, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=f"{instance.url}/",
            viewport={"width": width, "height": 800},
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("login")
        name, password = instance.user
        page.fill("#__ac_name", name)
        page.fill("#__ac_password", password)
        page.click("#buttons-login")
        page.wait_for_selector("#user-name, #personaltools-logout, .plone-toolbar-main")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def screenshot(tmp_path: Path) -> Callable[[Any, str, str], None]:
    """Waits for a page, checks that it fits the screen, and takes a picture of it."""
    wanted = os.environ.get("TOKENAUTH_SCREENSHOTS") == "1"
    pictures = ROOT / "docs" / "images"

    def screenshot(page: Any, heading: str, name: str) -> None:
        page.get_by_role("heading", name=heading, level=1).wait_for()
        page.evaluate("document.activeElement.blur()")
        assert page.evaluate(
            "document.documentElement.scrollWidth <= window.innerWidth"
        ), f"{name} is wider than the screen"
        # Only those that the documentation shows already.
        path = pictures / f"{name}.png"
        if not (wanted and path.exists()):
            path = tmp_path / path.name
        page.screenshot(path=path, full_page=True)

    return screenshot


@pytest.mark.parametrize("screen", WIDTHS)
def test_a_user_manages_a_key_from_issue_to_revocation(
    open_page: Any, screenshot: Any, screen: str
) -> None:
    page = open_page(WIDTHS[screen])
    page.goto(LIST)
    screenshot(page, "Service keys", f"service-keys-start-{screen}")
    page.get_by_role("link", name="Issue a service key").click()
    screenshot(page, "Issue a service key", f"service-keys-issue-{screen}")
    page.get_by_label("Title").fill("Nightly import from the warehouse")
    page.get_by_label("IP ranges").fill("127.0.0.1, 192.0.2.300")
    page.get_by_label("Expiry date").fill("2090-12-31")
    page.get_by_role("button", name="Issue service key").click()
    page.get_by_text("at column 12").wait_for()
    screenshot(page, "Issue a service key", f"service-keys-issue-error-{screen}")
    page.get_by_label("IP ranges").fill("127.0.0.1, 192.0.2.0/24")
    page.get_by_role("button", name="Issue service key").click()

    keyfile = downloaded(page, "Download keyfile")
    screenshot(page, "Your new service key", f"service-keys-keyfile-{screen}")
    assert obtain_token(keyfile).status_code == 200
    page.get_by_role("link", name="go to my service keys").click()
    screenshot(page, "Service keys", f"service-keys-list-{screen}")

    row = page.get_by_role("row").filter(has_text=keyfile["client_id"])
    row.get_by_role("link", name="Edit").click()
    page.get_by_label("IP ranges").fill("192.0.2.0/24")
    screenshot(page, "Edit service key", f"service-keys-edit-{screen}")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("saved and in force").wait_for()
    assert obtain_token(keyfile).status_code == 400

    row.get_by_role("link", name="Usage log").click()
    page.get_by_text("Warehouse-Importer/2.1").wait_for()
    screenshot(page, "Usage log", f"service-keys-logs-{screen}")
    page.get_by_role("link", name="Back to my service keys").click()

    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Revoke selected").click()
    screenshot(page, "Revoke service keys?", f"service-keys-revoke-{screen}")
    page.get_by_role("button", name="Revoke").click()
    row.get_by_text("Revoked by demo").wait_for()
    screenshot(page, "Service keys", f"service-keys-revoked-{screen}")


def test_reloading_the_page_does_not_show_the_private_key_again(
    open_page: Any,
) -> None:
    page = open_page()
    issue(page)
    assert "PRIVATE KEY" in page.content()
    page.reload()
    assert "PRIVATE KEY" not in page.content()


def test_going_back_does_not_show_the_private_key_again(open_page: Any) -> None:
    page = open_page()
    issue(page)
    page.goto(LIST)
    page.go_back()
    assert page.url.endswith("-issue")
    assert "PRIVATE KEY" not in page.content()


def test_everything_works_without_javascript(open_page: Any) -> None:
    page = open_page(java_script_enabled=False)
    issue(page)
    keyfile = downloaded(page, "Download keyfile")
    assert obtain_token(keyfile).status_code == 200
    assert not page.get_by_role("button", name="Copy keyfile").is_visible()
    page.goto(LIST)
    page.locator(f"#select-{keyfile['client_id']}").check()
    page.get_by_role("button", name="Revoke selected").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Service keys revoked: 1.").wait_for()


def test_a_button_copies_the_keyfile(open_page: Any) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    issue(page)
    page.get_by_role("button", name="Copy keyfile").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied) == downloaded(page, "Download keyfile")


def test_a_key_is_issued_with_the_keyboard_alone(open_page: Any) -> None:
    page = open_page()
    page.goto(f"{LIST}-issue")
    page.get_by_label("Title").focus()
    page.keyboard.type("From the keyboard")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your new service key").wait_for()


def issue(page: Any) -> None:
    """Issue a key that takes no time to make."""
    page.goto(f"{LIST}-issue")
    page.get_by_label("Title").fill("A key")
    page.get_by_label("ES256").check()
    page.get_by_role("button", name="Issue service key").click()
    page.get_by_role("heading", name="Your new service key").wait_for()


def downloaded(page: Any, link: str) -> dict[str, Any]:
    """The document behind a link that downloads."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link, exact=True).click()
    keyfile: dict[str, Any] = json.loads(Path(download.value.path()).read_text())
    assert download.value.suggested_filename == f"{keyfile['client_id']}.json"
    return keyfile


def obtain_token(keyfile: dict[str, Any]) -> requests.Response:
    """What a client does with the keyfile."""
    now = time.time()
    claims = {
        "iss": keyfile["client_id"],
        "aud": keyfile["token_uri"],
        "iat": now,
        "exp": now + 300,
    }
    grant = jwt.encode(claims, keyfile["private_key"], keyfile["algorithm"])
    return requests.post(
        keyfile["token_uri"],
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": grant,
        },
        headers={"User-Agent": "Warehouse-Importer/2.1 (nightly) python-requests/2.32"},
        timeout=30,
    )
