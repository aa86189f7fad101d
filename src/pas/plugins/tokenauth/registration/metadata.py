"""What the metadata says about applications that register themselves."""

from ..authorization_server.interfaces import IMetadataMembers
from ..sealing.configuration import is_usable
from ..site.context import SiteAdapter
from .client import knows_documents
from typing import Any
from zope.interface import implementer


@implementer(IMetadataMembers)
class RegistrationMetadata(SiteAdapter):
    """See IMetadataMembers. Nothing while nobody can sign in."""

    def __call__(self) -> dict[str, Any]:
        if not is_usable():
            return {}
        members: dict[str, Any] = {}
        if knows_documents(self._site):
            members["client_id_metadata_document_supported"] = True
        if self._site.settings.dynamic_registration:
            members["registration_endpoint"] = f"{self._site.issuer}/@@oauth2-register"
        return members
