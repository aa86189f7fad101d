"""The list of the keys of everybody."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.credentials.pages.table import STATE_TITLES
from pas.plugins.tokenauth.credentials.search import STATES
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage.writer import log_use
from pas.plugins.tokenauth.usage.writer import note_last_use
from tests.credentials.pages.conftest import text_of
from typing import Any

import csv
import io
import pytest
import time


PANEL = "@@tokenauth-controlpanel"
DAY = 24 * 60 * 60


@pytest.fixture
def keep(site: Any) -> Callable[..., ServiceKey]:
    """Keeps a key, as if it had been issued some days ago."""
    now = time.time()

    def keep(
        client_id: str,
        owner: str = "owner",
        days_ago: float = 1,
        used_days_ago: float | None = None,
        **attributes: Any,
    ) -> ServiceKey:
        issued_at = now - days_ago * DAY
        in_days = attributes.pop("in_days", None)
        key = ServiceKey(
            client_id,
            owner=owner,
            title=attributes.pop("title", client_id),
            public_key=PublicKey("kid", "EdDSA", "pem", issued_at),
            issued_at=issued_at,
            expires_at=None if in_days is None else now + in_days * DAY,
            **attributes,
        )
        server = site.context
        server.storage["service_key"].add(key)
        if used_days_ago is not None:
            use = UsageEntry(
                credential_id=client_id,
                time=now - used_days_ago * DAY,
                subject=owner,
                address="192.0.2.1",
                user_agent="",
            )
            log_use(server.settings, server.storage, key, use, b"123")
            note_last_use(server.settings, key, use)
        return key

    return keep


def test_the_keys_of_everybody_are_there(
    site: Any, administrator: Any, new_key: Any
) -> None:
    site.add_user("other", "Manager")
    new_key(title="Of the owner")
    new_key("other", title="Of another user")
    html = administrator.see(PANEL)
    owners = {
        text_of(row.cssselect(".tokenauth-title")[0]): text_of(
            row.cssselect("td[data-label=Owner]")[0]
        )
        for row in html.cssselect("tbody tr")
    }
    assert owners == {"Of the owner": "owner", "Of another user": "other"}


def test_the_name_of_the_owner_is_there(
    site: Any, administrator: Any, new_key: Any
) -> None:
    new_key()
    member = site.portal.portal_membership.getMemberById("owner")
    member.setMemberProperties({"fullname": "Olga <b>Owner</b>"})
    site.commit()
    html = administrator.see(PANEL)
    (cell,) = html.cssselect("td[data-label=Owner]")
    assert text_of(cell) == "owner Olga <b>Owner</b>"


def test_the_key_of_a_user_who_is_gone_is_there(
    site: Any, administrator: Any, keep: Any
) -> None:
    keep("svc-1", owner="gone").orphaned_at = time.time()
    site.commit()
    html = administrator.see(PANEL, ended="true")
    (cell,) = html.cssselect("td[data-label=Owner]")
    assert text_of(cell) == "gone"
    assert "Owner gone" in text_of(html.cssselect("tbody th")[0])


def test_a_site_without_keys_has_none(administrator: Any) -> None:
    html = administrator.see(PANEL)
    assert html.get_element_by_id("credentials-number").text == "0"
    assert not html.cssselect("table")


# -- searching ---------------------------------------------------------------


@pytest.fixture
def keys(site: Any, keep: Any) -> None:
    """One key in every state."""
    keep("svc-active", title="Élan", name="nightly", used_days_ago=0)
    keep("svc-expiring", owner="Boss", in_days=3, used_days_ago=1)
    keep("svc-unused", days_ago=200, used_days_ago=150)
    keep("svc-expired", in_days=-1)
    keep("svc-revoked")
    keep("svc-orphaned", owner="gone").orphaned_at = time.time()
    site.context.storage["service_key"].mark_revoked("svc-revoked", "boss", time.time())
    site.commit()


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("élan", {"Élan"}),
        (" NIGHT ", {"Élan"}),
        ("boss", {"svc-expiring"}),
        ("svc-expir", {"svc-expiring", "svc-expired"}),
        ("svc-active", {"Élan"}),
        ("nobody", set()),
        ("%", set()),
    ],
)
def test_keys_are_found_by_text(
    administrator: Any, keys: None, text: str, titles: set[str]
) -> None:
    assert set(administrator.titles(search=text)) == titles


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("active", {"Élan", "svc-expiring", "svc-unused"}),
        ("expiring", {"svc-expiring"}),
        ("unused", {"svc-unused"}),
        ("expired", {"svc-expired"}),
        ("revoked", {"svc-revoked"}),
        ("orphaned", {"svc-orphaned"}),
    ],
)
def test_keys_are_found_by_state(
    administrator: Any, keys: None, state: str, titles: set[str]
) -> None:
    assert set(administrator.titles(state=state)) == titles


def test_text_and_state_go_together(administrator: Any, keys: None) -> None:
    assert administrator.titles(search="boss", state="active") == ["svc-expiring"]
    assert administrator.titles(search="boss", state="revoked") == []


def test_counters_say_how_many_are_in_each_state_and_lead_there(
    administrator: Any, keys: None
) -> None:
    """For an auditor. What there is none of is not listed."""
    counters = administrator.see(PANEL).cssselect(".tokenauth-counters a")
    assert [text_of(each) for each in counters] == [
        "Active 3",
        "Expiring within 14 days 1",
        "Unused for 90 days 1",
        "Never expires 2",
        "Usable from anywhere 3",
        "Expired 1",
        "Revoked 1",
        "Owner gone 1",
    ]
    for counter in counters:
        page = administrator.see(counter.get("href").rpartition("/")[2])
        number = text_of(counter).rpartition(" ")[2]
        assert page.get_element_by_id("credentials-number").text == number
        (chosen,) = page.cssselect(".tokenauth-counters a[aria-current]")
        assert text_of(chosen) == text_of(counter)
        assert chosen.get("href").endswith(PANEL)


def test_every_state_has_a_name_for_people() -> None:
    assert list(STATE_TITLES) == list(STATES)


def test_what_has_ended_is_shown_by_a_switch(administrator: Any, keys: None) -> None:
    """It is hidden otherwise."""
    ended = {"svc-revoked", "svc-orphaned"}
    assert not ended & set(administrator.titles())
    assert ended < set(administrator.titles(ended="true"))
    html = administrator.see(PANEL, ended="true")
    form = dict(html.cssselect("#content form[role=search]")[0].form_values())
    assert form["ended"] == "true"


def test_keys_are_found_by_owner_and_scope(administrator: Any, keys: None) -> None:
    assert administrator.titles(owner="Boss") == ["svc-expiring"]
    assert administrator.titles(scope="plone.read", owner="Boss") == ["svc-expiring"]
    assert administrator.titles(scope="plone.admin") == []
    html = administrator.see(PANEL)
    (url,) = html.xpath("//td[@data-label='Owner']/a[. = 'Boss']/@href")
    page = administrator.see(url.rpartition("/")[2])
    assert [text_of(each) for each in page.cssselect(".tokenauth-title")] == [
        "svc-expiring"
    ]


def test_the_title_leads_to_what_can_be_changed_or_seen(
    administrator: Any, keys: None
) -> None:
    """A key that has ended has no form any more."""
    html = administrator.see(PANEL, ended="true")
    pages = {
        text_of(link): link.get("href").partition(f"{PANEL}-")[2].partition("?")[0]
        for link in html.cssselect("a.tokenauth-title")
    }
    assert pages["Élan"] == pages["svc-expired"] == "edit"
    assert pages["svc-revoked"] == pages["svc-orphaned"] == "logs"


def test_the_list_is_a_file_as_it_is_filtered_and_sorted(
    administrator: Any, keys: None
) -> None:
    html = administrator.see(PANEL, state="active", sort="title", order="descending")
    (url,) = html.xpath("//a[normalize-space() = 'Download as CSV']/@href")
    response = administrator.get(url.rpartition("/")[2])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["title"] for row in rows] == ["Élan", "svc-unused", "svc-expiring"]
    assert {name: rows[2][name] for name in ("kind", "id", "owner", "state")} == {
        "kind": "service_key",
        "id": "svc-expiring",
        "owner": "Boss",
        "state": "expiring",
    }
    assert rows[1]["expires"] == "" and rows[2]["expires"] > rows[2]["last_used"]


def test_the_query_stays_in_the_form(administrator: Any) -> None:
    html = administrator.see(PANEL, search='"><b>', sort="owner", order="descending")
    form = dict(html.cssselect("#content form[role=search]")[0].form_values())
    assert form["search"] == '"><b>'
    assert (form["sort"], form["order"]) == ("owner", "descending")


@pytest.mark.parametrize(
    "query",
    [
        {"state": "unknown"},
        {"state": ["active", "revoked"]},
        {"sort": "_p_oid"},
        {"sort": "title", "order": "sideways"},
        {"search": b"\xff"},
        {"search:int": "7"},
        {"search.a:record": "7"},
        {"b_start": "50"},
        {"b_start:int": "-50"},
        {"b_start:int": "5000"},
    ],
)
def test_a_query_that_makes_no_sense_does_no_harm(
    administrator: Any, keys: None, query: dict[str, Any]
) -> None:
    assert administrator.get(PANEL, **query).status_code == 200


# -- sorting and paging ------------------------------------------------------


def test_the_newest_key_is_the_first(site: Any, administrator: Any, keep: Any) -> None:
    for days in (2, 1, 3):
        keep(f"svc-{days}", days_ago=days)
    site.commit()
    assert administrator.titles() == ["svc-1", "svc-2", "svc-3"]


@pytest.mark.parametrize("order", ["title", "owner", "issued", "expires", "last_used"])
def test_every_order_can_be_turned_round(
    site: Any, administrator: Any, keep: Any, order: str
) -> None:
    keep("svc-b", owner="b", days_ago=2, in_days=2, used_days_ago=1)
    keep("svc-c", owner="c", days_ago=1, in_days=3, used_days_ago=0)
    keep("svc-a", owner="a", days_ago=3, in_days=1, used_days_ago=2)
    site.commit()
    titles = ["svc-a", "svc-b", "svc-c"]
    assert administrator.titles(sort=order, order="ascending") == titles
    assert administrator.titles(sort=order, order="descending") == titles[::-1]


def test_a_header_sorts_what_was_found(
    site: Any, administrator: Any, keep: Any
) -> None:
    for name in ("a1", "b", "a2"):
        keep(f"svc-{name}")
    site.commit()
    html = administrator.see(PANEL, search="svc-a", state="active")
    (url,) = html.xpath("//thead//a[normalize-space() = 'Title']/@href")
    html = administrator.see(url.rpartition("/")[2])
    titles = [text_of(title) for title in html.cssselect(".tokenauth-title")]
    assert titles == ["svc-a1", "svc-a2"]
    (header,) = html.cssselect("th[aria-sort]")
    assert header.get("aria-sort") == "ascending"


def test_fifty_keys_are_a_page(site: Any, administrator: Any, keep: Any) -> None:
    for number in range(120):
        keep(f"svc-{number:03d}", days_ago=number + 1)
    site.commit()
    html = administrator.see(PANEL, state="active")
    assert html.get_element_by_id("credentials-number").text == "120"
    assert len(html.cssselect("tbody tr")) == 50
    (last,) = html.xpath("//ul[@class='pagination']//a[normalize-space() = '3']/@href")
    titles = [
        text_of(title)
        for title in administrator.see(last.rpartition("/")[2]).cssselect(
            ".tokenauth-title"
        )
    ]
    assert titles == [f"svc-{number:03d}" for number in range(100, 120)]


# -- what can be done --------------------------------------------------------


def actions(visitor: Any, title: str, **query: str) -> set[str]:
    """What the list offers for a key, by the names of the pages."""
    html = visitor.see(PANEL, **query)
    (row,) = html.xpath(f"//tr[contains(., '{title}')][@id]")
    urls = row.xpath(".//*[contains(@class, 'tokenauth-actions')]//a/@href")
    return {url.partition(f"{PANEL}-")[2].partition("?")[0] for url in urls}


def test_an_administrator_may_tighten_and_revoke(
    administrator: Any, new_key: Any
) -> None:
    new_key(title="Nightly import")
    assert actions(administrator, "Nightly import") == {
        "disable",
        "edit",
        "logs",
        "revoke",
    }


def test_a_user_who_issues_keys_for_others_may_rotate(
    manager: Any, new_key: Any
) -> None:
    new_key(title="Nightly import")
    offered = {"disable", "edit", "logs", "revoke", "rotate", "transfer"}
    assert actions(manager, "Nightly import") == offered


def test_a_key_of_ones_own_may_be_rotated(administrator: Any, new_key: Any) -> None:
    new_key("administrator", title="Mine")
    assert "rotate" in actions(administrator, "Mine")


def test_a_revoked_key_may_be_looked_at(
    site: Any, administrator: Any, new_key: Any
) -> None:
    client_id = new_key(title="Nightly import")["client_id"]
    site.context.storage["service_key"].mark_revoked(client_id, "boss", time.time())
    site.commit()
    assert actions(administrator, "Nightly import", ended="true") == {"logs"}


def test_issuing_for_others_is_offered_to_who_may(
    administrator: Any, manager: Any
) -> None:
    assert f"{PANEL}-issue" not in administrator.get(PANEL).text
    assert f"{PANEL}-issue" in manager.get(PANEL).text


def test_those_of_one_person_are_in_a_section_for_each_kind(
    site: Any, manager: Any, new_key: Any, new_token: Any
) -> None:
    for number in range(2):
        new_key(title=f"Key {number}")
        new_token(title=f"Token {number}")
    html = manager.see(PANEL, owner="owner", sort="title", order="ascending")
    sections = [text_of(each) for each in html.cssselect("th[scope=rowgroup]")]
    assert sections == ["Service keys", "Personal access tokens"]
    titles = [text_of(each) for each in html.cssselect(".tokenauth-title")]
    assert titles == ["Key 0", "Key 1", "Token 0", "Token 1"]
    (head,) = html.cssselect(".tokenauth-sortable thead tr")
    for each in html.cssselect("th[scope=rowgroup]"):
        assert int(each.get("colspan")) == len(head)
    html = manager.see(PANEL, sort="title", order="ascending")
    assert html.cssselect("th[scope=rowgroup]") == []
