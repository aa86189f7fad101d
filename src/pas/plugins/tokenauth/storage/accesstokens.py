"""Access tokens: what a token authorizes, found by its digest."""

from ..core.tokens import TokenDigest
from .expiring import ExpiringMap
from .interfaces import IAccessTokens
from .interfaces import ICredential
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from zope.interface import implementer


PERIOD = 6 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """What the site knows of a token it issued.

    :param credential: what it was obtained with
    :param subject: id of the user it acts as
    :param issued_at: seconds since the epoch
    :param expires_at: seconds since the epoch
    :param scope: what it was granted at most, as one string; None if that is whatever
        its credential has
    """

    credential: ICredential
    subject: str
    issued_at: float
    expires_at: float
    scope: str | None = None


@implementer(IAccessTokens)
class AccessTokens(Persistent):
    """See IAccessTokens. A record is kept as a tuple: there are many of them.

    It refers to the credential itself, so that checking a token loads one object
    instead of looking its identifier up among those of ten thousand keys.
    """

    def __init__(self) -> None:
        self._tokens = ExpiringMap(PERIOD)

    def add(self, digest: TokenDigest, token: AccessToken) -> None:
        record: tuple[Any, ...] = (token.credential, token.subject, token.issued_at)
        if token.scope is not None:
            record = (*record, token.scope)
        self._tokens.drop_expired_beside(digest, token.issued_at)
        self._tokens.insert(digest, record, token.expires_at)

    def get(self, digest: TokenDigest, now: float) -> AccessToken | None:
        found = self._tokens.get(digest, now)
        if found is None:
            return None
        expires_at, (credential, subject, issued_at, *scope) = found
        return AccessToken(
            credential=credential,
            subject=subject,
            issued_at=issued_at,
            expires_at=expires_at,
            scope=scope[0] if scope else None,
        )

    def remove(self, digest: TokenDigest) -> None:
        self._tokens.remove(digest)

    def drop_expired(self, now: float) -> None:
        self._tokens.drop_expired(now)
