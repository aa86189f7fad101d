"""Credentials of one kind: what they have in common, found by id and by owner."""

from ..core.scopes import READ
from .interfaces import ICredential
from .interfaces import ICredentials
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from collections.abc import Iterator
from persistent import Persistent
from typing import Any
from typing import Generic
from typing import TypeVar
from zope.interface import implementer


@implementer(ICredential)
class Credential(Persistent):
    """See ICredential. A subclass is one kind, and has a `kind` to name it."""

    kind: str
    title: str

    # What is set here was added later, or is set later; older objects lack it.
    name = ""
    issued_by = ""
    ip_ranges = ""
    expires_at: float | None = None
    scopes: tuple[str, ...] = (READ,)
    reminded: tuple[float, int] | None = None
    revoked_at: float | None = None
    revoked_by = ""
    disabled_at: float | None = None
    disabled_by = ""
    owned_since: float | None = None
    orphaned_at: float | None = None
    is_forgotten = False
    owner_missing_since: float | None = None
    may_impersonate = False

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
        self.credential_id = credential_id
        self.owner = owner
        self.issued_at = issued_at
        self.issued_by = issued_by
        self.name = name
        for option, value in options.items():
            setattr(self, option, value)

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
        self._by_id = OOBTree()
        self._by_owner = OOBTree()
        self._by_end = OOTreeSet()

    def add(self, credential: CredentialT) -> None:
        if not self._by_id.insert(credential.credential_id, credential):
            raise KeyError(credential.credential_id)
        self._note_owner(credential)

    def get(self, credential_id: str) -> CredentialT | None:
        found: CredentialT | None = self._by_id.get(credential_id)
        return found

    def all(self) -> Iterator[CredentialT]:
        yield from self._by_id.values()

    def owned_by(self, owner: str) -> Iterator[CredentialT]:
        for credential_id in list(self._by_owner.get(owner, ())):
            yield self._by_id[credential_id]

    def owners(self) -> list[str]:
        return list(self._by_owner)

    def mark_revoked(self, credential_id: str, revoked_by: str, now: float) -> None:
        credential = self._by_id[credential_id]
        if credential.revoked_at is None:
            credential.revoked_at = now
            credential.revoked_by = revoked_by
            self._by_end.add((now, credential_id))

    def transfer(self, credential_id: str, owner: str, now: float) -> None:
        credential = self._by_id[credential_id]
        self._forget_owner(credential)
        # Who issued it for themselves has issued it for the other.
        credential.issued_by = credential.issued_by or credential.owner
        credential.owner = owner
        credential.owned_since = now
        credential.owner_missing_since = None
        credential.reminded = None
        self._note_owner(credential)

    def mark_orphaned(self, owner: str, now: float) -> None:
        for credential in self.owned_by(owner):
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
        credential = self._by_id.pop(credential_id)
        # Tokens may still refer to it.
        credential.is_forgotten = True
        self._forget_owner(credential)
        for ended_at in (credential.revoked_at, credential.orphaned_at):
            if ended_at is not None and (ended_at, credential_id) in self._by_end:
                self._by_end.remove((ended_at, credential_id))

    def _note_owner(self, credential: CredentialT) -> None:
        owned = self._by_owner.get(credential.owner)
        if owned is None:
            owned = self._by_owner[credential.owner] = OOTreeSet()
        owned.add(credential.credential_id)

    def _forget_owner(self, credential: CredentialT) -> None:
        owned = self._by_owner[credential.owner]
        owned.remove(credential.credential_id)
        if not owned:
            del self._by_owner[credential.owner]
