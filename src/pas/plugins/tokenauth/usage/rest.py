"""The usage log of a credential, its summary, and the activity of all credentials."""

from ..core.times import serialize_time
from ..credentials.kinds import kinds
from ..credentials.rest.actions import Action
from ..credentials.rest.base import CredentialService
from ..credentials.rest.query import Query
from ..credentials.serializers import serialize_usage
from ..i18n import _
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..site.errors import InvalidInput
from ..site.requester import require_permission
from ..site.times import day_at
from ..site.times import start_of_day
from ..site.timezone import site_timezone
from ..storage.usagelog import Seen
from ..storage.usagelog import UsageEntry
from .activity import Activity
from .activity import OUTCOMES
from .activity import PARAMETERS
from .activity import parsed_mark
from .activity import parsed_query
from .activity import spelled_mark
from .log import Usage
from .refusals import UNKNOWN
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zExceptions import NotFound


class UsageAction(Action):
    """An action that shows uses of a credential."""

    @cached_property
    def _usage(self) -> Usage:
        # Each document of a list names its actions, and asks none of them.
        return Usage(self.service.site, self.credential, self.service.now)


class UsageGet(UsageAction):
    """``GET …/{id}/usage``: each use, the newest first."""

    def __call__(self) -> dict[str, Any]:
        query = Query(self.service.request, ("per_day",))
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


class SummaryGet(UsageAction):
    """``GET …/{id}/summary``: from where a credential was used, and with what."""

    def __call__(self) -> dict[str, Any]:
        Query(self.service.request, ())
        addresses, agents = self._usage.summary()
        return {
            "since": serialize_time(self._usage.since),
            "until": serialize_time(self._usage.until),
            "addresses": [_seen("address", *each) for each in addresses],
            "user_agents": [_seen("user_agent", *each) for each in agents],
            "refusals": [serialize_usage(entry) for entry in self._usage.refusals()],
        }


class ActivityGet(CredentialService):
    """``GET @tokenauth-activity``: what all credentials did, the newest first."""

    def require_right(self) -> None:
        require_permission(self.requester, MANAGE_ALL_SERVICE_KEYS)

    def answer(self) -> dict[str, Any]:
        if self.params:
            raise NotFound()
        query = Query(self.request, (*PARAMETERS, "before"))
        before = None
        if query.text("before"):
            try:
                before = parsed_mark(query.text("before"))
            except ValueError:
                raise InvalidInput("before", _("Take this from an answer.")) from None
        query.choice("kind", list(kinds()))
        query.choice("outcome", list(OUTCOMES))
        wanted = parsed_query(query.text, site_timezone())
        activity = Activity(self.site, self.requester, self.now, wanted)
        entries, following = activity.page(before)
        url = f"{self.context.absolute_url()}/@tokenauth-activity"
        given = {name: query.text(name) for name in PARAMETERS if query.text(name)}
        document: dict[str, Any] = {
            "@id": f"{url}?{urlencode(given)}" if given else url,
            "unknown_since_start": UNKNOWN.number,
            "items": [self._entry(entry) for entry in entries],
        }
        if following is not None:
            given["before"] = spelled_mark(following)
            document["next"] = f"{url}?{urlencode(given)}"
        return document

    def _entry(self, entry: UsageEntry) -> dict[str, Any]:
        credential = self.site.storage.credential(entry.credential_id)
        return {
            "credential": entry.credential_id,
            "kind": credential.kind,
            "owner": credential.owner,
            "title": credential.title,
            **serialize_usage(entry),
        }


def _seen(name: str, what: str, seen: Seen) -> dict[str, Any]:
    return {
        name: what,
        "first": serialize_time(seen.first),
        "last": serialize_time(seen.last),
        "uses": seen.uses,
    }


def uses_per_day(usage: Usage) -> list[dict[str, Any]]:
    """Every day of the period that a log covers in UTC, the oldest first."""
    day = day_at(usage.since, "UTC")
    days = []
    while start_of_day(day, "UTC") <= usage.until:
        following = day + timedelta(days=1)
        since = max(usage.since, start_of_day(day, "UTC"))
        count = usage.between(since, start_of_day(following, "UTC"))
        days.append({"day": day.isoformat(), "count": count})
        day = following
    return days
