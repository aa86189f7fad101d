"""Families of refresh tokens: one for each time that an application was signed in."""

from ..core.refreshtokens import open_successor
from ..core.refreshtokens import seal_successor
from ..core.secret import Secret
from ..core.tokens import base62
from ..core.tokens import digest
from ..core.tokens import TokenDigest
from .accesstokens import AccessToken
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
#: Access tokens that a family keeps itself; few clients have more at a time.
MAX_ACCESS_TOKENS = 4
_PERIOD = 30 * 24 * 60 * 60
#: With what the state of a family begins, so that later ones can hold something else.
_VERSION = 1
#: What follows. Names would take a third of what a refresh writes.
_STATE = (
    "_name",
    "authorization",
    "scope",
    "_data",
    "started_at",
    "expires_at",
    "used_at",
    "address",
    "user_agent",
    "_current",
    "_successor",
    "_rotated_at",
    "_access_tokens",
    "ended_at",
    "ended_by",
)
#: Bytes of its name that a family knows.
_NAME_LENGTH = 16


@implementer(IRefreshFamily)
class RefreshFamily(Persistent):
    """See IRefreshFamily.

    One object, so that two transactions that use one token conflict, and nothing else
    is written when it is used: also the access tokens are kept here.
    """

    ended_at: float | None = None
    ended_by = ""
    user_agent = ""
    used_at = 0.0
    # What the token before the current one can be exchanged for again.
    _successor: bytes | None = None
    _rotated_at = 0.0
    _data: dict[str, Any] | None = None
    #: Digest, times of issue and expiry, scope.
    _access_tokens: tuple[tuple[TokenDigest, float, float, str | None], ...] = ()

    def __init__(
        self,
        name: bytes,
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
        self._name = name[:_NAME_LENGTH]
        self.authorization = authorization
        self.scope = scope
        self.started_at = started_at
        self.expires_at = expires_at
        self._current = digest(token)
        if data:
            self._data = dict(data)
        self.note_use(address, user_agent, started_at)

    def __getstate__(self) -> tuple[Any, ...]:
        return (_VERSION, *(getattr(self, name) for name in _STATE))

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _version, *values = state
        super().__setstate__(dict(zip(_STATE, values, strict=True)))

    @property
    def family_id(self) -> str:
        return "fam-" + base62(self._name, 22)

    @property
    def name(self) -> bytes:
        return self._name

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
        self._current = digest(successor)
        self._rotated_at = now
        return successor

    def end(self, ended_by: str, now: float) -> None:
        if not self.has_ended:
            self.ended_at = now
            self.ended_by = ended_by
            # Nobody is to get it any more, whatever they have.
            self._successor = None
            self._access_tokens = ()

    def keeps_access_token(self, now: float) -> bool:
        return self.used_at == now and len(self._live(now)) < MAX_ACCESS_TOKENS

    def add_access_token(self, digest: TokenDigest, token: AccessToken) -> None:
        # What is one object in memory is stored once.
        scope = self.scope if token.scope == self.scope else token.scope
        kept = (digest, token.issued_at, token.expires_at, scope)
        self._access_tokens = (*self._live(token.issued_at), kept)

    def access_token(self, digest: TokenDigest, now: float) -> AccessToken | None:
        resource = self.authorization.resource
        for found, issued_at, expires_at, scope in self._live(now):
            if hmac.compare_digest(found, digest):
                return AccessToken(
                    credential=self.authorization,
                    subject=self.authorization.owner,
                    issued_at=issued_at,
                    expires_at=expires_at,
                    scope=scope,
                    claims={"aud": resource} if resource else {},
                    family=self,
                )
        return None

    def remove_access_token(self, digest: TokenDigest) -> None:
        others = tuple(
            each
            for each in self._access_tokens
            if not hmac.compare_digest(each[0], digest)
        )
        if others != self._access_tokens:
            self._access_tokens = others

    def _live(
        self, now: float
    ) -> tuple[tuple[TokenDigest, float, float, str | None], ...]:
        return tuple(each for each in self._access_tokens if now < each[2])

    def _successor_of(self, token: str, now: float) -> Secret | None:
        """What took the place of a token, if that was a moment ago."""
        if self._successor is None or now > self._rotated_at + REPEAT_WINDOW:
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

    def starting_with(self, start: bytes, now: float) -> RefreshFamily | None:
        found = self._families.starting_with(start, now)
        return None if found is None else found[1]

    def drop_expired(self, now: float) -> None:
        self._families.drop_expired(now)
