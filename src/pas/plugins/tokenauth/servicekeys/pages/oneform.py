"""What the forms about one service key have in common."""

from ...core.keys import PublicKey
from ...credentials.pages.oneform import OneCredentialForm
from ...storage.servicekeys import ServiceKey
from typing import cast


class OneKeyForm(OneCredentialForm):
    """The same about a service key, with its key pairs."""

    @property
    def key(self) -> ServiceKey:
        """The key that the form is about."""
        return cast(ServiceKey, self.credential)

    def key_pairs(self) -> tuple[PublicKey, ...]:
        return self.key.live_public_keys(self.now)
