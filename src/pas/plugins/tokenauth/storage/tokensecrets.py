"""Secrets of which the site keeps only the digest."""

from ..core.clock import EndsAtATime
from ..core.tokens import TokenDigest
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TokenSecret(EndsAtATime):
    """What the site keeps of a secret.

    :param digest: see core.tokens
    :param added_at: when it was made, in seconds since the epoch
    :param expires_at: when it ends although its credential goes on, or None
    """

    digest: TokenDigest
    added_at: float
    expires_at: float | None = None

    @property
    def kid(self) -> str:
        """Names it in the records."""
        return self.digest.hex()[:16]
