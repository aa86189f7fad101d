"""Keys with which the site signs."""

from ..core.keys import PublicKey
from dataclasses import dataclass
from dataclasses import field
from persistent import Persistent


@dataclass(frozen=True, kw_only=True)
class StoredSigningKey:
    """A key pair of the site.

    :param public_key: the half that others verify with
    :param sealed: the other half, sealed; None once it signs nothing any more
    :param signs_from: seconds since the epoch from when on it signs
    """

    public_key: PublicKey
    sealed: bytes | None = field(repr=False)
    signs_from: float


class SigningKeys(Persistent):
    """Keys with which the site signs; one object, so that two changes conflict.

    :ivar keys: tuple of signingkeys.StoredSigningKey, in no particular order
    """

    def __init__(self) -> None:
        self.keys: tuple[StoredSigningKey, ...] = ()
