"""Families of refresh tokens: one for each time that an application was signed in."""

from ..core.refreshtokens import open_successor
from ..core.refreshtokens import seal_successor
from ..core.secret import Secret
from ..core.tokens import digest
from ..core.tokens import TokenDigest
from .authorizations import Authorization
from .expiring import ExpiringMap
from .interfaces import IRefreshFamilies
from .interfaces import IRefreshFamily
from collections.abc import Mapping
from persistent import Persistent
from typing import Any
from zope.interface import implementer

import hmac


#: Seconds for which a client that has not received an answer can ask again.
REPEAT_WINDOW = 30
_PERIOD = 30 * 24 * 60 * 60


@implementer(IRefreshFamily)
class RefreshFamily(Persistent):
    """See IRefreshFamily.

    One object, so that two transactions that use one token conflict, and nothing else
    is written when it is used.
    """

    ended_at: float | None = None
    ended_by = ""
    user_agent = ""
    used_at = 0.0
    # Of the token before the current one, and what it can be exchanged for again.
    _previous: TokenDigest | None = None
    _successor: bytes | None = None
    _rotated_at = 0.0
    _data: dict[str, Any] | None = None

    def __init__(
        self,
        family_id: str,
        token: str,
        *,
        authorization: Authorization,
        scope: str,
        data: Mapping[str, Any],
        started_at: float,
        expires_at: float,
        address: str,
        user_agent: str,
    ) -> None:
        self.family_id = family_id
        self.authorization = authorization
        self.scope = scope
        self.started_at = started_at
        self.expires_at = expires_at
        self._current = digest(token)
        if data:
            self._data = dict(data)
        self.note_use(address, user_agent, started_at)

    @property
    def data(self) -> Mapping[str, Any]:
        return self._data or {}

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None

    def note_use(self, address: str, user_agent: str, now: float) -> None:
        self.address = address
        self.used_at = now
        if user_agent != self.user_agent:
            self.user_agent = user_agent

    def is_current(self, token: str) -> bool:
        return hmac.compare_digest(digest(token), self._current)

    def redeem(
        self, token: str, successor: Secret, nonce: bytes, now: float
    ) -> Secret | None:
        if not self.is_current(token):
            return self._successor_of(token, now)
        self._successor = seal_successor(token, successor, nonce)
        self._previous = self._current
        self._current = digest(successor)
        self._rotated_at = now
        return successor

    def end(self, ended_by: str, now: float) -> None:
        if not self.has_ended:
            self.ended_at = now
            self.ended_by = ended_by
            # Nobody is to get it any more, whatever they have.
            self._successor = None

    def _successor_of(self, token: str, now: float) -> Secret | None:
        """What took the place of a token, if that was a moment ago."""
        if self._previous is None or self._successor is None:
            return None
        is_late = now > self._rotated_at + REPEAT_WINDOW
        if is_late or not hmac.compare_digest(digest(token), self._previous):
            return None
        return open_successor(token, self._successor)


@implementer(IRefreshFamilies)
class RefreshFamilies(Persistent):
    """See IRefreshFamilies."""

    def __init__(self) -> None:
        self._families = ExpiringMap(_PERIOD)

    def add(self, name: bytes, family: RefreshFamily) -> None:
        self._families.drop_expired_beside(name, family.started_at)
        self._families.insert(name, (family,), family.expires_at)

    def get(self, name: bytes, now: float) -> RefreshFamily | None:
        found = self._families.get(name, now)
        return None if found is None else found[1]

    def drop_expired(self, now: float) -> None:
        self._families.drop_expired(now)
