"""The activity of all credentials: page, file and REST service, and refusals."""

from pas.plugins.tokenauth.credentials.maintenance import purge
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.recorder import recorder
from pas.plugins.tokenauth.usage.refusals import UNKNOWN
from pas.plugins.tokenauth.usage.writer import MAX_REFUSALS
from tests.credentials.pages.conftest import text_of
from typing import Any

import csv
import io
import pytest
import requests
import time


PAGE = "@@tokenauth-controlpanel-activity"
REST = "/@tokenauth-activity"
PASSWORD = "correct-horse-battery-1"


def rest(site: Any, user_id: str, **query: Any) -> requests.Response:
    return requests.get(
        f"{site.url}{REST}",
        params=query,
        auth=(user_id, PASSWORD),
        headers={"Accept": "application/json"},
        timeout=30,
    )


@pytest.fixture
def keyfile(site: Any, administrator: Any, new_key: Any) -> Any:
    """A key that obtained a token, was revoked, and was tried again."""
    keyfile = new_key(title="Nightly import")
    site.token(keyfile)
    site.sync()
    storage = site.context.storage["service_key"]
    storage.mark_revoked(keyfile["client_id"], "admin", time.time())
    site.commit()
    for _ in range(3):
        assert site.exchange(site.grant(keyfile)).status_code == 400
    recorder.flush(everything=True)
    site.sync()
    return keyfile


def rows(html: Any) -> list[dict[str, str]]:
    return [
        {
            "time": text_of(row.xpath("./th")[0]),
            **{cell.get("data-label"): text_of(cell) for cell in row.xpath("./td")},
        }
        for row in html.cssselect("#content-core tbody tr")
    ]


def test_uses_and_refusals_stand_below_each_other(
    administrator: Any, keyfile: Any
) -> None:
    """Refusals too, with their reason and how many there were."""
    refused, used = rows(administrator.see(PAGE))
    assert refused["Outcome"] == "Refused credential has ended"
    assert refused["Number"] == "3"
    assert used["Outcome"] == "Used"
    for row in (refused, used):
        assert keyfile["client_id"] in row["Credential"]
        assert "Nightly import" in row["Credential"]
        assert row["Owner"] == "owner"
        assert row["Client address"] == "127.0.0.1"
        # With seconds.
        assert row["time"].count(":") == 2


def test_the_page_is_filtered_by_its_query(administrator: Any, keyfile: Any) -> None:
    (used,) = rows(administrator.see(PAGE, outcome="used", owner="owner"))
    assert used["Outcome"] == "Used"
    assert len(rows(administrator.see(PAGE, address="127.0.0.0/8"))) == 2
    assert rows(administrator.see(PAGE, address="192.0.2.0/24")) == []
    html = administrator.see(PAGE, kind="service_key", since="2020-01-01")
    assert len(rows(html)) == 2
    form = dict(html.cssselect("#content form[role=search]")[0].form_values())
    assert (form["kind"], form["since"]) == ("service_key", "2020-01-01")


def test_what_cannot_be_read_is_told(administrator: Any, keyfile: Any) -> None:
    html = administrator.see(PAGE, since="soon", address="here")
    problems = html.cssselect("#content .alert-danger p")
    assert len(problems) == 2
    assert len(rows(html)) == 2


def test_the_page_is_a_file_too(administrator: Any, keyfile: Any) -> None:
    response = administrator.get(f"{PAGE}-csv", outcome="refused")
    (row,) = csv.DictReader(io.StringIO(response.text))
    assert row["credential"] == keyfile["client_id"]
    assert (row["outcome"], row["reason"]) == ("refused", "credential has ended")
    assert (row["uses"], row["owner"]) == ("3", "owner")


def test_programs_get_the_same(site: Any, administrator: Any, keyfile: Any) -> None:
    document = rest(site, "administrator").json()
    refused, used = document["items"]
    assert "next" not in document
    assert (refused["outcome"], used["outcome"]) == ("refused", "used")
    assert refused["reason"] == "credential has ended"
    assert used["reason"] is None
    assert used["credential"] == keyfile["client_id"]
    assert used["kid"] == keyfile["key_id"]
    only = rest(site, "administrator", outcome="used", since="2020-01-01").json()
    assert only["items"] == [used]
    assert only["@id"].endswith(f"{REST}?outcome=used&since=2020-01-01")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"outcome": "lost"}, "outcome"),
        ({"kind": "unheard-of"}, "kind"),
        ({"before": "now"}, "before"),
        ({"since": "now"}, "since"),
        ({"address": "here"}, "address"),
        ({"user": "me"}, "user"),
    ],
)
def test_a_query_that_means_nothing_is_refused(
    site: Any, administrator: Any, query: dict[str, str], field: str
) -> None:
    response = rest(site, "administrator", **query)
    assert response.status_code == 400
    assert response.json()["field"] == field


def test_only_administrators_see_it(
    site: Any, administrator: Any, visitor: Any, keyfile: Any
) -> None:
    visitor("member", "Member")
    assert rest(site, "member").status_code == 401
    assert site.get(REST, headers={"Accept": "application/json"}).status_code == 401
    assert site.get(f"/{PAGE}", allow_redirects=False).status_code in (302, 401)


def test_a_page_leads_to_what_is_older(
    site: Any, administrator: Any, new_key: Any
) -> None:
    keyfile = new_key()
    for _ in range(60):
        site.token(keyfile)
    html = administrator.see(PAGE)
    assert len(rows(html)) == 50
    (older,) = html.xpath("//a[normalize-space() = 'Older entries']/@href")
    page = administrator.see(older.rpartition("/")[2])
    assert len(rows(page)) == 10
    assert not page.xpath("//a[normalize-space() = 'Older entries']")
    following = rest(site, "administrator").json()["next"]
    response = requests.get(
        following,
        auth=("administrator", PASSWORD),
        headers={"Accept": "application/json"},
        timeout=30,
    )
    assert len(response.json()["items"]) == 10


def test_the_page_of_a_credential_sums_up_where_it_was_used(
    site: Any, administrator: Any, keyfile: Any
) -> None:
    """Addresses and programs with first, last and number; and its refusals."""
    logs = "@@tokenauth-controlpanel-logs"
    html = administrator.see(logs, id=keyfile["client_id"])
    addresses, programs = html.cssselect("#content details.mb-2")
    assert text_of(addresses).startswith("Addresses: 1")
    assert "127.0.0.1" in text_of(addresses)
    assert "python-requests" in text_of(programs)
    assert "credential has ended" in text_of(html.get_element_by_id("refusals"))
    (url,) = html.xpath("//a[contains(., 'among all credentials')]/@href")
    assert len(rows(administrator.see(url.rpartition("/")[2]))) == 2
    response = requests.get(
        f"{site.url}/@service-keys/{keyfile['client_id']}/summary",
        auth=("administrator", PASSWORD),
        headers={"Accept": "application/json"},
        timeout=30,
    )
    document = response.json()
    (address,) = document["addresses"]
    assert (address["address"], address["uses"]) == ("127.0.0.1", 1)
    assert address["first"] == address["last"]
    assert document["refusals"][0]["uses"] == 3


def test_a_refused_request_writes_nothing(site: Any, keyfile: Any) -> None:
    """It is written in the background, after the answer."""
    before = site.app._p_jar.db().lastTransaction()
    assert site.exchange(site.grant(keyfile)).status_code == 400
    assert site.app._p_jar.db().lastTransaction() == before
    recorder.flush(everything=True)
    assert site.app._p_jar.db().lastTransaction() > before


def test_what_nobody_knows_is_counted_and_not_kept(
    site: Any, administrator: Any
) -> None:
    """Else anybody could fill the database."""
    before, number = site.app._p_jar.db().lastTransaction(), UNKNOWN.number
    token = "pta_" + "x" * 49
    assert site.get("/", token).status_code == 401
    recorder.flush(everything=True)
    assert site.app._p_jar.db().lastTransaction() == before
    assert UNKNOWN.number == number + 1
    assert str(number + 1) in text_of(administrator.see(PAGE).body)


def test_no_more_than_a_hundred_refusals_are_kept(site: Any, keyfile: Any) -> None:
    log = site.context.storage["refusal_log"]
    for number in range(MAX_REFUSALS + 20):
        recorder.note_use(
            site.plugin,
            keyfile["client_id"],
            "",
            ClientInfo(address="::1", user_agent="test"),
            time.time(),
            f"reason {number}",
        )
        recorder.flush(everything=True)
    site.sync()
    kept = list(log.entries(keyfile["client_id"]))
    assert len(kept) == MAX_REFUSALS
    assert kept[0].reason == f"reason {MAX_REFUSALS + 19}"


def test_refusals_go_with_their_credential(site: Any, keyfile: Any) -> None:
    days = site.context.settings.revoked_key_retention + 1
    purge(site.context, time.time() + days * 24 * 60 * 60)
    assert list(site.context.storage["refusal_log"].everybodys(0, 4e9)) == []
