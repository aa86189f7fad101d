"""Secrets that the site and somebody else both have to be able to read."""

from dataclasses import dataclass
from dataclasses import field


@dataclass(frozen=True, kw_only=True)
class SharedSecret:
    """A secret that another site has too.

    :param kid: names it in the records
    :param sealed: the secret, sealed
    :param added_at: when it was made, in seconds since the epoch
    :param expires_at: when it stops being good for anything, or None
    """

    kid: str
    sealed: bytes = field(repr=False)
    added_at: float
    expires_at: float | None = None

    def is_live(self, now: float) -> bool:
        """Whether it is good for anything at this time."""
        return self.expires_at is None or now < self.expires_at
