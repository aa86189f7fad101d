"""Service keys: client identities, found by client id and by owner."""

from ..core.keys import PublicKey
from .interfaces import IServiceKey
from .interfaces import IServiceKeys
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from collections.abc import Iterator
from persistent import Persistent
from zope.interface import implementer


@implementer(IServiceKey)
class ServiceKey(Persistent):
    """See IServiceKey."""

    # What is set here was added later, or is set later; older objects lack it.
    name = ""
    issued_by = ""
    reminded: tuple[float, int] | None = None
    revoked_at: float | None = None
    revoked_by = ""
    orphaned_at: float | None = None
    owner_missing_since: float | None = None

    def __init__(
        self,
        client_id: str,
        *,
        owner: str,
        title: str,
        public_key: PublicKey,
        issued_at: float,
        issued_by: str = "",
        name: str = "",
        expires_at: float | None = None,
        ip_ranges: str = "",
        may_impersonate: bool = False,
        may_manage_users: bool = False,
        require_jti: bool = False,
    ) -> None:
        self.client_id = client_id
        self.owner = owner
        self.title = title
        self.public_keys: tuple[PublicKey, ...] = (public_key,)
        self.issued_at = issued_at
        self.issued_by = issued_by
        self.name = name
        self.expires_at = expires_at
        self.ip_ranges = ip_ranges
        self.may_impersonate = may_impersonate
        self.may_manage_users = may_manage_users
        self.require_jti = require_jti

    @property
    def credential_id(self) -> str:
        return self.client_id

    def is_live(self, now: float) -> bool:
        if self.revoked_at is not None or self.orphaned_at is not None:
            return False
        return self.expires_at is None or now < self.expires_at

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        return tuple(key for key in self.public_keys if key.is_live(now))


@implementer(IServiceKeys)
class ServiceKeys(Persistent):
    """See IServiceKeys."""

    def __init__(self) -> None:
        self._by_client_id = OOBTree()
        self._by_owner = OOBTree()
        self._by_end = OOTreeSet()

    def add(self, service_key: ServiceKey) -> None:
        if not self._by_client_id.insert(service_key.client_id, service_key):
            raise KeyError(service_key.client_id)
        owned = self._by_owner.get(service_key.owner)
        if owned is None:
            owned = self._by_owner[service_key.owner] = OOTreeSet()
        owned.add(service_key.client_id)

    def get(
        self, client_id: str, default: ServiceKey | None = None
    ) -> ServiceKey | None:
        return self._by_client_id.get(client_id, default)

    def all(self) -> Iterator[ServiceKey]:
        yield from self._by_client_id.values()

    def owned_by(self, owner: str) -> Iterator[ServiceKey]:
        for client_id in list(self._by_owner.get(owner, ())):
            yield self._by_client_id[client_id]

    def owners(self) -> list[str]:
        return list(self._by_owner)

    def mark_revoked(self, client_id: str, revoked_by: str, now: float) -> None:
        service_key = self._by_client_id[client_id]
        if service_key.revoked_at is None:
            service_key.revoked_at = now
            service_key.revoked_by = revoked_by
            self._by_end.add((now, client_id))

    def mark_orphaned(self, owner: str, now: float) -> None:
        for service_key in self.owned_by(owner):
            if service_key.orphaned_at is None:
                service_key.orphaned_at = now
                self._by_end.add((now, service_key.client_id))

    def ended_before(self, when: float) -> list[str]:
        ended = (client_id for _, client_id in self._by_end.keys(max=(when, "")))
        # A key that was revoked and orphaned is there twice.
        return list(dict.fromkeys(ended))

    def remove(self, client_id: str) -> None:
        service_key = self._by_client_id.pop(client_id)
        owned = self._by_owner[service_key.owner]
        owned.remove(client_id)
        if not owned:
            del self._by_owner[service_key.owner]
        for ended_at in (service_key.revoked_at, service_key.orphaned_at):
            if ended_at is not None and (ended_at, client_id) in self._by_end:
                self._by_end.remove((ended_at, client_id))
