"""The usage log as a file for a spreadsheet."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.credentials.pages.csv import harmless
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from plone import api
from typing import Any

import csv
import io
import pytest
import requests
import time


LOGS = "@@manage-service-keys-logs"
PAGE = "@@manage-service-keys-logs-csv"


@pytest.fixture
def client_id(owner: Any, new_key: Any) -> str:
    """The client id of the owner's key."""
    return new_key()["client_id"]


def add(site: Any, client_id: str, age: float = 0, **values: str) -> None:
    """Add an entry to the log."""
    entry = {"subject": "owner", "address": "192.0.2.7", "user_agent": "x", **values}
    site.context.storage["usage_log"].add(
        UsageEntry(credential_id=client_id, time=time.time() - age, **entry),
        b"12345678",
    )
    site.commit()


def test_the_file_has_every_entry_the_newest_first(
    site: Any, owner: Any, client_id: str
) -> None:
    for age in range(120):
        add(site, client_id, age=age, user_agent=f"Importer/{age}")
    agents = [row["user_agent"] for row in rows(owner.get(PAGE, id=client_id))]
    assert agents == [f"Importer/{age}" for age in range(120)]


def test_the_log_is_a_download(site: Any, owner: Any, client_id: str) -> None:
    add(site, client_id)
    response = owner.get(PAGE, id=client_id)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{client_id}.csv"'
    )
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_key_that_was_not_used_has_the_header_alone(
    owner: Any, client_id: str
) -> None:
    response = owner.get(PAGE, id=client_id)
    assert response.content == b"time,subject,address,user_agent,uses,kid\r\n"


@pytest.mark.parametrize(
    "zone, offset", [("UTC", "+00:00"), ("Asia/Kathmandu", "+05:45")]
)
def test_times_have_their_distance_from_utc(
    site: Any, owner: Any, client_id: str, zone: str, offset: str
) -> None:
    add(site, client_id)
    api.portal.set_registry_record("plone.portal_timezone", zone)
    site.commit()
    (row,) = rows(owner.get(PAGE, id=client_id))
    assert row["time"].endswith(offset)
    assert len(row["time"]) == len("2030-01-01T00:00:00+00:00")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(
    site: Any, owner: Any, client_id: str, start: str
) -> None:
    add(site, client_id, subject=f"{start}1+1", user_agent=f"{start}cmd|' /C calc'!A0")
    (row,) = rows(owner.get(PAGE, id=client_id))
    assert row["subject"] == f"'{start}1+1"
    assert row["user_agent"] == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("delimiter", [";", ",", "|", "\t"])
@pytest.mark.parametrize("sign", ["=", "\uff1d"])
def test_no_cell_is_a_formula_whatever_separates_cells(
    site: Any, owner: Any, client_id: str, sign: str, delimiter: str
) -> None:
    """Where numbers have a decimal comma, Excel separates cells by semicolons."""
    formula = f"{sign}cmd|' /C calc'!A0"
    add(site, client_id, user_agent=f"x{delimiter}{formula}{delimiter} {formula};")
    text = owner.get(PAGE, id=client_id).content.decode()
    assert f"'{sign}cmd" in text
    assert not formulas(text, delimiter)


@given(
    st.lists(st.text(alphabet="=-+@\uff1d;,|\t\r\n\"' x", max_size=8), max_size=3),
    st.sampled_from(";,|\t"),
)
@settings(max_examples=300, deadline=None)
def test_nothing_that_somebody_has_sent_makes_a_formula(
    cells: list[str], delimiter: str
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(["id", *map(harmless, cells), "end"])
    assert not formulas(out.getvalue(), delimiter)


def formulas(text: str, delimiter: str) -> list[str]:
    """The cells that a spreadsheet runs that takes this for what separates them."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [
        cell
        for line in lines
        for cell in line
        if cell.lstrip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
    ]


@pytest.mark.parametrize(
    "text", ['a "b", c', "Zürich", "a=b", "'x", "Mozilla/5.0 (X11; Linux x86-64)"]
)
def test_other_cells_are_as_they_are(
    site: Any, owner: Any, client_id: str, text: str
) -> None:
    add(site, client_id, user_agent=text)
    (row,) = rows(owner.get(PAGE, id=client_id))
    assert row["user_agent"] == text


def test_the_usage_page_leads_to_the_file(
    site: Any, owner: Any, client_id: str
) -> None:
    assert PAGE not in owner.get(LOGS, id=client_id).text
    add(site, client_id)
    (url,) = owner.see(LOGS, id=client_id).xpath(
        f"//a[contains(@href, '{PAGE}')]/@href"
    )
    assert url == f"{site.url}/{PAGE}?id={client_id}"


def rows(response: requests.Response) -> list[dict[str, str]]:
    assert response.status_code == 200
    text = io.StringIO(response.content.decode("utf-8"), newline="")
    return list(csv.DictReader(text))
