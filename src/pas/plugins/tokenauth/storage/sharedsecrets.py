"""Secrets that the site and somebody else both have to be able to read."""

from ..core.clock import EndsAtATime
from .credentials import Credential
from dataclasses import dataclass
from dataclasses import field


@dataclass(frozen=True, kw_only=True)
class SharedSecret(EndsAtATime):
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


class SecretSharer(Credential):
    """Somebody with whom the site shares a secret, to send people there and back.

    :ivar urls: where people may be sent to, as a tuple
    :ivar users: ids of the users it is for, as a tuple
    :ivar groups: ids of the groups whose members it is for, as a tuple
    :ivar secrets: tuple of SharedSecret, the newest is last
    """

    scopes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    secrets: tuple[SharedSecret, ...] = ()

    @property
    def secret_made_at(self) -> float:
        return max((each.added_at for each in self.secrets), default=self.issued_at)
