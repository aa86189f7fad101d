"""When a key ends: presets, a day, never, and what the site's policy leaves of it."""

from datetime import datetime
from plone import api
from typing import Any
from zoneinfo import ZoneInfo

import lxml.html
import pytest
import requests
import time


DAY = 24 * 60 * 60
ISSUE = "@@manage-service-keys-issue"
EDIT = "@@manage-service-keys-edit"


@pytest.fixture
def form(owner: Any) -> dict[str, Any]:
    """The form for a new key, filled in."""
    return {**owner.form(ISSUE), "title": "Nightly import", "algorithm": "ES256"}


@pytest.fixture
def longest(site: Any) -> int:
    """A policy about the longest lifetime, in days."""
    site.plugin.max_key_lifetime = 80
    site.commit()
    return 80


def test_a_year_is_proposed(owner: Any) -> None:
    assert choices(owner.see(ISSUE)) == [
        *("7", "30", "60", "90", "365", "date", "never")
    ]
    assert owner.form(ISSUE)["expiry"] == "365"


def test_never_comes_with_a_warning(owner: Any) -> None:
    html = owner.see(ISSUE)
    (never,) = html.xpath("//input[@name='expiry'][@value='never']")
    warning = html.get_element_by_id(never.get("aria-describedby"))
    assert "Not recommended" in warning.text_content()


@pytest.mark.parametrize("days", ["30", "90", "365"])
def test_a_preset_counts_from_now(site: Any, owner: Any, form: Any, days: str) -> None:
    before = time.time()
    owner.submit(ISSUE, {**form, "expiry": days})
    (key,) = keys(site)
    assert before <= key.expires_at - int(days) * DAY <= time.time()


def test_a_key_may_never_end(site: Any, owner: Any, form: Any) -> None:
    owner.submit(ISSUE, {**form, "expiry": "never"})
    assert keys(site)[0].expires_at is None


def test_a_form_without_a_choice_gets_what_is_proposed(
    site: Any, owner: Any, form: Any
) -> None:
    del form["expiry"]
    owner.submit(ISSUE, form)
    (key,) = keys(site)
    assert key.expires_at == key.issued_at + 365 * DAY


def test_a_date_without_a_choice_is_taken(site: Any, owner: Any, form: Any) -> None:
    owner.submit(ISSUE, {**form, "expiry": "", "expires": "2090-12-31"})
    assert keys(site)[0].expires_at == 3818447999.0


def test_a_date_beside_another_choice_is_not(site: Any, owner: Any, form: Any) -> None:
    owner.submit(ISSUE, {**form, "expiry": "30", "expires": "2090-12-31"})
    (key,) = keys(site)
    assert key.expires_at == key.issued_at + 30 * DAY


@pytest.mark.parametrize("expiry", ["keep", "latest", "31", "-1", "30 ", "soon"])
def test_a_choice_that_is_not_offered_is_refused(
    site: Any, owner: Any, form: Any, expiry: str
) -> None:
    response = owner.submit(ISSUE, {**form, "expiry": expiry})
    assert error(response, "expiry") == "Please choose when it ends."
    assert keys(site) == []


def test_presets_beyond_the_policy_are_not_offered(owner: Any, longest: int) -> None:
    html = owner.see(ISSUE)
    assert choices(html) == ["7", "30", "60", "latest", "date"]
    assert owner.form(ISSUE)["expiry"] == "latest"
    help = html.get_element_by_id("credential-expiry-help").text_content()
    assert "expires at most 80 days after its key pair was made" in help


def test_the_latest_end_is_that_of_the_policy(
    site: Any, owner: Any, form: Any, longest: int
) -> None:
    owner.submit(ISSUE, {**form, "expiry": "latest"})
    (key,) = keys(site)
    assert key.expires_at == key.issued_at + longest * DAY


def test_a_policy_of_a_preset_offers_nothing_else(site: Any, owner: Any) -> None:
    site.plugin.max_key_lifetime = 90
    site.commit()
    assert choices(owner.see(ISSUE)) == ["7", "30", "60", "90", "date"]
    assert owner.form(ISSUE)["expiry"] == "90"


@pytest.mark.parametrize("expiry", ["90", "never"])
def test_a_choice_that_the_policy_forbids_is_refused(
    site: Any, owner: Any, form: Any, longest: int, expiry: str
) -> None:
    response = owner.submit(ISSUE, {**form, "expiry": expiry})
    assert "expires at most 80 days" in error(response, "expiry")
    assert keys(site) == []


def test_the_last_day_that_is_offered_is_accepted(
    site: Any, owner: Any, form: Any, longest: int
) -> None:
    (field,) = owner.see(ISSUE).xpath("//input[@name='expires']")
    owner.submit(ISSUE, {**form, "expiry": "date", "expires": field.get("max")})
    (key,) = keys(site)
    assert 78 * DAY < key.expires_at - key.issued_at <= 80 * DAY


def test_a_later_day_is_refused_at_the_day(
    site: Any, owner: Any, form: Any, longest: int
) -> None:
    typed = {**form, "expiry": "date", "expires": "2090-12-31"}
    response = owner.submit(ISSUE, typed)
    assert "expires at most 80 days" in error(response, "expires")
    assert keys(site) == []


@pytest.mark.parametrize(
    "day, message",
    [
        ("31.12.2090", "Please enter a date like 2030-12-31."),
        ("2090-02-30", "Please enter a date like 2030-12-31."),
        ("2001-01-01", "The expiry must be in the future."),
        ("0001-01-01", "The expiry must be in the future."),
        ("9999-12-31", "The expiry must be before the year 9999."),
    ],
)
def test_a_wrong_expiry_date_is_explained(
    owner: Any, form: Any, day: str, message: str
) -> None:
    response = owner.submit(ISSUE, {**form, "expiry": "date", "expires": day})
    assert error(response, "expires") == message


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_the_key_expires_at_the_end_of_the_day_in_the_time_zone_of_the_site(
    site: Any, owner: Any, form: Any, zone: str
) -> None:
    api.portal.set_registry_record("plone.portal_timezone", zone)
    site.commit()
    owner.submit(ISSUE, {**form, "expiry": "date", "expires": "2090-12-31"})
    (key,) = keys(site)
    end = datetime(2090, 12, 31, 23, 59, 59, tzinfo=ZoneInfo(zone))
    assert key.expires_at == end.timestamp()
    assert zone in owner.get(ISSUE).text


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_key_may_expire_in_the_last_year_there_is(
    site: Any, owner: Any, form: Any, zone: str
) -> None:
    api.portal.set_registry_record("plone.portal_timezone", zone)
    site.commit()
    owner.submit(ISSUE, {**form, "expiry": "date", "expires": "9998-12-30"})
    (key,) = keys(site)
    assert key.expires_at > 253370500000
    assert owner.get("@@manage-service-keys").status_code == 200


def keys(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["service_key"].owned_by("owner"))


def choices(html: lxml.html.HtmlElement) -> list[str]:
    return list(html.xpath("//input[@name='expiry']/@value"))


def error(response: requests.Response, name: str) -> str:
    html = lxml.html.fromstring(response.text)
    found = html.get_element_by_id(f"credential-{name}-error")
    return " ".join(found.text_content().split())
