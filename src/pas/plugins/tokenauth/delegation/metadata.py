"""What the metadata says about authorization (RFC 8414, RFC 9207)."""

from ..authorization_server.interfaces import IMetadataMembers
from ..signin.page import LANGUAGES
from ..site.context import SiteAdapter
from .grant import AuthorizationCodeGrant
from .protocol import CHALLENGE_METHOD
from .responsetypes import CODE
from .responsetypes import CodeResponse
from typing import Any
from zope.interface import implementer


@implementer(IMetadataMembers)
class AuthorizationMetadata(SiteAdapter):
    """See IMetadataMembers.

    The endpoint is named also while nobody can sign in: some clients find no
    authorization server where it is missing, although they never go there.
    """

    def __call__(self) -> dict[str, Any]:
        members: dict[str, Any] = {
            "authorization_endpoint": self._site.page_url("oauth2-authorize"),
            "response_types_supported": [CODE],
        }
        if AuthorizationCodeGrant(self._site).is_offered:
            members |= {
                "response_modes_supported": list(CodeResponse.modes),
                "code_challenge_methods_supported": [CHALLENGE_METHOD],
                "authorization_response_iss_parameter_supported": True,
                "request_parameter_supported": False,
                "request_uri_parameter_supported": False,
                "ui_locales_supported": list(LANGUAGES),
            }
        return members
