"""What the forms about a key that exists have in common."""

from ..core.keys import PublicKey
from ..storage.servicekeys import ServiceKey
from .form import ServiceKeyForm
from functools import cached_property


class OneKeyForm(ServiceKeyForm):
    """A form about the key whose client id it carries along."""

    @cached_property
    def key(self) -> ServiceKey:
        """The key that the form is about."""
        return self.find_changeable_key(self.text("client_id"))

    @property
    def client_id(self) -> str:
        return self.key.client_id

    def hidden(self) -> dict[str, str]:
        return {"client_id": self.key.client_id}

    def key_pairs(self) -> tuple[PublicKey, ...]:
        return self.key.live_public_keys(self.now)
