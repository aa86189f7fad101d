"""The time zone of the site: a day ends in it, in forms, REST and the command."""

from argparse import Namespace
from pas.plugins.tokenauth.cli.options import argument_value
from pas.plugins.tokenauth.cli.outcomes import WrongUsage
from pas.plugins.tokenauth.cli.values import expiry
from pas.plugins.tokenauth.core.times import end_of_day
from pas.plugins.tokenauth.core.times import moment
from pas.plugins.tokenauth.core.times import parse_day
from pas.plugins.tokenauth.servicekeys.interfaces import IServiceKeyOptions
from pas.plugins.tokenauth.site.fields import from_json
from pas.plugins.tokenauth.site.timezone import site_timezone
from plone import api
from typing import Any

import pytest


FIELD = IServiceKeyOptions["expires_at"]


def set_zone(zone: str) -> None:
    api.portal.set_registry_record("plone.portal_timezone", zone)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Pacific/Auckland", "2026-11-29T10:59:59Z"),
        ("UTC", "2026-11-29T23:59:59Z"),
        ("America/Los_Angeles", "2026-11-30T07:59:59Z"),
    ],
)
def test_a_day_ends_at_the_same_moment_in_form_rest_and_command(
    site: Any, zone: str, expected: str
) -> None:
    """A form, REST and the command line."""
    set_zone(zone)
    seconds = moment(expected, "UTC")
    day = "2026-11-29"
    assert end_of_day(parse_day(day), site_timezone()) == seconds
    assert from_json(FIELD, day) == seconds
    assert argument_value(FIELD, Namespace(expires=expiry(day)), 0) == seconds


def test_a_day_that_ends_beyond_the_calendar_is_refused(site: Any) -> None:
    set_zone("America/Los_Angeles")
    with pytest.raises(ValueError):
        from_json(FIELD, "9999-12-31")
    with pytest.raises(WrongUsage):
        argument_value(FIELD, Namespace(expires=expiry("9999-12-31")), 0)


@pytest.mark.parametrize("text", ["20301231", "2030-W01-1", " 2030-12-31"])
def test_a_day_is_spelled_in_one_way(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


def test_a_site_without_a_time_zone_has_utc(site: Any) -> None:
    del site.portal.portal_registry.records["plone.portal_timezone"]
    assert site_timezone() == "UTC"
