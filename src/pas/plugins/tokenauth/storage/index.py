"""The index of the credentials of one kind: what lists are filtered and sorted by.

A list shows a few of many. Whoever wants these few asks here for their numbers, and
loads nothing else.
"""

from ..core.clock import DAY
from .interfaces import ICredential
from .interfaces import ICredentialIndex
from .remembered import Remembered
from BTrees.IIBTree import difference
from BTrees.IIBTree import IISet
from BTrees.IIBTree import IITreeSet
from BTrees.IIBTree import intersection
from BTrees.IIBTree import multiunion
from BTrees.IOBTree import IOBTree
from BTrees.OIBTree import OIBTree
from BTrees.OOBTree import OOBTree
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from itertools import islice
from persistent import Persistent
from typing import Any
from zope.interface import implementer

import hashlib


#: Orders whose values are times.
TIMES = ("issued", "expires", "last_used")
#: What a list can be sorted by; never is after any expiry, and before any use.
ORDERS = ("title", "owner", "issued", "expires", "last_used")
FACETS = ("owner", "scope", "is", *TIMES)
_NEVER = float("inf")
#: Seconds that share a set, so that a long time is put together from few.
_PERIOD = 7 * DAY
#: Keys of BTrees with numbers have 32 bits.
_LARGEST = 2**31 - 1
#: Credentials whose words are searched as one string.
_PART = 200
#: How much of an order is read at first, where its end is looked for.
_FIRST_PART = 200


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the index knows of one credential.

    :param words: what it can be found by, in small letters
    :param places: its value in each of ORDERS
    :param facets: what it has, as pairs of one of FACETS and a value
    """

    words: str
    places: frozenset[tuple[str, Any]]
    facets: frozenset[tuple[str, str | int]]


@dataclass(frozen=True)
class _Part:
    """The words of some credentials, also as one string: it is searched much faster."""

    numbers: list[int]
    words: list[str]
    joined: str


@implementer(ICredentialIndex)
class CredentialIndex(Persistent):
    """See ICredentialIndex."""

    def __init__(self) -> None:
        self._numbers = IITreeSet()
        self._words = IOBTree()
        self._orders = {name: OIBTree() for name in ORDERS}
        self._facets = {name: OOBTree() for name in FACETS}

    def free_number(self, credential_id: str) -> int:
        # Numbers in a row would let any two that are issued at once conflict.
        digest = hashlib.sha256(credential_id.encode()).digest()
        number = int.from_bytes(digest[:4], "big") & _LARGEST
        while number in self._numbers:
            number = (number + 1) & _LARGEST
        return number

    def change(self, number: int, before: Entry | None, after: Entry | None) -> None:
        # What stays is not touched, so that others who change something conflict less.
        old_places = before.places if before else frozenset()
        new_places = after.places if after else frozenset()
        for order, value in old_places - new_places:
            del self._orders[order][value, number]
        for order, value in new_places - old_places:
            self._orders[order][value, number] = number
        old_facets = before.facets if before else frozenset()
        new_facets = after.facets if after else frozenset()
        for facet, value in old_facets - new_facets:
            self._remove(facet, value, number)
        for facet, value in new_facets - old_facets:
            self._facets[facet].setdefault(value, IITreeSet()).add(number)
        if after is None:
            self._numbers.remove(number)
            del self._words[number]
        elif before is None or before.words != after.words:
            self._numbers.add(number)
            self._words[number] = after.words

    @property
    def all(self) -> IITreeSet:
        return self._numbers

    def values(self, facet: str) -> list[str]:
        return list(self._facets[facet])

    def having(self, facet: str, *values: str) -> Collection[int]:
        found = [self._facets[facet].get(value) for value in values]
        sets = [each for each in found if each is not None]
        return sets[0] if len(sets) == 1 else multiunion(sets)

    def before(self, time: str, when: float) -> Collection[int]:
        period = _period(when)
        whole = list(self._facets[time].values(max=period, excludemax=True))
        # Numbers are not negative: these are less than any key of that value.
        part = self._orders[time].values((period * _PERIOD, -1), (when, -1))
        return multiunion([*whole, IITreeSet(part)])

    def with_words(self, text: str, numbers: Collection[int]) -> Collection[int]:
        hits: list[int] = []
        for part in self._searched():
            if text in part.joined:
                hits += compress(part.numbers, [text in each for each in part.words])
        if len(hits) == len(self._numbers):
            # There is nothing to sort out.
            return numbers
        return intersection(IISet(hits), numbers)

    def first(
        self, order: str, numbers: Collection[int], stop: int, descending: bool
    ) -> list[tuple[Any, int]]:
        places = self._orders[order].keys()
        from_near = _from_end(places) if descending else places
        if len(numbers) == len(places):
            return list(islice(from_near, stop))
        wanted = (place for place in from_near if place[1] in numbers)
        return list(islice(wanted, stop))

    def _searched(self) -> list[_Part]:
        searched: Remembered[list[_Part]] | None
        searched = getattr(self, "_v_searched", None)
        if searched is None or not searched.is_current():
            objects = [self._words, *_buckets(self._words)]
            searched = self._v_searched = Remembered(_parts(self._words), objects)
        return searched.result

    def _remove(self, facet: str, value: str | int, number: int) -> None:
        having = self._facets[facet][value]
        having.remove(number)
        if not having:
            del self._facets[facet][value]


def _parts(tree: Any) -> list[_Part]:
    """A tree of words, as it is searched."""
    numbers, words = list(tree), list(tree.values())
    return [
        _Part(numbers[start:stop], words[start:stop], "\0".join(words[start:stop]))
        for start in range(0, len(numbers), _PART)
        for stop in [start + _PART]
    ]


def _buckets(tree: Any) -> Iterator[Any]:
    """The persistent parts of a tree that hold what is in it, in order."""
    bucket = tree._firstbucket
    while bucket is not None:
        yield bucket
        bucket = bucket._next


def _from_end(places: Any) -> Iterator[Any]:
    """The items of a tree, the last one first.

    It is read in parts, each larger than the one before: mostly the first will do.
    """
    end, size = len(places), _FIRST_PART
    while end:
        start = max(end - size, 0)
        yield from reversed(list(places[start:end]))
        end, size = start, size * 8


def entry_of(credential: ICredential) -> Entry:
    """What the index knows of a credential."""
    words = [
        credential.title,
        credential.owner,
        credential.name,
        credential.credential_id,
    ]
    if credential.client_id != credential.credential_id:
        words.append(credential.client_id)
    if credential.made_with:
        words.append(credential.made_with)
    places = places_of(credential)
    facets: list[tuple[str, str | int]] = [("owner", credential.owner)]
    facets += [("scope", scope) for scope in credential.scopes]
    facets += [("is", name) for name, holds in _facts(credential) if holds]
    facets += [
        (time, _period(places[time])) for time in TIMES if places[time] != _NEVER
    ]
    return Entry(
        # No word reaches from one into the next.
        words="\n".join(words).lower(),
        places=frozenset(places.items()),
        facets=frozenset(facets),
    )


def places_of(credential: ICredential) -> dict[str, Any]:
    """The value of a credential in each of ORDERS."""
    return {
        "title": credential.title.lower(),
        "owner": credential.owner.lower(),
        "issued": credential.issued_at,
        "expires": _NEVER if credential.expires_at is None else credential.expires_at,
        "last_used": credential.used_at,
    }


def _period(when: float) -> int:
    return int(when // _PERIOD)


def with_all(sets: Iterable[Collection[int]]) -> Collection[int]:
    """The numbers that are in each of several sets, of which there is one at least."""
    return reduce(intersection, sorted(sets, key=len))


def without(numbers: Collection[int], *sets: Collection[int]) -> Collection[int]:
    """The numbers that are in none of the other sets."""
    for each in sets:
        numbers = difference(numbers, each) if each else numbers
    return numbers


def _facts(credential: ICredential) -> Iterable[tuple[str, bool]]:
    yield "revoked", credential.revoked_at is not None
    yield "orphaned", credential.orphaned_at is not None
    yield "missing", credential.owner_missing_since is not None
    yield "disabled", credential.disabled_at is not None
    yield "anywhere", not credential.ip_ranges
    yield "never_expires", credential.expires_at is None
