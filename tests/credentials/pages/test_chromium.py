"""The pages in Chromium, in a site with Plone's own theme, wide and narrow."""

from tests.credentials.pages.chromium import downloaded
from tests.credentials.pages.chromium import issue
from tests.credentials.pages.chromium import LIST
from tests.credentials.pages.chromium import obtain_token
from tests.credentials.pages.chromium import revoke
from tests.credentials.pages.chromium import WIDTHS
from tests.credentials.pages.pages import PANEL
from tests.credentials.pages.pages import public_key
from typing import Any

import json
import pytest


pytest_plugins = ["tests.credentials.pages.chromium"]
pytestmark = pytest.mark.browser


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
    page.get_by_label("On a day of your choice").check()
    page.get_by_label("Expiry date").fill("2090-12-31")
    page.get_by_role("button", name="Issue service key").click()
    page.get_by_text("at column 12").wait_for()
    screenshot(page, "Issue a service key", f"service-keys-issue-error-{screen}")
    page.get_by_label("IP ranges").fill("127.0.0.1, 192.0.2.0/24")
    page.get_by_role("button", name="Issue service key").click()

    keyfile = downloaded(page, "Download keyfile")
    screenshot(page, "Your new service key", f"service-keys-keyfile-{screen}")
    assert obtain_token(keyfile).status_code == 200
    page.get_by_role("link", name="go to the service keys").click()
    screenshot(page, "Service keys", f"service-keys-list-{screen}")

    row = page.get_by_role("row").filter(has_text=keyfile["client_id"])
    row.get_by_role("link", name="Edit").click()
    page.get_by_label("IP ranges").fill("192.0.2.0/24")
    screenshot(page, "Edit service key", f"service-keys-edit-{screen}")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("saved and in force").wait_for()
    assert obtain_token(keyfile).status_code == 400

    row.get_by_role("link", name="Usage").click()
    page.get_by_role("cell").get_by_text("Warehouse-Importer/2.1").wait_for()
    screenshot(page, "Usage", f"service-keys-logs-{screen}")
    page.get_by_role("link", name="Back to my service keys").click()

    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Revoke selected").click()
    screenshot(page, "Revoke service key?", f"service-keys-revoke-{screen}")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("link", name="Revoked").click()
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
    revoke(page, keyfile["client_id"])


def test_a_button_copies_the_keyfile(open_page: Any) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    issue(page)
    page.get_by_role("button", name="Copy keyfile").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied) == downloaded(page, "Download keyfile")


def test_the_key_of_an_application_that_signs_can_be_pasted(open_page: Any) -> None:
    """Once it is chosen, and again for the next one; a wrong one stays in sight."""
    page = open_page(WIDTHS["wide"])
    page.goto(f"{PANEL}-register-application")
    field = page.get_by_label("Public key of the application")
    assert not field.is_visible()
    page.get_by_label("By signing with a key of its own").check()
    page.get_by_label("Title").fill("Shop")
    field.fill("no key")
    page.get_by_role("button", name="Register application").click()
    page.get_by_role("alert").wait_for()
    field.fill(public_key())
    page.get_by_role("button", name="Register application").click()
    page.get_by_role("heading", name="Application", level=1).wait_for()
    page.goto(f"{PANEL}?kind=application")
    page.get_by_role("link", name="Rotate").click()
    assert field.is_visible()
