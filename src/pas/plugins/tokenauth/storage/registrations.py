"""Applications that have registered themselves; nobody has looked at them."""

from ..core.clock import DAY
from .credentials import Credential
from .credentials import Credentials
from .index import with_all
from .index import without
from .interfaces import IExpiringStore
from collections.abc import Callable
from collections.abc import Collection
from itertools import islice
from zope.interface import implementer


#: Seconds after which one is forgotten that nobody has allowed anything.
UNUSED_AFTER = 30 * DAY


class Registration(Credential):
    """An application that has registered itself.

    :ivar document: URL of the document about it; empty where there is none
    :ivar redirect_uris: where people may be sent back to, without a document
    :ivar address: of whoever has registered it, or has allowed it first
    :ivar hosts: by which people know it, as a tuple; its name lists them
    """

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


@implementer(IExpiringStore)
class Registrations(Credentials[Registration]):
    """All applications that have registered themselves.

    What nobody has allowed anything is unused, and is forgotten after 30 days.
    """

    def make_room(
        self, maximum: int, is_needed: Callable[[Registration], bool]
    ) -> bool:
        """Forget the oldest until there are less than that many live ones.

        First those that are unused, then others that nobody needs any more.

        :param is_needed: whether one must not be forgotten that somebody has used
        :returns: whether there are less
        """
        live = without(self.index.all, self.index.having("is", "revoked"))
        excess = len(live) + 1 - maximum
        if excess > 0:
            excess -= self._forget(self._unused, excess, lambda unused: True)
        if excess > 0:
            used = without(live, self.index.before("last_used", 1))
            excess -= self._forget(used, excess, lambda each: not is_needed(each))
        return excess <= 0

    def _forget(
        self,
        numbers: Collection[int],
        count: int,
        may_go: Callable[[Registration], bool],
    ) -> int:
        """Forget the oldest that may go, and tell how many there were."""
        oldest = self.index.first("issued", numbers, len(numbers), False)
        each = (self.numbered(number) for _issued_at, number in oldest)
        going = list(islice(filter(may_go, each), count))
        for registration in going:
            self.remove(registration.credential_id)
        return len(going)

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
