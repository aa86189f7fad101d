"""The page for devices in Chromium: with scripts and without, and by keyboard."""

from axe import AXE
from collections.abc import Iterator
from tests.credentials.pages.chromium import unavailable
from tests.delegation.test_chromium import CHECK
from tests.device.conftest import Device
from tests.plone_fixtures import PASSWORD
from typing import Any

import pytest


pytest_plugins = ["tests.credentials.pages.chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(
    site: Any, chromium: Any, device: Device, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """Opens the URL on which alice is to enter a code, and logs her in."""
    site.add_user("alice")
    contexts = []

    def open_page(url: str, **options: Any) -> Any:
        context = chromium.new_context(**options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        page.fill("#__ac_name", "alice")
        page.fill("#__ac_password", PASSWORD)
        page.click("#buttons-login")
        page.get_by_role("heading", name="Connect a device").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page: Any) -> list[str]:
    if not AXE.exists():
        unavailable(f"There is no {AXE}; scripts/axe.py fetches it.")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(CHECK)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_enters_a_code_and_the_device_goes_on(
    device: Device, open_page: Any, scripts: bool
) -> None:
    """Conformance: DG-02, DG-04, DG-07."""
    codes = device.codes()
    page = open_page(codes["verification_uri"], java_script_enabled=scripts)
    page.fill("#user_code", codes["user_code"].lower().replace("-", " "))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Allow Wonder <App> to act for you?").wait_for()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("heading", name="The device can go on").wait_for()
    assert device.poll(codes["device_code"]).json()["access_token"]


@pytest.mark.parametrize("width", [1280, 375])
def test_the_pages_of_a_device_are_accessible(
    device: Device, open_page: Any, width: int
) -> None:
    """Conformance: DG-04, DG-16, CO-15: each on the way, also with what was wrong; the
    code that is in the URL stands in the field, and nothing happens by itself."""
    codes = device.codes()
    viewport = {"width": width, "height": 800}
    page = open_page(codes["verification_uri_complete"], viewport=viewport)
    assert page.input_value("#user_code") == codes["user_code"]
    fits = "document.documentElement.scrollWidth <= innerWidth"

    def check() -> None:
        assert violations(page) == []
        assert page.evaluate(fits)

    check()
    page.fill("#user_code", "BBBB-BBBB")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    check()
    page.fill("#user_code", codes["user_code"])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Allow").wait_for()
    check()
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("heading", name="The device gets no access").wait_for()
    check()
