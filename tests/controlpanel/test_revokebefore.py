"""Revoking every key that was issued before a time."""

from collections.abc import Callable
from datetime import datetime
from plone import api
from tests.credentials.pages.conftest import form_of
from tests.credentials.pages.conftest import text_of
from typing import Any
from zoneinfo import ZoneInfo

import lxml.html
import pytest
import time


PAGE = "@@tokenauth-controlpanel-revoke-before"
DAY = 24 * 60 * 60
ZONE = "Europe/Berlin"


@pytest.fixture
def keys(site: Any, new_key: Any) -> dict[str, Any]:
    """Keys that were issued on different days, by days ago."""
    site.add_user("boss", "Manager")
    keyfiles = {1: new_key(), 2: new_key("boss"), 3: new_key()}
    for days, keyfile in keyfiles.items():
        site.service_key(keyfile).issued_at = time.time() - days * DAY
        site.commit()
    return {str(days): keyfile for days, keyfile in keyfiles.items()}


@pytest.fixture
def ago(site: Any) -> Callable[[float], str]:
    """Spells the time some days ago in the time zone of the site."""
    api.portal.set_registry_record("plone.portal_timezone", ZONE)
    site.commit()

    def ago(days: float) -> str:
        moment = datetime.fromtimestamp(time.time() - days * DAY, ZoneInfo(ZONE))
        return moment.strftime("%Y-%m-%dT%H:%M")

    return ago


def revoked(site: Any, keys: dict[str, Any]) -> set[str]:
    """The days ago on which keys were issued that are revoked."""
    return {
        days
        for days, keyfile in keys.items()
        if site.service_key(keyfile).revoked_at is not None
    }


@pytest.mark.parametrize(("days", "count"), [(0, 3), (1.5, 2), (2.5, 1)])
def test_the_keys_are_counted_before_anything_happens(
    site: Any, administrator: Any, keys: Any, ago: Any, days: float, count: int
) -> None:
    response = administrator.submit(
        PAGE, {**administrator.form(PAGE), "time": ago(days)}
    )
    html = lxml.html.fromstring(response.text)
    (question,) = html.cssselect("[role=alert]")
    (line,) = question.cssselect("li")
    assert text_of(line) == f"Service keys: {count}"
    assert revoked(site, keys) == set()


def test_confirming_revokes_the_keys(
    site: Any, administrator: Any, keys: Any, ago: Any
) -> None:
    question = administrator.submit(
        PAGE, {**administrator.form(PAGE), "time": ago(1.5)}
    )
    confirmed = {**form_of(lxml.html.fromstring(question.text)), "confirmed": "1"}
    response = administrator.submit(PAGE, confirmed)
    assert "Revoked: 2." in administrator.message(response)
    assert revoked(site, keys) == {"2", "3"}
    assert site.service_key(keys["2"]).revoked_by == "administrator"


def test_nothing_to_revoke_is_said(
    site: Any, administrator: Any, keys: Any, ago: Any, read: Any
) -> None:
    response = administrator.submit(
        PAGE, {**administrator.form(PAGE), "time": ago(9), "confirmed": ""}
    )
    assert "Nothing that was issued before" in read(response)


def test_keys_that_are_revoked_do_not_count(
    site: Any, administrator: Any, keys: Any, ago: Any, read: Any
) -> None:
    form = {**administrator.form(PAGE), "time": ago(2.5)}
    administrator.submit(PAGE, {**form, "confirmed": "1"})
    response = administrator.submit(PAGE, {**form, "time": ago(0)})
    assert "Service keys: 2" in read(response)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2030-12-31",
        "2030-13-31T00:00",
        "0000-01-01T00:00",
        "2030-12-31T18:30+01:00",
        b"\xff",
        ["2030-12-31T18:30", "2031-12-31T18:30"],
    ],
)
def test_a_string_that_is_no_time_revokes_nothing(
    site: Any, administrator: Any, keys: Any, text: Any
) -> None:
    form = {**administrator.form(PAGE), "time": text, "confirmed": "1"}
    response = administrator.submit(PAGE, form)
    assert response.status_code == 200
    html = lxml.html.fromstring(response.text)
    (error,) = html.cssselect(".invalid-feedback")
    assert "Please enter a date and a time" in text_of(error)
    assert revoked(site, keys) == set()


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_the_first_and_the_last_time_are_times(administrator: Any, text: str) -> None:
    form = {**administrator.form(PAGE), "time": text}
    assert administrator.submit(PAGE, form).status_code == 200
