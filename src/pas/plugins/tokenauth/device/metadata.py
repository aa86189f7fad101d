"""What the metadata says about the device grant (RFC 8628 section 4)."""

from ..authorization_server.interfaces import IMetadataMembers
from ..site.context import SiteAdapter
from .settings import is_offered
from typing import Any
from zope.interface import implementer


@implementer(IMetadataMembers)
class DeviceMetadata(SiteAdapter):
    """See IMetadataMembers."""

    def __call__(self) -> dict[str, Any]:
        if not is_offered(self._site):
            return {}
        issuer = self._site.issuer
        return {
            "device_authorization_endpoint": f"{issuer}/@@oauth2-device-authorization"
        }
