"""GET: credentials, and the usage log of one of them."""

from ..credentials.rest.get import CredentialsGet
from ..credentials.rest.query import Query
from ..credentials.serializers import serialize_time
from ..credentials.serializers import serialize_usage
from ..storage.interfaces import ICredential
from .log import Usage
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any


class CredentialsAndUsageGet(CredentialsGet):
    """``GET``, ``GET …/{id}`` and ``GET …/{id}/usage``."""

    def answer(self) -> dict[str, Any]:
        match self.params:
            case [credential_id, "usage"]:
                return self._usage(self.credential(credential_id))
        return super().answer()

    def _usage(self, credential: ICredential) -> dict[str, Any]:
        query = Query(self.request, ("per_day",))
        usage = Usage(self.site, credential, self.now)
        page, entries = query.page(usage)
        document = {
            **page,
            "since": serialize_time(usage.since),
            "until": serialize_time(usage.until),
            "items": [serialize_usage(entry) for entry in entries],
        }
        if query.choice("per_day", ("true", "false")) == "true":
            document["per_day"] = _uses_per_day(usage)
        return document


def _uses_per_day(usage: Usage) -> list[dict[str, Any]]:
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
