"""What the endpoints about tokens have in common."""

from ...core.errors import InvalidRequest
from ...resource_server.challenge import challenge
from ...web.address import client_address
from ...web.isolation import OAuth2Request
from ..clients import authenticated_client
from .base import OAuth2Endpoint
from .basic import with_client_id
from .callers import AuthorizedCaller
from .callers import bearer_access
from .callers import check_permitted
from collections.abc import Mapping


class TokenManagementEndpoint(OAuth2Endpoint):
    """An endpoint that takes a token, and introspects or revokes it.

    What `token_type_hint` says is not needed: a token shows what it is.
    """

    client_challenge = challenge()
    #: The permission that a user needs to ask about tokens of others.
    permission: str
    #: The scope that the token of that user needs.
    scope: str

    def asked(self, prepared: OAuth2Request) -> tuple[str, AuthorizedCaller]:
        """The token, and the caller who asks about it.

        :raises OAuthError: when there is no token, or nobody who may ask
        """
        parameters = with_client_id(self.parameters(prepared), prepared.authorization)
        caller = self._client(parameters) or self._user(prepared.authorization)
        token = parameters.get("token")
        if token is None:
            raise InvalidRequest("The parameter token is missing.")
        return token, caller

    def _client(self, parameters: Mapping[str, str]) -> AuthorizedCaller | None:
        address = client_address(self.request)
        service_key = authenticated_client(self.site, parameters, address, self.now)
        if service_key is None:
            return None
        return AuthorizedCaller(name=service_key.client_id, service_key=service_key)

    def _user(self, authorization: str) -> AuthorizedCaller:
        access = bearer_access(self.site, authorization, self.request, self.now)
        check_permitted(self.site, access, self.scope, self.permission)
        return AuthorizedCaller(name=access.subject)
