"""Finding credentials: one's own, or those of the whole site.

The index of the storage says which they are, so that a page of a long list costs what a
page of a short one does.
"""

from ..core.clock import DAY
from ..site.context import SiteContext
from ..site.requester import Requester
from ..storage.index import ORDERS as SORT_ORDERS
from ..storage.index import places_of
from ..storage.index import with_all
from ..storage.index import without
from ..storage.interfaces import ICredential
from ..storage.interfaces import ICredentialIndex
from ..storage.interfaces import ICredentials
from .interfaces import ENDED
from .interfaces import ICredentialKind
from .interfaces import STATES
from .interfaces import TRAITS
from .kinds import credentials_of
from .kinds import stored_kinds
from .rights import managed_kinds
from .scopes import administrative_scopes
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from math import nextafter
from operator import itemgetter
from typing import Any
from typing import overload


__all__ = ("SORT_ORDERS", "STATES")

#: Days before its end from which on a credential counts as expiring.
EXPIRING_DAYS = 14
#: Days without use from which on one counts as unused.
UNUSED_DAYS = 90

#: So many are loaded to be sorted; most of them are shown anyway.
_FEW = 50
_NEVER = float("inf")


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What to look for; what is left out does not matter.

    :param text: part of title, owner, name or id, in any case
    :param state: one of STATES
    :param owner: user id
    :param scope: name of a scope that it has
    :param kind: None for any
    :param with_ended: whether to show what is revoked or orphaned too; if this is its
        state, it is shown anyway
    :param is_own: whether to leave out what an earlier user of the same id had
    """

    text: str = ""
    state: str = ""
    owner: str = ""
    scope: str = ""
    kind: ICredentialKind | None = None
    with_ended: bool = False
    is_own: bool = False


class Found(Sequence[ICredential]):
    """Credentials in an order; each is loaded when it is asked for.

    :param numbers: which of each kind
    :param by_kind: whether those of a kind come before those of the next one
    """

    def __init__(
        self,
        numbers: list[tuple[ICredentials, Collection[int]]],
        sort_on: str = "issued",
        descending: bool = True,
        by_kind: bool = False,
    ) -> None:
        self._numbers = numbers
        self._by_kind = by_kind
        self._sort_on = sort_on
        self._descending = descending
        self._length = sum(len(each) for _, each in numbers)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> ICredential: ...

    @overload
    def __getitem__(self, index: slice) -> list[ICredential]: ...

    def __getitem__(self, index: int | slice) -> ICredential | list[ICredential]:
        if isinstance(index, slice):
            start, stop, _step = index.indices(self._length)
            return self._between(start, stop)
        position = range(self._length)[index]
        return self._between(position, position + 1)[0]

    def __iter__(self) -> Iterator[ICredential]:
        return iter(self[:])

    def in_states(self, now: float) -> dict[str, int]:
        """How many of these are in each of STATES."""
        states = [
            (numbers, _States(store.index, now)) for store, numbers in self._numbers
        ]
        return {
            state: sum(
                len(with_all([numbers, each[state]])) for numbers, each in states
            )
            for state in STATES
        }

    def _between(self, start: int, stop: int) -> list[ICredential]:
        each = [[each] for each in self._numbers]
        found: list[ICredential] = []
        for numbers in each if self._by_kind else [self._numbers]:
            length = sum(len(each) for _, each in numbers)
            if max(start, 0) < min(stop, length):
                found += self._of(numbers, max(start, 0), min(stop, length), length)
            start, stop = start - length, stop - length
        return found

    def _of(
        self,
        numbers: list[tuple[ICredentials, Collection[int]]],
        start: int,
        stop: int,
        length: int,
    ) -> list[ICredential]:
        """Some of these kinds, in one order; looked for from the nearer end."""
        is_reversed = length - start < stop
        if is_reversed:
            start, stop = length - stop, length - start
        descending = self._descending != is_reversed
        places = [
            (place, credentials)
            for credentials, each in numbers
            for place in _first(credentials, self._sort_on, each, stop, descending)
        ]
        if len(numbers) > 1:
            places.sort(key=itemgetter(0), reverse=descending)
        found = [store.numbered(number) for (_, number), store in places[start:stop]]
        return found[::-1] if is_reversed else found


def _first(
    credentials: ICredentials,
    sort_on: str,
    numbers: Collection[int],
    stop: int,
    descending: bool,
) -> list[tuple[Any, int]]:
    """The first of some credentials, as ICredentialIndex.first() has them."""
    if len(numbers) > _FEW:
        return credentials.index.first(sort_on, numbers, stop, descending)
    # The index would look for them among all that others have.
    places = [
        (places_of(credentials.numbered(number))[sort_on], number) for number in numbers
    ]
    return sorted(places, reverse=descending)[:stop]


def state_of(credential: ICredential, now: float) -> str:
    """One of STATES that are no TRAITS, or expiring, which is active too."""
    if credential.revoked_at is not None:
        return "revoked"
    if credential.orphaned_at or credential.owner_missing_since:
        return "orphaned"
    if not credential.is_current(now):
        return "expired"
    if credential.disabled_at is not None:
        return "disabled"
    left = days_left(credential, now)
    return "expiring" if left is not None and left <= EXPIRING_DAYS else "active"


def days_left(credential: ICredential, now: float) -> int | None:
    """Full days until it expires; None for never, less than 0 afterwards."""
    if credential.expires_at is None:
        return None
    return int((credential.expires_at - now) // DAY)


def find_credentials(
    site: SiteContext,
    requester: Requester,
    now: float,
    criteria: Criteria,
    sort_on: str = "issued",
    descending: bool = True,
) -> Found:
    """Those of everybody that match; those of one person kind by kind.

    :param sort_on: one of SORT_ORDERS; never is after any expiry, and before any use
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    searched = managed_kinds(site, requester, criteria.kind)
    found = _numbers_of(site, searched, now, criteria)
    return Found(found, sort_on, descending, by_kind=bool(criteria.owner))


def find_own_credentials(
    site: SiteContext,
    requester: Requester,
    kind: ICredentialKind,
    now: float,
    criteria: Criteria,
    sort_on: str = "issued",
    descending: bool = True,
) -> Found:
    """Those of a kind that the requester has and that match.

    :raises NotASiteUser: for a user of the Zope root, whose id a user here may share
    :raises NotAllowed: without the permission to have any
    """
    requester.require(kind.manage_own)
    criteria = replace(criteria, owner=requester.user_id, is_own=True)
    return Found(_numbers_of(site, [kind], now, criteria), sort_on, descending)


def number_of_credentials(site: SiteContext, now: float, criteria: Criteria) -> int:
    """How many there are that match, of any kind."""
    found = _numbers_of(site, stored_kinds(site.storage), now, criteria)
    return sum(len(numbers) for _, numbers in found)


def made_with(
    site: SiteContext,
    credentials: Iterable[ICredential],
    now: float,
    since: float = 0.0,
) -> list[ICredential]:
    """What programs had issued with these and has not ended.

    :param since: seconds since the epoch; what is older is left out
    """
    kinds = stored_kinds(site.storage)
    return [
        credential
        for credential_id in {each.credential_id for each in credentials}
        for credential in Found(
            _numbers_of(site, kinds, now, Criteria(text=credential_id))
        )
        if credential.made_with == credential_id
        and credential.issued_at >= since
        and credential.is_current(now)
    ]


def _numbers_of(
    site: SiteContext,
    searched: Iterable[ICredentialKind],
    now: float,
    criteria: Criteria,
) -> list[tuple[ICredentials, Collection[int]]]:
    stores = [credentials_of(site.storage, kind) for kind in searched]
    return [(store, _numbers(store.index, criteria, now)) for store in stores]


def _numbers(
    index: ICredentialIndex, criteria: Criteria, now: float
) -> Collection[int]:
    text = criteria.text.strip().lower()
    sets = []
    if criteria.owner:
        sets.append(index.having("owner", criteria.owner))
    if criteria.scope:
        sets.append(index.having("scope", criteria.scope))
    if criteria.state:
        sets.append(_States(index, now)[criteria.state])
    found = with_all(sets) if sets else index.all
    if not criteria.with_ended and criteria.state not in ENDED:
        found = without(found, index.having("is", "revoked", "orphaned"))
    if criteria.is_own:
        found = without(found, index.having("is", "orphaned"))
    return index.with_words(text, found) if text else found


class _States:
    """The numbers of those that are in each state now.

    :param index: of one kind
    """

    def __init__(self, index: ICredentialIndex, now: float) -> None:
        self._index = index
        self._now = now

    def __getitem__(self, state: str) -> Collection[int]:
        if state in TRAITS:
            return with_all([self.active, getattr(self, f"_{state}")])
        return getattr(self, state)

    @cached_property
    def revoked(self) -> Collection[int]:
        return self._index.having("is", "revoked")

    @cached_property
    def orphaned(self) -> Collection[int]:
        gone = self._index.having("is", "orphaned", "missing")
        return without(gone, self.revoked)

    @cached_property
    def expired(self) -> Collection[int]:
        expired = self._index.before("expires", nextafter(self._now, _NEVER))
        return without(expired, self.revoked, self.orphaned)

    @cached_property
    def disabled(self) -> Collection[int]:
        disabled = self._index.having("is", "disabled")
        return without(disabled, self.revoked, self.orphaned, self.expired)

    @cached_property
    def active(self) -> Collection[int]:
        others = (self.revoked, self.orphaned, self.expired, self.disabled)
        return without(self._index.all, *others)

    @property
    def _expiring(self) -> Collection[int]:
        return self._index.before("expires", self._now + (EXPIRING_DAYS + 1) * DAY)

    @property
    def _unused(self) -> Collection[int]:
        since = self._now - UNUSED_DAYS * DAY
        # What could not have been used for so long is not called unused.
        old = self._index.before("issued", nextafter(since, _NEVER))
        return with_all([old, self._index.before("last_used", since)])

    @property
    def _never_expires(self) -> Collection[int]:
        return self._index.having("is", "never_expires")

    @property
    def _anywhere(self) -> Collection[int]:
        return self._index.having("is", "anywhere")

    @property
    def _administrative(self) -> Collection[int]:
        return self._index.having("scope", *administrative_scopes())
