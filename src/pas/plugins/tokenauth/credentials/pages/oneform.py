"""What the forms about one credential that exists have in common."""

from ...storage.interfaces import ICredential
from .form import CredentialForm
from functools import cached_property


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
