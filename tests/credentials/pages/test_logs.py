"""The usage log of a key."""

from typing import Any

import pytest
import time


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
