"""Times as programs spell them: ISO 8601."""

from datetime import date
from datetime import datetime
from datetime import time
from datetime import timezone
from zoneinfo import ZoneInfo

import re


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"([0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def parse_day(text: str) -> date:
    """A day like ``2030-12-31``; Python itself reads more than that.

    :raises ValueError: when it is none
    """
    if not _DAY.fullmatch(text):
        raise ValueError("no day")
    return date.fromisoformat(text)


def end_of_day(day: date, zone: str) -> float:
    """The last second of a day in a time zone, in seconds since the epoch.

    :raises ValueError: when it is beyond the calendar
    """
    last = datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))
    try:
        return last.astimezone(timezone.utc).timestamp()
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def moment(text: str, zone: str) -> float:
    """Seconds since the epoch of a time with an offset; for a day, its last.

    :param zone: name of the time zone in which a day ends
    :raises ValueError: when it is no time
    """
    if _DAY.fullmatch(text):
        return end_of_day(parse_day(text), zone)
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("no time")
    # Python 3.10 reads neither Z nor any number of digits after the point.
    offset = "+00:00" if found[2] == "Z" else found[2]
    try:
        return (
            datetime.fromisoformat(found[1] + offset)
            .astimezone(timezone.utc)
            .timestamp()
        )
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def serialize_time(seconds: float | None) -> str | None:
    """A time in UTC without fractions of a second; None for none."""
    if seconds is None:
        return None
    found = datetime.fromtimestamp(seconds, timezone.utc)
    return found.isoformat(timespec="seconds")
