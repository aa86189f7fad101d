"""What the forms about one credential that exists have in common."""

from ..core.keys import PublicKey
from ..storage.interfaces import ICredential
from ..storage.servicekeys import ServiceKey
from .form import CredentialForm
from functools import cached_property
from typing import cast


class OneCredentialForm(CredentialForm):
    """A form about the credential whose id it carries along."""

    @cached_property
    def credential(self) -> ICredential:
        """What the form is about."""
        return self.find_changeable(self.text("id"))

    @property
    def credential_id(self) -> str:
        credential_id: str = self.credential.credential_id
        return credential_id

    def hidden(self) -> dict[str, str]:
        return {"id": self.credential_id}


class OneKeyForm(OneCredentialForm):
    """The same about a service key, with its key pairs."""

    @property
    def key(self) -> ServiceKey:
        """The key that the form is about."""
        return cast(ServiceKey, self.credential)

    def key_pairs(self) -> tuple[PublicKey, ...]:
        return self.key.live_public_keys(self.now)
