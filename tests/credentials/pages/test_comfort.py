"""What the pages do for visitors whose browser runs JavaScript."""

from collections.abc import Callable
from tests.credentials.pages.chromium import downloaded
from tests.credentials.pages.chromium import issue
from tests.credentials.pages.chromium import LIST
from tests.credentials.pages.chromium import obtain_token
from typing import Any

import pytest


pytest_plugins = ["tests.credentials.pages.chromium"]
pytestmark = pytest.mark.browser

READ_CLIPBOARD = "navigator.clipboard.readText()"
WITHOUT_CLIPBOARD = (
    "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})"
)


@pytest.fixture
def copying_page(open_page: Callable[..., Any]) -> Any:
    """A page that may use the clipboard."""
    return open_page(permissions=["clipboard-read", "clipboard-write"])


def test_a_button_copies_a_client_id(copying_page: Any) -> None:
    page = copying_page
    issue(page)
    client_id = downloaded(page, "Download keyfile")["client_id"]
    page.goto(LIST)
    row = page.get_by_role("row").filter(has_text=client_id)
    row.get_by_role("button", name="Copy the client id").click()
    row.get_by_role("status").get_by_text("Copied.").wait_for()
    assert page.evaluate(READ_CLIPBOARD) == client_id


def test_a_button_copies_an_example(copying_page: Any) -> None:
    page = copying_page
    issue(page)
    page.get_by_role("button", name="Copy example").first.click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    assert page.evaluate(READ_CLIPBOARD).startswith("python3 -m pip install requests")


def test_without_a_clipboard_the_text_is_selected(
    open_page: Callable[..., Any],
) -> None:
    page = open_page()
    page.add_init_script(WITHOUT_CLIPBOARD)
    issue(page)
    client_id = downloaded(page, "Download keyfile")["client_id"]
    page.goto(LIST)
    row = page.get_by_role("row").filter(has_text=client_id)
    row.get_by_role("button", name="Copy the client id").click()
    row.get_by_text("Copied.").or_(row.get_by_text("Please copy")).wait_for()
    assert page.evaluate("getSelection().toString()") == client_id


def test_a_button_fills_in_the_address(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(f"{LIST}-issue")
    field = page.get_by_label("IP ranges")
    field.fill("192.0.2.0/24,")
    button = page.get_by_role("button", name="Use my current address")
    button.click()
    assert field.input_value() == "192.0.2.0/24, 127.0.0.1"
    button.click()
    assert field.input_value() == "192.0.2.0/24, 127.0.0.1"


def test_only_the_fields_that_matter_are_shown(open_page: Callable[..., Any]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{LIST}-issue")
    day, algorithm, public_key = (
        page.get_by_label("Expiry date"),
        page.get_by_label("ES256"),
        page.get_by_label("Public key", exact=True),
    )
    visible = [day.is_visible(), algorithm.is_visible(), public_key.is_visible()]
    assert visible == [False, True, False]
    page.get_by_label("On a day of your choice").check()
    page.get_by_label("I'll upload my own public key").check()
    visible = [day.is_visible(), algorithm.is_visible(), public_key.is_visible()]
    assert visible == [True, False, True]


def test_a_key_is_rotated_and_both_keyfiles_work(open_page: Callable[..., Any]) -> None:
    page = open_page()
    issue(page)
    before = downloaded(page, "Download keyfile")
    page.goto(LIST)
    row = page.get_by_role("row").filter(has_text=before["client_id"])
    row.get_by_role("link", name="Rotate").click()
    page.get_by_role("button", name="Rotate service key").click()
    page.get_by_role("heading", name="Your new key pair").wait_for()
    after = downloaded(page, "Download keyfile")
    assert after["client_id"] == before["client_id"]
    for keyfile in (before, after):
        assert obtain_token(keyfile).status_code == 200
