"""People who use a screen reader, a keyboard or a small screen can use every page."""

from axe import AXE
from collections.abc import Callable
from tests.credentials.pages.chromium import fits
from tests.credentials.pages.chromium import LIST
from tests.credentials.pages.chromium import unavailable
from tests.credentials.pages.chromium import WIDTHS
from tests.credentials.pages.pages import PAGES
from tests.credentials.pages.pages import TOKEN_PAGES
from typing import Any

import pytest


pytest_plugins = ["tests.credentials.pages.chromium", "tests.credentials.pages.pages"]
pytestmark = pytest.mark.browser

# Only our part of the page: around it, Barceloneta's contrast of links in breadcrumbs
# and footer, and the names of links in the toolbar, are serious violations of Plone's.
CHECK = """axe.run({include: "#content"}, {resultTypes: ["violations"]})"""
INSERT = """
html => document.querySelector("#content").insertAdjacentHTML("beforeend", html)
"""
FOCUSED = "element => element === document.activeElement"
#: How wide and high something is that one can touch, in pixels (WCAG 2.5.8).
FINGER = 24
#: More than the links before the content of a page.
MANY = 100


@pytest.fixture(scope="module")
def violations() -> Callable[[Any], list[str]]:
    """Tells what axe-core finds serious or critical in the content of a page."""
    if not AXE.exists():
        unavailable(f"There is no {AXE}; scripts/axe.py fetches it.")
    axe = AXE.read_text(encoding="utf-8")

    def violations(page: Any) -> list[str]:
        # Not as an element of the page, which its Content-Security-Policy may refuse.
        page.evaluate(axe)
        found = page.evaluate(CHECK)["violations"]
        return [
            f"{violation['id']}: {violation['help']}\n    {node['html']}"
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    return violations


@pytest.mark.parametrize("screen", WIDTHS)
@pytest.mark.parametrize("name", [*PAGES, *TOKEN_PAGES])
def test_a_page_is_accessible(
    visit: Callable[..., Any],
    violations: Callable[[Any], list[str]],
    name: str,
    screen: str,
) -> None:
    page = visit(name, width=WIDTHS[screen])
    found = violations(page)
    assert not found, "\n".join(found)
    assert fits(page), "The page is wider than the screen."


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ('<img src="logo.svg">', "image-alt"),
        ("<button></button>", "button-name"),
        ('<p style="background: #fff; color: #ccc">Pale</p>', "color-contrast"),
    ],
)
def test_a_page_that_is_not_accessible_is_found(
    visit: Callable[..., Any],
    violations: Callable[[Any], list[str]],
    html: str,
    rule: str,
) -> None:
    page = visit("list")
    page.evaluate(INSERT, html)
    (found,) = violations(page)
    assert found.startswith(f"{rule}: ")
    assert html.partition(" ")[0] in found


@pytest.mark.parametrize("screen", WIDTHS)
@pytest.mark.parametrize("name", ["list", "edit", "settings", "issue token"])
def test_boxes_to_tick_are_large_enough_for_a_finger(
    visit: Callable[..., Any], name: str, screen: str
) -> None:
    page = visit(name, width=WIDTHS[screen])
    boxes = page.locator("#content :is([type=checkbox], [type=radio]):visible").all()
    sizes = [box.bounding_box() for box in boxes]
    assert sizes
    assert min(min(size["width"], size["height"]) for size in sizes) >= FINGER


@pytest.mark.parametrize("name", ["edit", "usage"])
def test_the_client_id_stays_on_one_line(
    visit: Callable[..., Any], client_id: str, name: str
) -> None:
    page = visit(name, width=WIDTHS["narrow"])
    shown = page.locator("code").get_by_text(client_id, exact=True)
    assert shown.evaluate("element => element.getClientRects().length") == 1
    assert shown.bounding_box()["height"] < 2 * FINGER


def test_the_message_leads_to_the_field_that_is_wrong(
    visit: Callable[..., Any],
) -> None:
    page = visit("issue, with errors")
    page.get_by_role("alert").get_by_role("link", name="Title").click()
    assert page.locator("#credential-title").evaluate(FOCUSED)


def test_a_key_is_issued_with_the_keyboard_alone(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(LIST)
    tab_to(page, page.get_by_role("link", name="Issue a service key"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Issue a service key").wait_for()
    tab_to(page, page.get_by_label("Title"))
    page.keyboard.type("From the keyboard")
    tab_to(page, page.get_by_role("button", name="Issue service key"))
    page.keyboard.press("Space")
    page.get_by_role("heading", name="Your new service key").wait_for()
    tab_to(page, page.get_by_role("link", name="go to the service keys"))
    page.keyboard.press("Enter")
    page.get_by_role("row").filter(has_text="From the keyboard").wait_for()


def test_a_button_beside_an_id_shows_its_focus(visit: Callable[..., Any]) -> None:
    """D2 (WCAG 2.4.7)."""
    page = visit("list")
    button = page.get_by_role("button", name="Copy").first
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert button.evaluate(FOCUSED)
    outline = "element => parseFloat(getComputedStyle(element).outlineWidth)"
    assert button.evaluate(outline) >= 1


def test_the_name_of_an_owner_stays_on_one_line(visit: Callable[..., Any]) -> None:
    """Names broke inside of the word."""
    page = visit("all keys")
    owner = page.get_by_role("table").get_by_role("link", name="demo").first
    owner.evaluate("element => element.textContent = 'maximilian'")
    assert owner.evaluate("element => element.getClientRects().length") == 1


def tab_to(page: Any, target: Any) -> None:
    """Press the tabulator until something has the focus."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if target.evaluate(FOCUSED):
            return
    pytest.fail(f"The tabulator does not lead to {target}.")
