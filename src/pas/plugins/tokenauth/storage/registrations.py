"""Applications that have registered themselves; nobody has looked at them."""

from ..core.clock import DAY
from .credentials import Credential
from .credentials import Credentials
from .index import with_all
from .index import without
from .interfaces import IRegistration
from .interfaces import IRegistrations
from collections.abc import Collection
from zope.interface import implementer


#: Seconds after which one is forgotten that nobody has allowed anything.
UNUSED_AFTER = 30 * DAY


@implementer(IRegistration)
class Registration(Credential):
    """See IRegistration."""

    kind = "registration"
    document = ""
    redirect_uris: tuple[str, ...] = ()
    address = ""

    @property
    def client_id(self) -> str:
        return self.document or self.credential_id

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(self.name.split(", "))


@implementer(IRegistrations)
class Registrations(Credentials[Registration]):
    """See IRegistrations."""

    def make_room(self, maximum: int) -> bool:
        live = without(self.index.all, self.index.having("is", "revoked"))
        excess = len(live) + 1 - maximum
        if excess > 0:
            oldest = self.index.first("issued", self._unused, excess, False)
            for _issued_at, number in oldest:
                self.remove(self.numbered(number).credential_id)
            excess -= len(oldest)
        return excess <= 0

    def drop_expired(self, now: float) -> None:
        old = self.index.before("issued", now - UNUSED_AFTER)
        for number in with_all([self._unused, old]):
            self.remove(self.numbered(number).credential_id)

    @property
    def _unused(self) -> Collection[int]:
        # What was revoked is kept as evidence.
        return without(
            self.index.before("last_used", 1), self.index.having("is", "revoked")
        )
