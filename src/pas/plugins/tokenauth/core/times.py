"""Times as programs spell them: ISO 8601."""

from datetime import datetime
from datetime import timezone

import re


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"([0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def moment(text: str) -> float:
    """Seconds since the epoch of a time with an offset; for a day, its last in UTC.

    :raises ValueError: when it is no time
    """
    if _DAY.fullmatch(text):
        text = f"{text}T23:59:59Z"
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
