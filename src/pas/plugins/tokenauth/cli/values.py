"""Values of arguments: lifetimes, dates and times. Without an offset they are UTC."""

from argparse import ArgumentTypeError
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timezone

import re


_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60, "w": 7 * 24 * 60 * 60}
_DURATION = re.compile(r"(\d{1,6})([smhdw])")
_END_OF_DAY = time(23, 59, 59)


class Lifetime(float):
    """Seconds from when a key is issued; any other expiry is a moment."""


Expiry = Lifetime | float | None


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
    return _moment(text, _END_OF_DAY)


def moment(text: str) -> float:
    """A time like ``2026-11-22`` (midnight) or ``2026-11-22T14:30+01:00``.

    :raises ArgumentTypeError: when it is none
    """
    return _moment(text, time.min)


def expires_at(wanted: Expiry, issued_at: float) -> float | None:
    """When a key expires that was issued at this time."""
    return issued_at + wanted if isinstance(wanted, Lifetime) else wanted


def _moment(text: str, time_of_day: time) -> float:
    try:
        found = datetime.combine(date.fromisoformat(text), time_of_day)
    except ValueError:
        found = _date_and_time(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=timezone.utc)
    return found.timestamp()


def _date_and_time(text: str) -> datetime:
    # Python 3.10 does not know that Z is UTC.
    spelled_out = re.sub("[Zz]$", "+00:00", text)
    try:
        return datetime.fromisoformat(spelled_out)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is no date like 2030-12-31, with or without a time"
        ) from None
