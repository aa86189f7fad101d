"""Service keys: client identities with the public keys that verify their grants."""

from ..core.keys import PublicKey
from .credentials import Credential
from .credentials import Credentials
from .interfaces import IServiceKey
from .interfaces import IServiceKeys
from typing import Any
from zope.interface import implementer


@implementer(IServiceKey)
class ServiceKey(Credential):
    """See IServiceKey."""

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
        return tuple(key for key in self.public_keys if key.is_live(now))


@implementer(IServiceKeys)
class ServiceKeys(Credentials[ServiceKey]):
    """See IServiceKeys."""
