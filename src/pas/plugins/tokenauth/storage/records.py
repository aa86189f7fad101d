"""Records of what is issued, found by digest until they expire."""

from ..core.tokens import TokenDigest
from .expiring import ExpiringMap
from .interfaces import IExpiringStore
from .interfaces import IRefreshFamily
from dataclasses import fields
from persistent import Persistent
from typing import Any
from typing import Generic
from typing import TypeVar
from zope.interface import implementer


#: A frozen dataclass with `expires_at`, in seconds since the epoch.
Record = TypeVar("Record", bound=Any)
#: Seconds for which a code is remembered after it has expired, so that one that comes a
#: second time is known for what it is.
REMEMBERED = 15 * 60
#: With what a record begins, so that later ones can hold something else.
_VERSION = 1


@implementer(IExpiringStore)
class Records(Persistent, Generic[Record]):
    """Records by digest: nothing here can be presented as what was issued.

    Each is kept as a tuple, since names for its members would take more room on disk.

    :cvar record: the dataclass
    :cvar period: see ExpiringMap
    :cvar remembered: seconds for which one is found after it has expired
    """

    record: type[Record]
    period = 60 * 60
    remembered = 0

    def __init__(self) -> None:
        self._records = ExpiringMap(self.period)

    def add(self, digest: TokenDigest, record: Record, now: float) -> None:
        """Keep a record. Raises KeyError when there is one."""
        values = [getattr(record, name) for name in self._names()]
        self._records.drop_expired_beside(digest, now)
        self._records.insert(digest, (_VERSION, *values), self._kept_until(record))

    def get(self, digest: TokenDigest, now: float) -> Record | None:
        """A record that has not expired, or is remembered; or None."""
        found = self._records.get(digest, now)
        if found is None:
            return None
        kept_until, _version, *values = found
        members = dict(zip(self._names(), values, strict=True))
        return self.record(**members, expires_at=kept_until - self.remembered)

    def take(self, digest: TokenDigest, now: float) -> Record | None:
        """The same, and forget it. Two transactions that take one conflict."""
        found = self.get(digest, now)
        if found is not None:
            self._records.remove(digest)
        return found

    def drop_expired(self, now: float) -> None:
        self._records.drop_expired(now)

    def _names(self) -> list[str]:
        names = [each.name for each in fields(self.record)]
        return [name for name in names if name != "expires_at"]

    def _kept_until(self, record: Record) -> float:
        return float(record.expires_at) + self.remembered


class RecordsOfCodes(Records[Record]):
    """Records of codes that are good for one time.

    That a code was used is noted beside it, under the same digest: two transactions
    that use the same code conflict.
    """

    remembered = REMEMBERED

    def __init__(self) -> None:
        super().__init__()
        self._used = ExpiringMap(self.period)

    def use(
        self,
        digest: TokenDigest,
        made: IRefreshFamily | TokenDigest | None,
        code: Record,
        now: float,
    ) -> None:
        """Note that a code was used. Raises KeyError when it was used before.

        :param made: what came of it: the IRefreshFamily that has begun, the digest of
            an access token without one, or None
        """
        self._used.drop_expired_beside(digest, now)
        self._used.insert(digest, (made,), self._kept_until(code))

    def is_used(self, digest: TokenDigest, now: float) -> bool:
        """Whether a code was used."""
        return self._used.get(digest, now) is not None

    def made_of(
        self, digest: TokenDigest, now: float
    ) -> IRefreshFamily | TokenDigest | None:
        """What came of a code that was used, see use()."""
        found = self._used.get(digest, now)
        return None if found is None else found[1]

    def drop_expired(self, now: float) -> None:
        super().drop_expired(now)
        self._used.drop_expired(now)
