"""Chromium, a running site with Plone's own theme, and what a user does there.

A test module takes the fixtures by `pytest_plugins`.
"""

from collections.abc import Callable
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from instance import running_instance
from instance import SITE_USER
from pathlib import Path
from typing import Any

import json
import jwt
import os
import pytest
import requests
import time


CHROMIUM = "/usr/bin/chromium"
LIST = "@@manage-service-keys"
TOKENS = "@@manage-personal-access-tokens"
WIDTHS = {"wide": 1280, "narrow": 375}
USER_AGENT = "Warehouse-Importer/2.1 (nightly) python-requests/2.32"


# -- the browser and the site ------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    if find_spec("playwright") is None:
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
    with running_instance("browser-test") as instance:
        yield instance


@pytest.fixture(scope="module")
def cookies(chromium: Any, instance: Any) -> Callable[[tuple[str, str]], Any]:
    """Logs a user in, once, and gives what the browser keeps of that."""

    @cache
    def cookies(user: tuple[str, str]) -> Any:
        context = chromium.new_context(base_url=f"{instance.url}/")
        page = context.new_page()
        page.goto("login")
        name, password = user
        page.fill("#__ac_name", name)
        page.fill("#__ac_password", password)
        page.click("#buttons-login")
        page.wait_for_selector("#user-name, #personaltools-logout, .plone-toolbar-main")
        state = context.storage_state()
        context.close()
        return state

    return cookies


@pytest.fixture
def open_page(
    chromium: Any, instance: Any, cookies: Callable[..., Any]
) -> Iterator[Callable[..., Any]]:
    """Opens an empty page for a user who has logged in."""
    contexts = []

    def open_page(
        width: int = WIDTHS["wide"], user: Any = SITE_USER, **options: Any
    ) -> Any:
        context = chromium.new_context(
            base_url=f"{instance.url}/",
            storage_state=cookies(user),
            viewport={"width": width, "height": 800},
            **options,
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def screenshot(tmp_path: Path) -> Callable[[Any, str, str], None]:
    """Waits for a page, checks that it fits the screen, and takes a picture of it."""

    def screenshot(page: Any, heading: str, name: str) -> None:
        page.get_by_role("heading", name=heading, level=1).wait_for()
        page.evaluate("document.activeElement.blur()")
        assert fits(page), f"{name} is wider than the screen"
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    return screenshot


# -- what people and programs do ---------------------------------------------


def issue(page: Any, title: str = "A key") -> None:
    """Issue a key that takes no time to make."""
    page.goto(f"{LIST}-issue")
    page.get_by_label("Title").fill(title)
    page.get_by_label("ES256").check()
    page.get_by_role("button", name="Issue service key").click()
    page.get_by_role("heading", name="Your new service key").wait_for()


def issue_token(page: Any, title: str = "A token") -> str:
    """Issue a personal access token; what the page shows once."""
    page.goto(f"{TOKENS}-issue")
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Issue personal access token").click()
    page.get_by_role("heading", name="Your new personal access token").wait_for()
    return page.get_by_label("Personal access token").input_value()


def revoke(page: Any, client_id: str) -> None:
    """Revoke a key and confirm it."""
    ask_to_revoke(page, client_id)
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Service keys revoked: 1.").wait_for()


def ask_to_revoke(page: Any, client_id: str) -> None:
    """Select a key in the list and go on to the question."""
    page.goto(LIST)
    page.locator(f"#select-{client_id}").check()
    page.get_by_role("button", name="Revoke selected").click()
    page.get_by_role("heading", name="Revoke service key?").wait_for()


def downloaded(page: Any, link: str) -> dict[str, Any]:
    """The document behind a link that downloads."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link, exact=True).click()
    keyfile: dict[str, Any] = json.loads(Path(download.value.path()).read_text())
    assert download.value.suggested_filename == f"{keyfile['client_id']}.json"
    return keyfile


def fits(page: Any) -> bool:
    """Whether nothing makes the page wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


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
        headers={"User-Agent": USER_AGENT},
        timeout=30,
    )
