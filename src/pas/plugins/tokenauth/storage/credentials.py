"""Credentials of one kind: what they have in common, found by id and by owner."""

from ..core.scopes import READ
from .index import CredentialIndex
from .index import entry_of
from .interfaces import ICredential
from .interfaces import ICredentialIndex
from .interfaces import ICredentials
from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from collections.abc import Iterator
from collections.abc import Mapping
from persistent import Persistent
from types import MappingProxyType
from typing import Any
from typing import Generic
from typing import TypeVar
from ZODB.broken import Broken
from zope.interface import implementer


@implementer(ICredential)
class Credential(Persistent):
    """See ICredential. A subclass is one kind, and has a `kind` to name it.

    The index of its kind follows whatever is set here.
    """

    kind: str
    title: str

    # What is set here was added later, or is set later; older objects lack it.
    name = ""
    issued_by = ""
    made_with = ""
    ip_ranges = ""
    expires_at: float | None = None
    scopes: tuple[str, ...] = (READ,)
    reminded: tuple[float, int] | None = None
    revoked_at: float | None = None
    revoked_by = ""
    disabled_at: float | None = None
    disabled_by = ""
    withheld_by = ""
    owned_since: float | None = None
    orphaned_at: float | None = None
    is_forgotten = False
    owner_missing_since: float | None = None
    may_impersonate = False
    used_at = 0.0
    networks: Mapping[str, float] = MappingProxyType({})
    told_of_address_at = 0.0
    kids_used_at: Mapping[str, float] = MappingProxyType({})

    _index: ICredentialIndex | None = None
    _number: int

    def __init__(
        self,
        credential_id: str,
        *,
        owner: str,
        issued_at: float,
        issued_by: str = "",
        name: str = "",
        **options: Any,
    ) -> None:
        # Known also where the class of an add-on is not any more.
        self.kind = type(self).kind
        self.credential_id = credential_id
        self.owner = owner
        self.issued_at = issued_at
        self.issued_by = issued_by
        self.name = name
        for option, value in options.items():
            setattr(self, option, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") or self._index is None:
            super().__setattr__(name, value)
            return
        before = entry_of(self)
        super().__setattr__(name, value)
        self._index.change(self._number, before, entry_of(self))

    @property
    def client_id(self) -> str:
        return self.credential_id

    @property
    def acts_as(self) -> str:
        return self.owner

    @property
    def has_ended(self) -> bool:
        return (
            self.revoked_at is not None
            or self.orphaned_at is not None
            or self.is_forgotten
        )

    @property
    def secret_made_at(self) -> float:
        return self.issued_at

    def is_current(self, now: float) -> bool:
        if self.has_ended:
            return False
        return self.expires_at is None or now < self.expires_at

    def is_live(self, now: float) -> bool:
        return self.disabled_at is None and self.is_current(now)


CredentialT = TypeVar("CredentialT", bound=Credential)


@implementer(ICredentials)
class Credentials(Persistent, Generic[CredentialT]):
    """See ICredentials."""

    def __init__(self) -> None:
        self.index = CredentialIndex()
        self._by_id = OOBTree()
        self._by_number = IOBTree()
        self._by_end = OOTreeSet()

    def add(self, credential: CredentialT) -> None:
        if not self._by_id.insert(credential.credential_id, credential):
            raise KeyError(credential.credential_id)
        number = self.index.free_number(credential.credential_id)
        self._by_number[number] = credential
        self.index.change(number, None, entry_of(credential))
        credential._number = number
        credential._index = self.index

    def get(self, credential_id: str) -> CredentialT | None:
        found: CredentialT | None = self._by_id.get(credential_id)
        return None if found is None else _intact(found)

    def numbered(self, number: int) -> CredentialT:
        return _intact(self._by_number[number])

    def all(self) -> Iterator[CredentialT]:
        yield from map(_intact, self._by_id.values())

    def owned_by(self, owner: str) -> Iterator[CredentialT]:
        for number in list(self.index.having("owner", owner)):
            yield self.numbered(number)

    def owners(self) -> list[str]:
        # What belongs to the site is nobody's.
        return [owner for owner in self.index.values("owner") if owner]

    def mark_revoked(self, credential_id: str, revoked_by: str, now: float) -> None:
        credential = self._changeable(credential_id)
        if credential.revoked_at is None:
            credential.revoked_at = now
            credential.revoked_by = revoked_by
            self._by_end.add((now, credential_id))

    def transfer(self, credential_id: str, owner: str, now: float) -> None:
        credential = self._changeable(credential_id)
        # Who issued it for themselves has issued it for the other.
        credential.issued_by = credential.issued_by or credential.owner
        credential.owner = owner
        credential.owned_since = now
        credential.owner_missing_since = None
        credential.reminded = None

    def mark_orphaned(self, owner: str, now: float) -> None:
        for owned in list(self.owned_by(owner)):
            credential = self._changeable(owned.credential_id)
            if credential.orphaned_at is None:
                credential.orphaned_at = now
                self._by_end.add((now, credential.credential_id))

    def ended_before(self, when: float) -> list[str]:
        ended = (
            credential_id for _, credential_id in self._by_end.keys(max=(when, ""))
        )
        # What was revoked and orphaned is there twice.
        return list(dict.fromkeys(ended))

    def remove(self, credential_id: str) -> None:
        credential = _intact(self._by_id.pop(credential_id))
        del self._by_number[credential._number]
        self.index.change(credential._number, entry_of(credential), None)
        credential._index = None
        # Tokens may still refer to it.
        credential.is_forgotten = True
        for ended_at in (credential.revoked_at, credential.orphaned_at):
            if ended_at is not None and (ended_at, credential_id) in self._by_end:
                self._by_end.remove((ended_at, credential_id))

    def _changeable(self, credential_id: str) -> CredentialT:
        """One to change. Where its class is gone, another takes the place for good."""
        credential: CredentialT = self._by_id[credential_id]
        if isinstance(credential, Broken):
            credential = _intact(credential)
            self._by_id[credential_id] = credential
            self._by_number[credential._number] = credential
        return credential


def _intact(credential: CredentialT) -> CredentialT:
    """A credential as it is; what every kind has of it where its class is gone."""
    if not isinstance(credential, Broken):
        return credential
    credential._p_activate()
    intact: Any = Credential.__new__(Credential)
    vars(intact).update(credential.__Broken_state__)
    return intact
