"""The revocation endpoint (RFC 7009): an access token ends before its time."""

from ...permissions import MANAGE_ALL_SERVICE_KEYS
from ...web.isolation import OAuth2Request
from ..introspection import revoke_held_token
from ..introspection import revoke_token
from .tokenmanagement import TokenManagementEndpoint
from collections.abc import Mapping
from typing import Any


class RevocationEndpoint(TokenManagementEndpoint):
    """``@@oauth2-revoke``: for the token's own client, its holder, and administrators.

    The answer is the same whether there was anything to revoke or not.
    """

    takes = "token revocation"
    permission = MANAGE_ALL_SERVICE_KEYS
    changes = True
    is_open_to_public_clients = True
    is_open_to_holders = True

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        token, caller = self.asked(prepared)
        if caller is None:
            revoke_held_token(self.site, token, self.now)
        else:
            revoke_token(self.site, token, self.now, caller.name, caller.client)
        return {}
