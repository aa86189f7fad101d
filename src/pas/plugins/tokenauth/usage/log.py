"""The usage log of a credential, as far as it is shown."""

from ..core.clock import DAY
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from ..storage.usagelog import Seen
from ..storage.usagelog import UsageEntry
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import islice
from typing import overload


_WEEK = 7


class Usage(Sequence[UsageEntry]):
    """The entries within the retention time, the newest first.

    They are loaded when they are asked for: a busy key has hundreds of thousands.
    The newest entry is shown however old it is; the log of a credential that has
    ended stays as it was at that time.
    """

    def __init__(self, site: SiteContext, credential: ICredential, now: float) -> None:
        self._log = site.storage["usage_log"]
        self._refusals = site.storage["refusal_log"]
        self._credential_id = credential.credential_id
        #: The period it covers.
        self.until = _end_of(credential, now)
        self.since = self.until - site.settings.usage_log_retention * DAY
        #: Before this there was nothing to use; a week at least, where it is kept.
        self.begins = max(
            self.since, min(credential.issued_at, self.until - (_WEEK - 1) * DAY)
        )
        # A credential that has ended is refused all the more.
        self._retained_since = now - site.settings.usage_log_retention * DAY
        newest = self._log.newest(self._credential_id)
        self._shown_since = min(self.since, newest.time) if newest else self.since

    def summary(self) -> tuple[list[tuple[str, Seen]], list[tuple[str, Seen]]]:
        """Addresses and user agents in the log, those that were seen last first."""
        found = self._log.summary(self._credential_id, self._shown_since)
        addresses, agents = (
            sorted(seen.items(), key=lambda item: item[1].last, reverse=True)
            for seen in found
        )
        return addresses, agents

    def refusals(self) -> list[UsageEntry]:
        """Tries to use it that were refused, the newest first; no more than 100."""
        return list(self._refusals.entries(self._credential_id, self._retained_since))

    def between(self, since: float, before: float) -> int:
        """How many uses there were from a time on, before another time."""
        return self._log.uses(self._credential_id, since, before)

    def __iter__(self) -> Iterator[UsageEntry]:
        return iter(self._log.entries(self._credential_id, self._shown_since))

    def __len__(self) -> int:
        return self._log.count(self._credential_id, self._shown_since, float("inf"))

    @overload
    def __getitem__(self, index: int) -> UsageEntry: ...

    @overload
    def __getitem__(self, index: slice) -> list[UsageEntry]: ...

    def __getitem__(self, index: int | slice) -> UsageEntry | list[UsageEntry]:
        if isinstance(index, slice):
            start, stop, _step = index.indices(len(self))
            return list(islice(self, start, stop))
        position = range(len(self))[index]
        return next(islice(self, position, None))


def _end_of(credential: ICredential, now: float) -> float:
    ends = [now, credential.revoked_at, credential.orphaned_at]
    return min(end for end in ends if end is not None)
