"""What the metadata says about OpenID Connect (OpenID Connect Discovery section 3)."""

from ..authorization_server.interfaces import IMetadataMembers
from ..authorization_server.interfaces import PAIRWISE
from ..site.context import SiteAdapter
from .interfaces import IClaims
from .settings import is_enabled
from .signingkeys import ALGORITHMS
from typing import Any
from zope.component import getAdapters
from zope.interface import implementer


#: Those that every ID token has.
_ALWAYS = {"iss", "sub", "aud", "iat", "exp"}
#: What it tells about the log-in, as far as that is known.
_LOG_IN = {"auth_time", "sid", "amr"}


@implementer(IMetadataMembers)
class OpenIDMetadata(SiteAdapter):
    """See IMetadataMembers."""

    def __call__(self) -> dict[str, Any]:
        if not is_enabled(self._site):
            return {}
        issuer = self._site.issuer
        claims = {
            name
            for _scope, component in getAdapters((self._site,), IClaims)
            for name in component.claims
        }
        return {
            "jwks_uri": f"{issuer}/@@oauth2-jwks",
            "userinfo_endpoint": f"{issuer}/@@oauth2-userinfo",
            "end_session_endpoint": self._site.page_url("oauth2-end-session"),
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "frontchannel_logout_supported": True,
            "frontchannel_logout_session_supported": True,
            "subject_types_supported": ["public", PAIRWISE],
            "id_token_signing_alg_values_supported": list(ALGORITHMS),
            "claims_supported": sorted(_ALWAYS | _LOG_IN | claims),
            "claims_parameter_supported": True,
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
        }
