"""The usage log: who used a credential, or tried to, when, from where."""

from .interfaces import IOpenToTokens
from .trees import LogTree
from .trees import LogTreeSet
from BTrees.OOBTree import OOBTree
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from itertools import count
from itertools import islice
from math import nextafter
from persistent import Persistent
from typing import Any
from zope.interface import implementer

import secrets


_FOREVER = float("inf")
#: Time and unique bytes of an entry, by which entries are in order.
Mark = tuple[float, bytes]


@dataclass(frozen=True, kw_only=True)
class UsageEntry:
    """One access token obtained, or several uses of a token from one address.

    Or several that were refused; these stand in a log of their own.

    :param credential_id: the credential that was used
    :param time: seconds since the epoch, of the newest use
    :param subject: id of the user the token acts as
    :param address: address of the client, as the server sees it
    :param user_agent: how the client calls itself
    :param uses: how many uses it stands for
    :param kid: names the key that has signed; an empty string for a token of its own
    :param reason: why they were refused; an empty string where they were not
    :param only_named: whether who was refused has only named the credential
    :param unique: what tells it from others of the same moment, once it is kept
    """

    credential_id: str
    time: float
    subject: str
    address: str
    user_agent: str
    uses: int = 1
    kid: str = ""
    reason: str = ""
    only_named: bool = False
    unique: bytes = field(default=b"", compare=False, repr=False)

    @property
    def mark(self) -> Mark:
        """Where it stands among all."""
        return self.time, self.unique


@dataclass(kw_only=True)
class Seen:
    """When something was seen in the log, and how many uses there were."""

    first: float
    last: float
    uses: int


@implementer(IOpenToTokens)
class UsageLog(Persistent):
    """One entry for every time a credential obtained an access token.

    All credentials share the shards; the keys (credential, time, unique) keep
    the entries of one credential together within each.

    Entries of one credential come in the order of time, so writers that share a shard
    all append to its last bucket, and conflict at each split. Where an entry goes does
    not matter, however: so each connection keeps to a lane, a shard of its own.

    Beside each shard there is a tree that finds its entries by time, whosever they are.
    """

    def __init__(self) -> None:
        self._shards = tuple(LogTree() for _ in range(SHARDS))
        self._by_time = tuple(LogTreeSet() for _ in range(SHARDS))

    def add(self, entry: UsageEntry, unique: bytes) -> None:
        """Keep an entry.

        `unique` are bytes that tell it from others of the same moment; they
        also choose the place it is written to, see lane().
        """
        shard = self._shards[unique[0] % SHARDS]
        credential_id, value = entry.credential_id, _value(entry)
        before = _newest_key(shard, credential_id)
        if before is not None:
            # What is one object in memory is stored once, and most programs use a
            # credential in the same way each time: this halves what is written.
            credential_id = before[0]
            value = shard[before] if shard[before] == value else value
        shard[credential_id, entry.time, unique] = value
        self._by_time[unique[0] % SHARDS].add((entry.time, unique, credential_id))

    def lane(self) -> bytes:
        """The first byte of `unique` by which this connection conflicts with no other.

        A connection whose transaction is aborted, because it conflicted all the same,
        moves to another lane.
        """
        lane: int | None = getattr(self, "_v_lane", None)
        if lane is None:
            lane = self._v_lane = next(_lanes) % SHARDS
        if self._p_jar is not None:
            transaction = self._p_jar.transaction_manager.get()
            transaction.addAfterAbortHook(self._change_lane)
        return bytes([lane])

    def _change_lane(self) -> None:
        self._v_lane = secrets.randbelow(SHARDS)

    def entries(
        self, credential_id: str, since: float = 0, until: float = _FOREVER
    ) -> Iterator[UsageEntry]:
        """Entries of one credential from a time on until another, the newest first."""
        newest = self.newest(credential_id)
        if newest is not None:
            between = partial(self._between, credential_id)
            yield from _newest_first(between, since, min(newest.time, until))

    def everybodys(self, since: float, until: float) -> Iterator[UsageEntry]:
        """Entries of all credentials from a time on until another, the newest first."""
        oldest = [tree.minKey()[0] for tree in self._by_time if tree]
        newest = [tree.maxKey()[0] for tree in self._by_time if tree]
        if newest:
            since, until = max(since, min(oldest)), min(until, max(newest))
            yield from _newest_first(self._of_all_between, since, until)

    def summary(
        self, credential_id: str, since: float
    ) -> tuple[dict[str, Seen], dict[str, Seen]]:
        """What one credential was used from and with, from a time on.

        Two mappings, of addresses and of user agents, to usagelog.Seen.
        """
        addresses: dict[str, Seen] = {}
        agents: dict[str, Seen] = {}
        within = _range(credential_id, since)
        for shard in self._shards:
            for (_, time, _), value in shard.items(*within):
                _version, _subject, address, agent, uses, *_rest = value
                _note_seen(addresses, address, time, uses)
                _note_seen(agents, agent, time, uses)
        return addresses, agents

    def count(self, credential_id: str, since: float, before: float) -> int:
        """How many entries one credential has from a time on, before another time."""
        within = _range(credential_id, since, before)
        return sum(len(shard.keys(*within)) for shard in self._shards)

    def uses(self, credential_id: str, since: float, before: float) -> int:
        """How many uses these entries stand for."""
        within = _range(credential_id, since, before)
        return sum(
            _uses(value) for shard in self._shards for value in shard.values(*within)
        )

    def newest(self, credential_id: str) -> UsageEntry | None:
        """The newest entry of a credential, or None."""
        found = (_newest_key(shard, credential_id) for shard in self._shards)
        keys = [key for key in found if key is not None]
        if not keys:
            return None
        key = max(keys)
        return _entry(key, self._shard_of(key)[key])

    def remove_older(self, credential_id: str, before: float, limit: int) -> int:
        """Remove at most `limit` entries older than a time, but never the newest.

        Returns how many were removed.
        """
        newest = self.newest(credential_id)
        if newest is None:
            return 0
        cutoff = min(before, newest.time)
        removed = 0
        for shard in self._shards:
            old = shard.keys(*_range(credential_id, 0, cutoff))
            # Copy the keys first: a BTree skips entries when it shrinks.
            for key in list(islice(old, limit - removed)):
                self._remove(key)
                removed += 1
            if removed == limit:
                break
        return removed

    def keep_newest(self, credential_id: str, number: int) -> None:
        """Remove all but so many entries of a credential.

        Those of who has only named it go first: anybody could push out the others.
        """
        within = _range(credential_id)
        items = [item for shard in self._shards for item in shard.items(*within)]
        items.sort(key=lambda item: (item[1][0] != ONLY_NAMED, item[0]))
        for key, _value in items[:-number]:
            self._remove(key)

    def remove_all(self, credential_id: str) -> None:
        """Remove every entry of a credential."""
        for shard in self._shards:
            for key in list(shard.keys(*_range(credential_id))):
                self._remove(key)

    def _between(
        self, credential_id: str, since: float, before: float
    ) -> list[UsageEntry]:
        within = _range(credential_id, since, before)
        items = [item for shard in self._shards for item in shard.items(*within)]
        items.sort(key=_time, reverse=True)
        return [_entry(key, value) for key, value in items]

    def _of_all_between(self, since: float, before: float) -> list[UsageEntry]:
        within = (since, b""), (before, b"")
        found = [place for tree in self._by_time for place in tree.keys(*within)]
        found.sort(reverse=True)
        keys = [(credential_id, time, unique) for time, unique, credential_id in found]
        return [_entry(key, self._shard_of(key)[key]) for key in keys]

    def _remove(self, key: tuple[str, float, bytes]) -> None:
        del self._shard_of(key)[key]
        credential_id, time, unique = key
        self._by_time[unique[0] % SHARDS].remove((time, unique, credential_id))

    def _shard_of(self, key: tuple[str, float, bytes]) -> OOBTree:
        return self._shards[key[2][0] % SHARDS]


#: With what an entry begins, so that later ones can hold something else.
VERSION = 1
#: The same of a refusal whose client has only named the credential.
ONLY_NAMED = 2
#: Whoever looks at a log looks into each.
SHARDS = 64
#: The connections of a process begin side by side, at a place that chance chooses.
_lanes = count(secrets.randbelow(SHARDS))
#: Seconds that are looked through at a time; more, where there are few entries.
_FIRST_WINDOW = 60.0
_FEW = 100


def _newest_first(
    between: Callable[[float, float], list[UsageEntry]], since: float, until: float
) -> Iterator[UsageEntry]:
    """All entries of a period, which includes its end."""
    # Whoever looks at the newest entries must not wait for all the others to load.
    end, window = nextafter(until, _FOREVER), _FIRST_WINDOW
    while end > since:
        start = max(since, end - window)
        found = between(start, end)
        yield from found
        if len(found) < _FEW:
            window *= 2
        end = start


def _note_seen(seen: dict[str, Seen], what: str, time: float, uses: int) -> None:
    known = seen.get(what)
    if known is None:
        seen[what] = Seen(first=time, last=time, uses=uses)
    else:
        known.first, known.last = min(known.first, time), max(known.last, time)
        known.uses += uses


def _range(
    credential_id: str, since: float = 0, before: float = _FOREVER
) -> tuple[tuple[str, float, bytes], tuple[str, float, bytes]]:
    return (credential_id, since, b""), (credential_id, before, b"")


def _newest_key(shard: OOBTree, credential_id: str) -> Any:
    start, end = _range(credential_id)
    try:
        key = shard.maxKey(end)
    except ValueError:
        return None
    return key if key >= start else None


def _time(item: tuple[Any, Any]) -> tuple[float, bytes]:
    return item[0][1:]


def _value(entry: UsageEntry) -> tuple[Any, ...]:
    client = (entry.subject, entry.address, entry.user_agent)
    version = ONLY_NAMED if entry.only_named else VERSION
    return (version, *client, entry.uses, entry.kid, entry.reason)


def _uses(value: Any) -> int:
    return value[4]


def _entry(key: Any, value: Any) -> UsageEntry:
    credential_id, time, unique = key
    version, subject, address, user_agent, uses, kid, reason = value
    return UsageEntry(
        credential_id=credential_id,
        time=time,
        subject=subject,
        address=address,
        user_agent=user_agent,
        uses=uses,
        kid=kid,
        reason=reason,
        only_named=version == ONLY_NAMED,
        unique=unique,
    )
