"""Times in the time zone of the site; elsewhere they are seconds since the epoch."""

from ..core.times import end_of_day
from ..core.times import moment
from ..core.times import parse_day
from DateTime import DateTime
from datetime import date
from datetime import datetime
from datetime import time
from plone import api
from plone.base.i18nl10n import ulocalized_time
from zoneinfo import ZoneInfo

import re


#: As an input element for date and time spells it.
_WALL_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def localized(seconds: float, zone: str, language: str | None = None) -> str:
    """A time in a language, by default that of the visitor."""
    return str(
        ulocalized_time(
            _wall_clock(seconds, zone),
            long_format=True,
            context=api.portal.get(),
            target_language=language,
        )
    )


def localized_day(seconds: float, zone: str) -> str:
    """The day of a time in the language of the visitor."""
    return str(api.portal.get_localized_time(_wall_clock(seconds, zone)))


def exact(seconds: float, zone: str) -> str:
    """A time to the second in the language of the visitor."""
    return f"{localized_day(seconds, zone)} {_at(seconds, zone):%H:%M:%S}"


def parse_time(text: str, zone: str, is_end: bool = False) -> float:
    """The time that a form or a program spells: a day, or a time of a day.

    :param zone: name of the time zone of days, and of times without an offset
    :param is_end: whether a day means its end
    :raises ValueError: when it is none
    """
    if _WALL_CLOCK.fullmatch(text):
        wall_clock = datetime.fromisoformat(text)
        return wall_clock.replace(tzinfo=ZoneInfo(zone)).timestamp()
    try:
        day = parse_day(text)
    except ValueError:
        return moment(text, zone)
    return end_of_day(day, zone) if is_end else start_of_day(day, zone)


def iso(seconds: float, zone: str) -> str:
    """A time as ISO 8601 has it, with its distance from UTC."""
    return _at(seconds, zone).isoformat(timespec="seconds")


def day_at(seconds: float, zone: str) -> date:
    """The day of a time."""
    return _at(seconds, zone).date()


def day_of(seconds: float, zone: str) -> str:
    """The day of a time, as a date input spells it."""
    return day_at(seconds, zone).isoformat()


def start_of_day(day: date, zone: str) -> float:
    """The first moment of a day, which is not always midnight."""
    return datetime.combine(day, time(), ZoneInfo(zone)).timestamp()


def _at(seconds: float, zone: str) -> datetime:
    return datetime.fromtimestamp(seconds, ZoneInfo(zone))


def _wall_clock(seconds: float, zone: str) -> DateTime:
    # Plone shows the server's time zone whatever zone a DateTime has, so it gets
    # the wall clock of the site as if the server stood there.
    return DateTime(*DateTime(seconds, zone).parts()[:6])
