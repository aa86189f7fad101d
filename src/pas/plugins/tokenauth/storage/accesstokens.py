"""Access tokens: what a token authorizes, found by its digest."""

from ..core.tokens import TokenDigest
from .expiring import ExpiringMap
from .interfaces import ICredential
from .interfaces import IExpiringStore
from .interfaces import IOpenToTokens
from .interfaces import IRefreshFamily
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from persistent import Persistent
from typing import Any
from zope.interface import implementer


PERIOD = 6 * 60 * 60
#: With what a record begins, so that later ones can hold something else. The first
#: knew no families.
VERSION = 2


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """What the site knows of a token it issued.

    :param credential: what it was obtained with
    :param subject: id of the user it acts as
    :param issued_at: seconds since the epoch
    :param expires_at: seconds since the epoch
    :param scope: what it was granted at most, as one string; None if that is whatever
        its credential has
    :param claims: what few tokens have besides, as RFC 7519 and RFC 8693 name it: aud,
        act, the digest of the subject_token that it was exchanged for, and as sid the
        ISession with which it ends
    :param family: the refresh tokens that it came with or of; it ends with them
    """

    credential: ICredential
    subject: str
    issued_at: float
    expires_at: float
    scope: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    family: IRefreshFamily | None = None


@implementer(IExpiringStore, IOpenToTokens)
class AccessTokens(Persistent):
    """Access tokens by digest. Nothing here can be presented as a token.

    A record is kept as a tuple: there are many of them.

    Names for its members would take a tenth more on disk. It refers to the credential
    itself, so that checking a token loads one object instead of looking its identifier
    up among those of ten thousand keys.
    """

    def __init__(self) -> None:
        self._tokens = ExpiringMap(PERIOD)

    def add(self, digest: TokenDigest, token: AccessToken) -> None:
        """Keep the record of an issued token."""
        record = (
            VERSION,
            token.credential,
            token.subject,
            token.issued_at,
            token.scope,
            dict(token.claims) or None,
            token.family,
        )
        self._tokens.drop_expired_beside(digest, token.issued_at)
        self._tokens.insert(digest, record, token.expires_at)

    def get(self, digest: TokenDigest, now: float) -> AccessToken | None:
        """The record of a token that has not expired, or None."""
        found = self._tokens.get(digest, now)
        if found is None:
            return None
        expires_at, version, credential, subject, issued_at, scope, claims = found[:7]
        return AccessToken(
            credential=credential,
            subject=subject,
            issued_at=issued_at,
            expires_at=expires_at,
            scope=scope,
            claims=claims or {},
            family=found[7] if version > 1 else None,
        )

    def remove(self, digest: TokenDigest) -> None:
        """Forget a token before it expires. Harmless where there is none."""
        self._tokens.remove(digest)

    def drop_expired(self, now: float) -> None:
        self._tokens.drop_expired(now)
