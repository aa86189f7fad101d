"""The list of keys: its order and its pages."""

from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import urlsplit

import lxml.html
import pytest
import time


LIST = "@@manage-service-keys"


def add_keys(site: Any, count: int) -> None:
    """Add keys to the owner without asking whether they may have so many."""
    pair = generate_key_pair("ES256", 0.0)
    for number in range(count):
        site.context.storage["service_key"].add(
            ServiceKey(
                f"svc-{number:03}",
                owner="owner",
                title=f"Key {number:03}",
                public_key=pair.public_key,
                issued_at=1000000000.0 + number,
            )
        )
    site.commit()


@pytest.fixture
def three(site: Any, owner: Any, new_key: Any) -> None:
    """Three keys, in another order by each column."""
    now = time.time()
    used = new_key(title="b", expires_at=now + 1_000_000)
    new_key(title="C", expires_at=now + 2_000_000)
    new_key(title="a")
    site.token(used)


@pytest.mark.parametrize(
    "query, titles",
    [
        ({}, "aCb"),
        ({"sort": "issued"}, "aCb"),
        ({"sort": "issued", "order": "ascending"}, "bCa"),
        ({"sort": "title"}, "abC"),
        ({"sort": "title", "order": "descending"}, "Cba"),
        ({"sort": "expires"}, "bCa"),
        ({"sort": "expires", "order": "descending"}, "aCb"),
    ],
)
def test_keys_are_sorted_as_asked(
    owner: Any, three: None, query: dict[str, str], titles: str
) -> None:
    assert "".join(shown(owner.see(LIST, **query))) == titles


def test_the_key_that_was_used_last_comes_first(owner: Any, three: None) -> None:
    assert shown(owner.see(LIST, sort="last_used"))[0] == "b"


@pytest.mark.parametrize(
    "query", [{"sort": "secret"}, {"sort": ["title", "x"]}, {"order": "up"}]
)
def test_an_unknown_order_is_ignored(
    owner: Any, three: None, query: dict[str, Any]
) -> None:
    assert "".join(shown(owner.see(LIST, **query))) == "aCb"


def test_the_header_tells_and_reverses_the_order(owner: Any, three: None) -> None:
    html = owner.see(LIST)
    assert sorted_by(html) == [("Issued", "descending")]
    html = owner.see(link(html, "Title"))
    assert sorted_by(html) == [("Title", "ascending")]
    html = owner.see(link(html, "Title"))
    assert sorted_by(html) == [("Title", "descending")]
    assert "".join(shown(html)) == "Cba"


def test_fifty_keys_are_on_one_page(site: Any, owner: Any) -> None:
    add_keys(site, 50)
    html = owner.see(LIST)
    assert len(shown(html)) == 50
    assert not html.cssselect("#content .pagination")


def test_more_keys_have_pages_that_keep_the_order(site: Any, owner: Any) -> None:
    add_keys(site, 53)
    html = owner.see(LIST, sort="title", order="descending")
    assert shown(html)[0] == "Key 052"
    (following,) = html.xpath("//*[contains(@class, 'next')]/a/@href")
    html = owner.see(following.removeprefix(f"{site.url}/"))
    assert shown(html) == ["Key 002", "Key 001", "Key 000"]
    assert sorted_by(html) == [("Title", "descending")]


def test_the_links_to_other_pages_say_what_is_looked_for_and_no_more(
    site: Any, owner: Any
) -> None:
    """Zope makes a string of a byte that is none, which fits into no URL. TE-19."""
    add_keys(site, 53)
    html = owner.see(f"{LIST}?sort=title&search=Key&x=%ED%A0%80&y.z:record=%ED%A0%80")
    (following,) = html.xpath("//*[contains(@class, 'next')]/a/@href")
    query = dict(parse_qsl(urlsplit(following).query))
    assert query == {"sort": "title", "search": "Key", "b_start:int": "50"}
    assert shown(owner.see(following.removeprefix(f"{site.url}/")))[0] == "Key 050"


@pytest.mark.parametrize("start", ["-7", "53", str(10**30), "x"])
def test_a_page_that_does_not_exist_is_the_first(
    site: Any, owner: Any, start: str
) -> None:
    add_keys(site, 53)
    html = owner.see(LIST, b_start=start)
    assert shown(html)[0] == "Key 052"


def shown(html: lxml.html.HtmlElement) -> list[str]:
    """The titles in the list, in its order."""
    titles = html.cssselect("#content tbody .tokenauth-title")
    return [title.text_content() for title in titles]


def sorted_by(html: lxml.html.HtmlElement) -> list[tuple[str, str]]:
    return [
        (header.text_content().strip(), header.get("aria-sort"))
        for header in html.xpath("//th[@aria-sort]")
    ]


def link(html: lxml.html.HtmlElement, title: str) -> str:
    """Where the header of a column leads, below the site."""
    (url,) = html.xpath(f"//thead//a[text()='{title}']/@href")
    return LIST + url.partition(LIST)[2]
