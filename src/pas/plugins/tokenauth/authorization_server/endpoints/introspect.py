"""The introspection endpoint (RFC 7662): what a token is good for."""

from ...permissions import INTROSPECT_TOKENS
from ...web.isolation import OAuth2Request
from ..introspection import INACTIVE
from ..introspection import introspected
from .tokenmanagement import TokenManagementEndpoint
from collections.abc import Mapping
from typing import Any


class IntrospectionEndpoint(TokenManagementEndpoint):
    """``@@oauth2-introspect``: for the token's own client and permitted users."""

    takes = "token introspection"
    permission = INTROSPECT_TOKENS

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        token, caller = self.asked(prepared)
        if caller is None:
            return INACTIVE
        return introspected(self.site, token, self.now, caller.client)
