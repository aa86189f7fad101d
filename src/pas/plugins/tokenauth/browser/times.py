"""Times in the time zone of the site; elsewhere they are seconds since the epoch."""

from DateTime import DateTime
from datetime import date
from plone import api


FALLBACK = "UTC"


def site_timezone() -> str:
    """Name of the time zone that is set for the site."""
    zone = api.portal.get_registry_record("plone.portal_timezone", default=None)
    return str(zone or FALLBACK)


def localized(seconds: float, zone: str) -> str:
    """A time in the language of the visitor."""
    parts = DateTime(seconds, zone).parts()
    # Plone shows the server's time zone whatever zone a DateTime has, so it gets
    # the wall clock of the site as if the server stood there.
    wall_clock = DateTime(*parts[:6])
    return str(api.portal.get_localized_time(wall_clock, long_format=True))


def day_of(seconds: float, zone: str) -> str:
    """The day of a time, as a date input spells it."""
    year, month, day = DateTime(seconds, zone).parts()[:3]
    return f"{year:04d}-{month:02d}-{day:02d}"


def end_of_day(text: str, zone: str) -> float:
    """The last second of a day that a date input spells.

    :raises ValueError: when it is no day
    """
    day = date.fromisoformat(text)
    end = DateTime(day.year, day.month, day.day, 23, 59, 59, zone)
    return float(end.timeTime())
