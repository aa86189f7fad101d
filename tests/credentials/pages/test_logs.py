"""The usage log of a key."""

from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import urlsplit

import pytest
import time


DAY = 24 * 60 * 60


PAGE = "@@manage-service-keys-logs"


def test_an_unused_key_says_so(owner: Any, new_key: Any, read: Any) -> None:
    keyfile = new_key()
    text = read(owner.get(PAGE, id=keyfile["client_id"]))
    assert "It has not been used yet." in text


def test_every_token_has_an_entry(site: Any, owner: Any, new_key: Any) -> None:
    keyfile = new_key()
    site.token(keyfile)
    site.token(keyfile)
    html = owner.see(PAGE, id=keyfile["client_id"])
    rows = html.cssselect("#content .tokenauth-table tbody tr")
    assert len(rows) == 2
    text = " ".join(rows[0].text_content().split())
    assert "owner" in text
    assert "127.0.0.1" in text
    assert "python-requests/" in text


def test_the_log_of_a_revoked_key_stays_visible(
    site: Any, owner: Any, new_key: Any, read: Any
) -> None:
    keyfile = new_key()
    site.token(keyfile)
    site.context.storage["service_key"].mark_revoked(
        keyfile["client_id"], "owner", time.time()
    )
    site.commit()
    assert "python-requests/" in read(owner.get(PAGE, id=keyfile["client_id"]))


def test_a_user_agent_with_markup_is_escaped(
    site: Any, owner: Any, new_key: Any
) -> None:
    keyfile = new_key()
    site.request(
        "POST",
        "/@@oauth2-token",
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": site.grant(keyfile),
        },
        headers={"User-Agent": "<script>alert(1)</script>"},
    )
    response = owner.get(PAGE, id=keyfile["client_id"])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("start, rows", [(0, 50), (50, 3), (-7, 50), (10**30, 50)])
def test_a_long_log_has_several_pages(
    site: Any, owner: Any, new_key: Any, start: int, rows: int
) -> None:
    keyfile = new_key()
    add_entries(site, keyfile, 53)
    html = owner.see(PAGE, **{"id": keyfile["client_id"], "b_start:int": str(start)})
    assert len(html.cssselect("#content .tokenauth-table tbody tr")) == rows


def test_the_pages_are_linked(site: Any, owner: Any, new_key: Any) -> None:
    keyfile = new_key()
    add_entries(site, keyfile, 53)
    html = owner.see(PAGE, id=keyfile["client_id"])
    links = html.xpath("//ul[@class='pagination']//a/@href")
    assert any(
        f"?id={keyfile['client_id']}" in link and "b_start:int=50" in link
        for link in links
    )


def test_the_range_of_the_chart_is_a_link(site: Any, owner: Any, new_key: Any) -> None:
    """It can be bookmarked, and works without a script."""
    keyfile = new_key()
    key = site.service_key(keyfile)
    site.plugin.usage_log_retention = 90
    key.issued_at = time.time() - 60 * DAY
    add_entries(site, keyfile, 3)
    html = owner.see(PAGE, id=keyfile["client_id"])
    links = {link.text: link for link in html.cssselect("#usage-chart a")}
    assert list(links) == ["24 hours", "7 days", "30 days", "All that is kept"]
    assert links["All that is kept"].get("aria-current") == "true"
    assert len(html.cssselect(".tokenauth-bar")) > 50
    query = dict(parse_qsl(urlsplit(links["7 days"].get("href")).query))
    chosen = owner.see(PAGE, **query)
    assert len(chosen.cssselect(".tokenauth-bar")) == 7
    (current,) = chosen.cssselect("#usage-chart [aria-current]")
    assert current.text == "7 days"


def test_the_chart_of_hours_names_each(site: Any, owner: Any, new_key: Any) -> None:
    keyfile = new_key()
    add_entries(site, keyfile, 1)
    html = owner.see(PAGE, id=keyfile["client_id"], range="1")
    rows = html.cssselect(".tokenauth-numbers tbody tr")
    numbers = [row.findtext("td") for row in rows[:24]]
    assert sorted(set(numbers)) == ["0", "1"]
    assert ":00" in rows[0].findtext("th")


@pytest.mark.parametrize("chosen", ["0", "-1", "31", "x", "9" * 40])
def test_a_range_that_does_not_exist_is_all(
    site: Any, owner: Any, new_key: Any, chosen: str
) -> None:
    keyfile = new_key()
    add_entries(site, keyfile, 1)
    html = owner.see(PAGE, id=keyfile["client_id"], range=chosen)
    (current,) = html.cssselect("#usage-chart [aria-current]")
    assert current.text == "All that is kept"


def add_entries(site: Any, keyfile: dict[str, Any], count: int) -> None:
    from pas.plugins.tokenauth.storage.usagelog import UsageEntry

    now = time.time()
    for number in range(count):
        entry = UsageEntry(
            credential_id=keyfile["client_id"],
            time=now - number,
            subject="owner",
            address="192.0.2.7",
            user_agent="Importer/1.0",
        )
        site.context.storage["usage_log"].add(entry, number.to_bytes(8, "big"))
    site.commit()
