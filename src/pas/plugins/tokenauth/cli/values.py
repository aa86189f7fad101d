"""Values of arguments: lifetimes, dates and times. Times without an offset are UTC."""

from ..core.clock import DAY
from ..core.times import end_of_day
from ..core.times import parse_day
from argparse import ArgumentTypeError
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timezone

import re


_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": DAY, "w": 7 * DAY}
_DURATION = re.compile(r"(\d{1,6})([smhdw])")


class Lifetime(float):
    """Seconds from when a key is issued; any other expiry is a moment."""


#: A day ends when it does so at the site, which is not known yet.
Expiry = Lifetime | date | float | None


def duration(text: str) -> float:
    """Seconds of a duration like ``90d``, ``12h`` or ``0d``.

    :raises ArgumentTypeError: when it is none
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is no duration like 90d, 2w or 12h")
    return float(int(found[1]) * _SECONDS[found[2]])


def expiry(text: str) -> Expiry:
    """When a key expires: ``90d``, ``2030-12-31`` (after that day) or ``never``.

    :raises ArgumentTypeError: when it is none of these
    """
    if text == "never":
        return None
    if _DURATION.fullmatch(text):
        return Lifetime(duration(text))
    try:
        return parse_day(text)
    except ValueError:
        return moment(text)


def moment(text: str) -> float:
    """A time like ``2026-11-22`` (midnight) or ``2026-11-22T14:30+01:00``.

    :raises ArgumentTypeError: when it is none
    """
    try:
        found = datetime.combine(parse_day(text), time.min)
    except ValueError:
        found = _date_and_time(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=timezone.utc)
    return found.timestamp()


def expires_at(wanted: Expiry, issued_at: float, zone: str) -> float | None:
    """When a key expires that was issued at this time.

    :param zone: name of the time zone in which a day ends
    :raises ValueError: when it is beyond the calendar
    """
    if isinstance(wanted, date):
        return end_of_day(wanted, zone)
    return issued_at + wanted if isinstance(wanted, Lifetime) else wanted


def _date_and_time(text: str) -> datetime:
    # Python 3.10 does not know that Z is UTC.
    spelled_out = re.sub("[Zz]$", "+00:00", text)
    try:
        # Python itself reads more than this.
        parse_day(text[:10])
        return datetime.fromisoformat(spelled_out)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is no date like 2030-12-31, with or without a time"
        ) from None
