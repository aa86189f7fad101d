"""Secrets of which the site keeps only the digest."""

from ..core.tokens import TokenDigest
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TokenSecret:
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

    def is_live(self, now: float) -> bool:
        """Whether it is of any use at this time."""
        return self.expires_at is None or now < self.expires_at
