"""A strict Content-Security-Policy finds nothing to refuse in what is ours."""

from collections.abc import Callable
from collections.abc import Iterator
from lxml import etree
from pathlib import Path
from tests.credentials.pages.pages import PAGES
from tests.credentials.pages.pages import TOKEN_PAGES
from typing import Any

import pytest
import re


pytest_plugins = ["tests.credentials.pages.chromium", "tests.credentials.pages.pages"]

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "src").rglob("*.pt"))

TAL = "http://xml.zope.org/namespaces/tal"
# FrontChannelView makes it anew for each response, and its policy allows nothing else.
NONCE = (["nonce", "view/nonce"], ["nonce", "view/nonce;"])

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
# Around our pages only Plone's scripts break it: one adds a style element.
WATCH = """
window.refusals = [];
document.addEventListener("securitypolicyviolation", function (event) {
  const {blockedURI, effectiveDirective, sourceFile, target} = event;
  if (!sourceFile.includes("++plone++static")) {
    refusals.push(`${effectiveDirective} refuses ${blockedURI}: ${target.outerHTML}`);
  }
});
"""
INSERT = """
html => new Promise(done => {
  document.addEventListener("securitypolicyviolation", () => done(), {once: true});
  document.querySelector("#content").insertAdjacentHTML("beforeend", html);
})
"""


# -- in Chromium -------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("name", [*PAGES, *TOKEN_PAGES])
def test_a_page_complies_with_a_strict_policy(
    visit: Callable[..., Any], name: str
) -> None:
    page = visit(name, be_strict)
    assert page.evaluate("refusals") == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "directive"),
    [
        ('<p style="color: red"></p>', "style-src-attr"),
        ("<style>p {color: red}</style>", "style-src-elem"),
        ('<button onclick="alert()"></button>', "script-src-attr"),
        ('<img src="http://192.0.2.1/logo.svg">', "img-src"),
    ],
)
def test_a_page_that_does_not_comply_is_found(
    visit: Callable[..., Any], html: str, directive: str
) -> None:
    page = visit("list", be_strict)
    page.evaluate(INSERT, html)
    (refusal,) = page.evaluate("refusals")
    assert refusal.startswith(f"{directive} refuses ")


def be_strict(page: Any) -> None:
    """Have every document of the site come with the policy."""
    page.add_init_script(WATCH)
    page.route("**", add_policy)


def add_policy(route: Any) -> None:
    if route.request.resource_type != "document":
        route.continue_()
        return
    response = route.fetch(max_redirects=0)
    headers = {**response.headers, "content-security-policy": POLICY}
    route.fulfill(response=response, headers=headers)


# -- in the templates --------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_neither_scripts_nor_styles(path: Path) -> None:
    assert list(inline_code(path.read_bytes())) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert()</script>",
        "<style>p {color: red}</style>",
        '<p style="color: red"></p>',
        '<p tal:attributes="title here/title; style here/style"></p>',
        '<p onclick="alert()"></p>',
        '<p tal:attributes="onclick here/code"></p>',
        '<a href="javascript:alert()"></a>',
    ],
)
def test_a_script_or_style_in_a_template_is_found(html: str) -> None:
    assert len(list(inline_code(template_of(html)))) == 1


@pytest.mark.parametrize("tag", ["script", "style"])
def test_only_the_nonce_of_its_page_allows_a_script_or_style(tag: str) -> None:
    allowed = f'<{tag} tal:attributes="nonce view/nonce;">p</{tag}>'
    assert list(inline_code(template_of(allowed))) == []
    for other in ('nonce="1"', 'tal:attributes="nonce string:1"'):
        assert list(inline_code(template_of(f"<{tag} {other}>p</{tag}>"))) == [
            f"<{tag}>"
        ]


def template_of(html: str) -> bytes:
    """A template with that in it."""
    xhtml = 'xmlns="http://www.w3.org/1999/xhtml"'
    return f'<html {xhtml} xmlns:tal="{TAL}">{html}</html>'.encode()


def inline_code(template: bytes) -> Iterator[str]:
    """The tags that hold, or may come to hold, code or styles."""
    for element in etree.fromstring(template).iter("{http://www.w3.org/1999/xhtml}*"):
        tag = etree.QName(element).localname
        is_inline = tag == "style" or (tag == "script" and "src" not in element.attrib)
        if is_inline and not has_nonce(element):
            yield f"<{tag}>"
        for name, value in element.attrib.items():
            if is_code(etree.QName(name).localname, value):
                yield f'<{tag} {name}="{value}">'


def has_nonce(element: Any) -> bool:
    """Whether it has the nonce of a page that comes with a policy of its own."""
    return element.get(f"{{{TAL}}}attributes", "").split() in NONCE


def is_code(name: str, value: str) -> bool:
    if name == "attributes":
        names = re.findall(r"(?:^|;)\s*([\w:-]+)", value)
        return any(is_code(name, "") for name in names)
    return (
        name == "style"
        or name.startswith("on")
        or value.strip().lower().startswith("javascript:")
    )
