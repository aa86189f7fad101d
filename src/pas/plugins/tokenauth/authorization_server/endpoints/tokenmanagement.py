"""What the endpoints about tokens have in common, and who may ask them."""

from ...core.bearer import access_token
from ...core.errors import AccessRefused
from ...core.errors import InvalidClient
from ...core.errors import InvalidRequest
from ...core.errors import OAuthError
from ...core.scopes import READ
from ...core.scopes import WRITE
from ...resource_server.challenge import challenge
from ...resource_server.extraction import note_use
from ...site.context import SiteContext
from ...site.lookup import plugin_of
from ...site.users import SiteUser
from ...tokens.checks import authenticate
from ...web.access import Access
from ...web.address import client_address
from ...web.isolation import OAuth2Request
from ..clients import authenticated_client
from ..clients import client_credentials
from ..clients import client_of
from ..clients import ClientCredentials
from ..interfaces import IClient
from .base import OAuth2Endpoint
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AuthorizedCaller:
    """A caller who may ask about tokens.

    :param name: client id or user id
    :param client: None for a user, who may ask about every token, or about their own
    """

    name: str
    client: IClient | None = None


class NoCaller(InvalidClient):
    """The caller has not authenticated themselves."""

    def __init__(self) -> None:
        super().__init__("Send a client assertion, or an access token as Bearer.")


class InvalidToken(OAuthError):
    """The caller's own token is not valid (RFC 6750 section 3.1)."""

    error = "invalid_token"
    status = 401
    challenge = challenge("invalid_token")
    description = "The access token is not valid."


class TooLittleScope(OAuthError):
    """The caller's own token was not granted a scope (RFC 6750 section 3.1)."""

    error = "insufficient_scope"
    status = 403

    def __init__(self, scope: str, credential_id: str) -> None:
        description = "The access token was not granted the scope it needs."
        super().__init__(description, credential_id=credential_id)
        self.challenge = challenge(self.error, description, scope)


class NotPermitted(OAuthError):
    """The user of the caller's token lacks the permission."""

    error = "access_denied"
    status = 403

    def __init__(self, credential_id: str) -> None:
        description = "The user of the access token may not ask this."
        super().__init__(description, credential_id=credential_id)


class TokenManagementEndpoint(OAuth2Endpoint):
    """An endpoint that takes a token, and introspects or revokes it.

    What `token_type_hint` says is not needed: a token shows what it is.
    """

    client_challenge = challenge()
    access_refused = InvalidToken
    #: The permission that a user needs to ask about tokens of others.
    permission: str
    #: Whether asking changes anything, which the token of that user must be good for.
    changes = False
    #: Whether clients may ask that cannot prove who they are.
    is_open_to_public_clients = False
    #: Whether the token itself is enough to ask.
    is_open_to_holders = False

    def asked(self, prepared: OAuth2Request) -> tuple[str, AuthorizedCaller | None]:
        """The token, and the caller who asks about it; None for who just holds it.

        :raises OAuthError: when there is no token, or nobody who may ask
        """
        parameters = self.parameters(prepared)
        credentials = client_credentials(parameters, prepared.authorization)
        token = parameters.get("token")
        caller = None
        address = client_address(self.request)
        found = authenticated_client(self.site, credentials, address, self.now)
        if found is not None and (found.kid or self.is_open_to_public_clients):
            client = found.client
            caller = AuthorizedCaller(name=client.client_id, client=client)
        elif not (token and self._holds(prepared, parameters, credentials)):
            access = self._access(prepared.authorization)
            client = None
            if self._asks_about_itself(prepared, parameters):
                client = client_of(self.site, access.credential_id)
            else:
                check_permitted(self.site, access, self.changes, self.permission)
            caller = AuthorizedCaller(name=access.subject, client=client)
        if token is None:
            raise InvalidRequest("The parameter token is missing.")
        return token, caller

    def _holds(
        self,
        prepared: OAuth2Request,
        parameters: Mapping[str, str],
        credentials: ClientCredentials,
    ) -> bool:
        """Whether somebody shows a token, and does not say who they are."""
        if not self.is_open_to_holders or credentials.client_id:
            return False
        is_nameless = not prepared.authorization
        return is_nameless or self._asks_about_itself(prepared, parameters)

    def _asks_about_itself(
        self, prepared: OAuth2Request, parameters: Mapping[str, str]
    ) -> bool:
        """Whether the token that is sent as Bearer is the one that it is about."""
        return access_token(prepared.authorization) == parameters.get("token", "")

    def _access(self, authorization: str) -> Access:
        """What the token authorizes that a request sends as Bearer.

        Nobody is logged in by it, so the checks of any other request come here.

        :raises NoCaller: when it sends none
        :raises AccessRefused: when it is not valid
        """
        token = access_token(authorization)
        if token is None:
            if authorization.lower().startswith("bearer "):
                raise AccessRefused("not a token of this site")
            raise NoCaller()
        access = authenticate(self.site, token, client_address(self.request), self.now)
        note_use(plugin_of(self.site.portal), self.request, access, self.now)
        return access


def check_permitted(
    site: SiteContext, access: Access, changes: bool, permission: str
) -> None:
    """Refuse a user who may not ask, or whose token was not granted enough.

    :param changes: whether asking changes anything
    :raises OAuthError: for such a user
    """
    if not (access.effect.stores if changes else access.effect.reaches_site):
        raise TooLittleScope(WRITE if changes else READ, access.credential_id)
    user = SiteUser(access.subject, access.login)
    if not site.users.has_permission(user, permission):
        raise NotPermitted(access.credential_id)
