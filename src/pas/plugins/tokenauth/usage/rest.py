"""``GET …/{id}/usage``: the usage log of a credential."""

from ..core.times import serialize_time
from ..credentials.rest.interfaces import IAction
from ..credentials.rest.interfaces import ICredentialService
from ..credentials.rest.query import Query
from ..credentials.serializers import serialize_usage
from ..storage.interfaces import ICredential
from .log import Usage
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any
from zope.component import adapter
from zope.interface import implementer


@implementer(IAction)
@adapter(ICredential, ICredentialService)
class UsageGet:
    """See IAction."""

    def __init__(self, credential: ICredential, service: ICredentialService) -> None:
        self._usage = Usage(service.site, credential, service.now)
        self._request = service.request

    def __call__(self) -> dict[str, Any]:
        query = Query(self._request, ("per_day",))
        page, entries = query.page(self._usage)
        document = {
            **page,
            "since": serialize_time(self._usage.since),
            "until": serialize_time(self._usage.until),
            "items": [serialize_usage(entry) for entry in entries],
        }
        if query.choice("per_day", ("true", "false")) == "true":
            document["per_day"] = uses_per_day(self._usage)
        return document


def uses_per_day(usage: Usage) -> list[dict[str, Any]]:
    """Every day of the period that a log covers in UTC, the oldest first."""
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
