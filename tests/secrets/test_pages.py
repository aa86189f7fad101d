"""The pages that show a secret cannot be kept, framed or shown again."""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from tests.credentials.pages.conftest import Visitor
from typing import Any

import lxml.html
import pytest
import requests
import time


KEY = "PRIVATE KEY"
TOKEN = "ptp_"
PANEL = "@@tokenauth-controlpanel"


@dataclass(frozen=True)
class Shown:
    """A page that shows a secret.

    :param page: the page with the form that leads to it
    :param query: of that page
    :param mark: what is in every secret of its kind
    """

    visitor: Visitor
    page: str
    query: dict[str, str]
    form: dict[str, Any]
    mark: str
    answer: requests.Response


@pytest.fixture(
    params=[
        ("@@manage-service-keys-issue", KEY),
        ("@@manage-service-keys-rotate", KEY),
        ("@@manage-personal-access-tokens-issue", TOKEN),
        (f"{PANEL}-issue", KEY),
        (f"{PANEL}-rotate", KEY),
    ],
    ids=lambda param: param[0],
)
def shown(site: Any, request: pytest.FixtureRequest) -> Shown:
    page, mark = request.param
    site.add_user("owner", "Manager")
    visitor = Visitor(site, "owner")
    query = {}
    if page.endswith("-rotate"):
        query["id"] = site.issue(algorithm="ES256")["client_id"]
    if page == f"{PANEL}-issue":
        query["owner"] = "owner"
    form = visitor.form(page, **query)
    form["title"] = "A title"
    if mark == KEY:
        form["algorithm"] = "ES256"
    if "owner" in form:
        form["owner"] = "owner"
    answer = visitor.submit(page, form)
    assert mark in answer.text
    return Shown(visitor, page, query, form, mark, answer)


def test_no_cache_and_no_history_keeps_the_page(shown: Shown) -> None:
    """Browsers keep no page with ``no-store`` for *Back* either."""
    headers = shown.answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Pragma"] == "no-cache"
    assert "ETag" not in headers
    assert "Last-Modified" not in headers
    expires = headers.get("Expires", "Thu, 1 Jan 1970 00:00:00 GMT")
    assert parsedate_to_datetime(expires).timestamp() < time.time()


def test_no_page_frames_the_page(shown: Shown) -> None:
    """Not even one of the same site, which could read it."""
    assert shown.answer.headers["X-Frame-Options"] == "DENY"
    policy = shown.answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


def test_the_page_has_no_url_of_its_own(shown: Shown) -> None:
    """Visiting the same URL again shows the form, or leads to the list."""
    assert "Location" not in shown.answer.headers
    assert shown.mark not in shown.visitor.get(shown.page, **shown.query).text
    for page in ("@@manage-service-keys", "@@manage-personal-access-tokens", PANEL):
        assert shown.mark not in shown.visitor.get(page).text


def test_sending_the_form_again_does_not_show_the_secret_again(shown: Shown) -> None:
    secret = secret_of(shown.answer)
    again = shown.visitor.submit(shown.page, shown.form)
    assert secret not in again.text


def test_the_page_asks_nothing_of_other_servers(shown: Shown) -> None:
    """What is loaded from elsewhere could read the page, or learn its address."""
    html = lxml.html.fromstring(shown.answer.text)
    loaded = html.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src")
    site = shown.visitor.site.url
    assert loaded
    assert [url for url in loaded if not url.startswith((site, "/"))] == []


def secret_of(answer: requests.Response) -> str:
    html = lxml.html.fromstring(answer.text)
    (value,) = html.xpath(
        "//textarea/text() | //input[@id='personal-access-token']/@value"
    )
    return str(value).strip()
