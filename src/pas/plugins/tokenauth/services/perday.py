"""How often a key was used on each day, in UTC."""

from ..usecases.usage import Usage
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any


def uses_per_day(usage: Usage) -> list[dict[str, Any]]:
    """Every day of the period that a log covers, the oldest first."""
    day = _start_of_day(usage.since)
    days = []
    while day.timestamp() <= usage.until:
        following = day + timedelta(days=1)
        since = max(usage.since, day.timestamp())
        count = usage.between(since, following.timestamp())
        days.append({"day": day.date().isoformat(), "count": count})
        day = following
    return days


def _start_of_day(seconds: float) -> datetime:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
