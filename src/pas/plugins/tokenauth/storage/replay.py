"""Identifiers of grants that were used: each is good for one time."""

from ..core.errors import InvalidGrant
from .expiring import ExpiringMap
from .interfaces import IExpiringStore
from .interfaces import IOpenToTokens
from persistent import Persistent
from zope.interface import implementer

import hashlib


PERIOD = 60 * 60
#: Identifiers are kept for so much longer than their grants live, because a clock that
#: went ahead and is set back makes grants live that had expired.
CLOCK_STEP = 3 * 60 * 60
USED_BEFORE = "The claim jti was used before."


@implementer(IExpiringStore, IOpenToTokens)
class ReplaySet(Persistent):
    """Identifiers (`jti`) that were used, until their grants expire.

    Identifiers are grouped by the expiry of their grant. The same grant always
    lands in the same group, where inserting it twice is a conflict between
    transactions. Another grant that reuses the identifier is signed by the
    client itself, which could as well choose a new one.
    """

    def __init__(self) -> None:
        self._used = ExpiringMap(PERIOD)

    def add(self, client_id: str, jti: str, expires_at: float, now: float) -> None:
        """Note the use of an identifier.

        Raises core.errors.InvalidGrant when it was used before. Two
        transactions that add the same identifier of the same grant conflict.
        """
        digest = _digest(client_id, jti)
        if self._used.get(digest, now) is not None:
            raise InvalidGrant(USED_BEFORE, credential_id=client_id)
        try:
            self._used.insert(digest, (), expires_at)
        except KeyError:
            # By a grant that has expired, but not long enough ago to be dropped.
            raise InvalidGrant(USED_BEFORE, credential_id=client_id) from None
        self._used.drop_expired_beside(digest, now - CLOCK_STEP)

    def drop_expired(self, now: float) -> None:
        self._used.drop_expired(now - CLOCK_STEP)


def _digest(client_id: str, jti: str) -> bytes:
    # A client id holds no zero byte, so two pairs never look the same.
    return hashlib.sha256(f"{client_id}\0{jti}".encode()).digest()
