"""Service keys: client identities with the public keys that verify their grants."""

from ..core.keys import PublicKey
from .credentials import Credential
from .credentials import Credentials
from typing import Any


class ServiceKey(Credential):
    """A client identity owned by a user.

    :ivar require_jti: whether its grants must carry a jti
    :ivar public_keys: tuple of core.keys.PublicKey, one to three
    :ivar newest_public_key: that of the newest key pair
    """

    kind = "service_key"
    require_jti = False

    def __init__(
        self,
        credential_id: str,
        *,
        public_key: PublicKey,
        **common: Any,
    ) -> None:
        super().__init__(credential_id, **common)
        self.public_keys: tuple[PublicKey, ...] = (public_key,)

    @property
    def newest_public_key(self) -> PublicKey:
        return max(self.public_keys, key=lambda key: key.added_at)

    @property
    def secret_made_at(self) -> float:
        return self.newest_public_key.added_at

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        """The public keys that verify grants at this time, as a tuple."""
        return tuple(key for key in self.public_keys if key.is_live(now))


class ServiceKeys(Credentials[ServiceKey]):
    """All service keys of the site."""
