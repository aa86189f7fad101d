"""The pages for personal access tokens in Chromium, wide and narrow."""

from pathlib import Path
from tests.credentials.pages.chromium import issue_token
from tests.credentials.pages.chromium import TOKENS
from tests.credentials.pages.chromium import WIDTHS
from typing import Any

import json
import pytest
import subprocess


pytest_plugins = ["tests.credentials.pages.chromium"]
pytestmark = pytest.mark.browser

MANY = 50
READ_CLIPBOARD = "navigator.clipboard.readText()"


@pytest.mark.parametrize("screen", WIDTHS)
def test_a_user_manages_a_token_from_issue_to_revocation(
    open_page: Any, screenshot: Any, tmp_path: Path, screen: str
) -> None:
    page = open_page(WIDTHS[screen], permissions=["clipboard-read", "clipboard-write"])
    page.goto(TOKENS)
    screenshot(page, "Personal access tokens", f"personal-access-tokens-start-{screen}")
    page.get_by_role("link", name="Issue a personal access token").click()
    page.get_by_label("Title").fill("Nightly report")
    screenshot(
        page, "Issue a personal access token", f"personal-access-tokens-issue-{screen}"
    )
    page.get_by_role("button", name="Issue personal access token").click()

    screenshot(
        page, "Your new personal access token", f"personal-access-token-{screen}"
    )
    page.get_by_role("button", name="Copy personal access token").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    token = page.evaluate(READ_CLIPBOARD)
    assert token.startswith("ptp_")
    assert page.content().count(token) == 1
    assert token not in page.locator("#content").inner_text()
    ask, curl = page.locator("pre").all_inner_texts()
    assert json.loads(run(ask, curl, token))["id"] == "demo"

    page.get_by_role("link", name="go to the personal access tokens").click()
    row = page.get_by_role("row").filter(has_text="Nightly report").first
    token_id = row.get_attribute("id")
    row = page.locator(f"#{token_id}")
    row.get_by_text("Read", exact=True).wait_for()
    reload_until_gone(page, row.get_by_text("Never used"))
    screenshot(page, "Personal access tokens", f"personal-access-tokens-{screen}")

    row.get_by_role("link", name="Edit").click()
    page.get_by_label("IP ranges").fill("192.0.2.0/24")
    screenshot(
        page, "Edit personal access token", f"personal-access-tokens-edit-{screen}"
    )
    page.get_by_role("button", name="Save").click()
    page.get_by_text("saved and in force").wait_for()
    assert json.loads(run(ask, curl, token))["error"] == "invalid_token"
    row.get_by_role("link", name="Edit").click()
    page.get_by_label("IP ranges").fill("")
    page.get_by_role("button", name="Save").click()
    assert json.loads(run(ask, curl, token))["id"] == "demo"

    row.get_by_role("link", name="Usage").click()
    page.get_by_role("cell").get_by_text("curl/").first.wait_for()
    screenshot(page, "Usage", f"personal-access-tokens-logs-{screen}")
    page.get_by_role("link", name="Back to my personal access tokens").click()

    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Revoke selected").click()
    screenshot(
        page, "Revoke personal access token?", f"personal-access-tokens-revoke-{screen}"
    )
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("link", name="Revoked").click()
    row.get_by_text("Revoked by demo").wait_for()
    assert json.loads(run(ask, curl, token))["error"] == "invalid_token"


def reload_until_gone(page: Any, text: Any) -> None:
    """Load a page again and again; uses are written after the answer to a request."""
    for _ in range(MANY):
        if not text.is_visible():
            return
        page.reload()
    pytest.fail("The text does not go away.")


def run(ask: str, command: str, token: str) -> str:
    """What a shell says after both commands, with the token pasted in between."""
    shell = subprocess.run(
        ["bash", "-c", f"{ask}\n{command}"],
        input=f"{token}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert shell.stderr == ""
    return shell.stdout


def test_reloading_and_going_back_do_not_show_the_token_again(
    open_page: Any,
) -> None:
    page = open_page()
    token = issue_token(page)
    page.reload()
    assert token not in page.content()
    token = issue_token(page)
    page.goto(TOKENS)
    page.go_back()
    assert page.url.endswith("-issue")
    assert token not in page.content()


def test_everything_works_without_javascript(open_page: Any) -> None:
    page = open_page(java_script_enabled=False)
    assert issue_token(page, "Without JavaScript").startswith("ptp_")
    assert not page.get_by_role(
        "button", name="Copy personal access token"
    ).is_visible()
    page.goto(TOKENS)
    row = page.get_by_role("row").filter(has_text="Without JavaScript")
    row.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Personal access tokens revoked: 1.").wait_for()


def test_a_token_is_issued_with_the_keyboard_alone(open_page: Any) -> None:
    page = open_page()
    page.goto(f"{TOKENS}-issue")
    page.get_by_label("Title").focus()
    page.keyboard.type("From the keyboard")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your new personal access token").wait_for()
