"""The public keys of the site, for those who verify what it signs (RFC 7517)."""

from ..authorization_server.endpoints.document import PublicDocument
from ..core.clock import now
from ..site.lookup import site_at
from .settings import is_enabled
from .signingkeys import MAX_AGE
from .signingkeys import SigningKeyRing
from typing import Any
from zExceptions import NotFound


class JWKS(PublicDocument):
    """``@@oauth2-jwks``."""

    max_age = MAX_AGE

    def members(self) -> dict[str, Any]:
        site = site_at(self.context)
        if site is None or not is_enabled(site):
            raise NotFound()
        return SigningKeyRing(site).jwks(now())
