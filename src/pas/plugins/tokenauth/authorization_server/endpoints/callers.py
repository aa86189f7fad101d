"""Who asks an endpoint about tokens: a client, or a user with permission."""

from ...core.bearer import access_token
from ...core.errors import AccessRefused
from ...core.errors import InvalidClient
from ...core.errors import OAuthError
from ...resource_server.challenge import challenge
from ...resource_server.extraction import note_use
from ...site.context import SiteContext
from ...site.lookup import plugin_of
from ...site.users import SiteUser
from ...storage.servicekeys import ServiceKey
from ...tokens.checks import authenticate
from ...web.access import Access
from ...web.address import client_address
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class AuthorizedCaller:
    """A caller who may ask about tokens.

    :param name: client id or user id
    :param service_key: the client; None for a user, who may ask about every token
    """

    name: str
    service_key: ServiceKey | None = None


class NoCaller(InvalidClient):
    """The caller has not authenticated themselves."""

    def __init__(self) -> None:
        super().__init__("Send a client assertion, or an access token as Bearer.")


class InvalidToken(OAuthError):
    """The caller's own token is not valid (RFC 6750 section 3.1)."""

    error = "invalid_token"
    status = 401
    challenge = challenge("invalid_token")

    def __init__(self, reason: str, credential_id: str = "") -> None:
        super().__init__("The access token is not valid.", reason, credential_id)


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


def bearer_access(
    site: SiteContext, authorization: str, request: Any, now: float
) -> Access:
    """What the token authorizes that a request sends as Bearer.

    Nobody is logged in by it, so the checks of any other request come here.

    :raises NoCaller: when it sends none
    :raises InvalidToken: when it is not valid
    """
    try:
        token = access_token(authorization)
        if token is None:
            raise _no_token_of_ours(authorization)
        access = authenticate(site, token, client_address(request), now)
    except AccessRefused as refused:
        raise InvalidToken(refused.reason, refused.credential_id) from None
    note_use(plugin_of(site.portal), request, access, now)
    return access


def check_permitted(
    site: SiteContext, access: Access, scope: str, permission: str
) -> None:
    """Refuse a user who may not ask, or whose token was not granted a scope.

    :raises OAuthError: for such a user
    """
    if scope not in access.scopes:
        raise TooLittleScope(scope, access.credential_id)
    user = SiteUser(access.subject, access.login)
    if not site.users.has_permission(user, permission):
        raise NotPermitted(access.credential_id)


def _no_token_of_ours(authorization: str) -> OAuthError:
    if authorization.lower().startswith("bearer "):
        return InvalidToken("not a token of this site")
    return NoCaller()
