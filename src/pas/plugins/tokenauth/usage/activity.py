"""What all credentials did, the newest first, a page at a time."""

from ..core.clock import DAY
from ..core.ipranges import contains
from ..core.ipranges import IPRangeError
from ..core.ipranges import normalized
from ..credentials.kinds import credentials_of
from ..credentials.kinds import kinds
from ..credentials.kinds import stored_kinds
from ..credentials.messages import ip_range_message
from ..credentials.rights import managed_kinds
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import Problems
from ..site.requester import Requester
from ..site.times import parse_time
from ..storage.usagelog import Mark
from ..storage.usagelog import UsageEntry
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

import re


#: Entries on a page.
PAGE_SIZE = 50
#: Entries that are looked at for one page at most, however few of them match.
LOOKED_AT = 20_000
PARAMETERS = (
    "credential",
    "owner",
    "kind",
    "address",
    "outcome",
    "since",
    "until",
)
OUTCOMES = {"used": "usage_log", "refused": "refusal_log"}
_FOREVER = float("inf")
_MARK = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)-((?:[0-9a-f]{2}){1,16})")


@dataclass(frozen=True, kw_only=True)
class ActivityQuery:
    """What to look for; what is left out does not matter.

    :param credential_id: of one credential
    :param owner: user id of the owner
    :param kind: name of a kind
    :param address: where it came from, see core.ipranges
    :param outcome: one of OUTCOMES
    :param since: seconds since the epoch
    :param until: likewise, which includes this time
    """

    credential_id: str = ""
    owner: str = ""
    kind: str = ""
    address: str = ""
    outcome: str = ""
    since: float = 0
    until: float = _FOREVER


class Activity:
    """Uses and refusals within the retention time.

    :param requester: an administrator, who sees the kinds that they manage
    :param query: which of them
    :raises NotAllowed: when the requester is no administrator of credentials
    """

    def __init__(
        self,
        site: SiteContext,
        requester: Requester,
        now: float,
        query: ActivityQuery,
    ) -> None:
        managed = {kind.name for kind in managed_kinds(site, requester, None)}
        self._shown = managed & {query.kind} if query.kind else managed
        self._site = site
        self._query = query
        retention = site.settings.usage_log_retention * DAY
        self._since = max(query.since, now - retention)
        self._kinds: dict[str, str] = {}

    def page(self, before: Mark | None) -> tuple[list[UsageEntry], Mark | None]:
        """Entries of one page, and the mark before which the next one begins.

        :param before: the mark of the last entry of the page before; None for the first
        """
        found: list[UsageEntry] = []
        last = None
        for entry in islice(self._candidates(before), LOOKED_AT):
            last = entry.mark
            if self._matches(entry):
                found.append(entry)
            if len(found) == PAGE_SIZE:
                return found, last
        return found, last if self._is_cut(before) else None

    def __iter__(self) -> Iterator[UsageEntry]:
        return filter(self._matches, self._candidates(None))

    def _is_cut(self, before: Mark | None) -> bool:
        further = islice(self._candidates(before), LOOKED_AT, LOOKED_AT + 1)
        return next(further, None) is not None

    def _candidates(self, before: Mark | None) -> Iterator[UsageEntry]:
        until = (
            self._query.until if before is None else min(self._query.until, before[0])
        )
        entries = merge(
            *self._sources(until), key=lambda entry: entry.mark, reverse=True
        )
        if before is None:
            return entries
        return (entry for entry in entries if entry.mark < before)

    def _sources(self, until: float) -> Iterator[Iterator[UsageEntry]]:
        query, storage = self._query, self._site.storage
        names = [query.outcome] if query.outcome else OUTCOMES
        for log in (storage[OUTCOMES[name]] for name in names):
            if not query.credential_id and not query.owner:
                yield log.everybodys(self._since, until)
            for credential_id in self._ids():
                yield log.entries(credential_id, self._since, until)

    def _ids(self) -> list[str]:
        query, storage = self._query, self._site.storage
        if query.credential_id:
            return [query.credential_id]
        if not query.owner:
            return []
        return [
            credential.credential_id
            for kind in stored_kinds(storage)
            for credential in credentials_of(storage, kind).owned_by(query.owner)
        ]

    def _matches(self, entry: UsageEntry) -> bool:
        ranges = self._query.address
        if ranges and not contains(ranges, entry.address):
            return False
        return self._kind_of(entry.credential_id) in self._shown

    def _kind_of(self, credential_id: str) -> str:
        kind = self._kinds.get(credential_id)
        if kind is None:
            credential = self._site.storage.credential(credential_id)
            kind = self._kinds[credential_id] = credential.kind if credential else ""
        return kind


def parsed_query(text: Callable[[str], str], zone: str) -> ActivityQuery:
    """The query that parameters spell.

    :param text: the value of a parameter, by its name
    :param zone: name of the time zone of the site
    :raises InvalidInput: for everything that cannot be read
    """
    problems = Problems()
    found: dict[str, Any] = {}
    with problems.collected():
        found["address"] = _ranges(text("address"))
    with problems.collected():
        found["since"] = _time("since", text, zone) or 0
    with problems.collected():
        found["until"] = _time("until", text, zone) or _FOREVER
    problems.check()
    return ActivityQuery(
        credential_id=text("credential").strip(),
        owner=text("owner").strip(),
        kind=text("kind") if text("kind") in kinds() else "",
        outcome=text("outcome") if text("outcome") in OUTCOMES else "",
        **found,
    )


def _ranges(typed: str) -> str:
    try:
        return normalized(typed)
    except IPRangeError as error:
        raise InvalidInput("address", ip_range_message(error)) from None


def _time(name: str, text: Callable[[str], str], zone: str) -> float | None:
    typed = text(name).strip()
    if not typed:
        return None
    try:
        return parse_time(typed, zone, is_end=name == "until")
    except ValueError:
        raise InvalidInput(
            name, _("This must be a day or a time, like 2030-12-31T18:30.")
        ) from None


def spelled_mark(mark: Mark) -> str:
    """A mark as it stands in a URL."""
    time, unique = mark
    return f"{time!r}-{unique.hex()}"


def parsed_mark(text: str) -> Mark:
    """The mark that a URL spells.

    :raises ValueError: when it spells none
    """
    found = _MARK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return float(found[1]), bytes.fromhex(found[2])
