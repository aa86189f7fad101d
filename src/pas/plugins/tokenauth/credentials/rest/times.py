"""Times as programs spell them: ISO 8601 with an offset, or a day in UTC."""

from datetime import datetime
from datetime import timezone

import re


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"([0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def moment(text: str) -> float:
    """Seconds since the epoch; for a day, the last second of it.

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
