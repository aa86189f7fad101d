"""The token endpoint (RFC 6749 section 3.2): a grant in, an access token out."""

from ..clock import now
from ..core.errors import InvalidRequest
from ..core.errors import OAuthError
from ..core.errors import UnsupportedGrantType
from ..plugin.lookup import server_at
from ..publisher.prepare import OAuth2Request
from ..usecases.accesstokens import ClientInfo
from ..usecases.interfaces import IGrantType
from ..usecases.issuer import is_token_endpoint
from ..usecases.refused import report_refusal
from ..usecases.server import AuthorizationServer
from .clientauth import checked_client_id
from .endpoint import OAuth2Endpoint
from collections.abc import Mapping
from typing import Any
from zExceptions import NotFound
from zope.component import queryAdapter


class TokenEndpoint(OAuth2Endpoint):
    """``@@oauth2-token``; each grant type is a named adapter, see IGrantType."""

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        client = ClientInfo(
            address=self.request.getClientAddr(),
            user_agent=self.request.getHeader("User-Agent", ""),
        )
        try:
            return self._issue(prepared, client)
        except OAuthError as error:
            report_refusal("grant", error.reason, error.credential_id, client.address)
            raise

    def _issue(self, prepared: OAuth2Request, client: ClientInfo) -> Mapping[str, Any]:
        server = server_at(self.context)
        if server is None:
            raise NotFound()
        _check_transport(server.issuer, self.request["SERVER_URL"])
        parameters = self._parameters(prepared)
        grant_type = _grant_type(server, parameters)
        client_id = checked_client_id(parameters, prepared.authorization)
        if client_id is not None:
            parameters["client_id"] = client_id
        issued = grant_type(parameters, client, now())
        return {
            "access_token": issued.access_token,
            "token_type": "Bearer",
            "expires_in": issued.expires_in,
        }


def _check_transport(issuer: str, server_url: str) -> None:
    """Refuse plain http where the issuer says https, except on this computer."""
    if issuer.lower().startswith("https:") and not is_token_endpoint(server_url):
        raise InvalidRequest("Use https: others can read what is sent by http.")


def _grant_type(
    server: AuthorizationServer, parameters: Mapping[str, str]
) -> IGrantType:
    name = parameters.get("grant_type")
    if not name:
        raise InvalidRequest("The parameter grant_type is missing.")
    grant_type = queryAdapter(server, IGrantType, name=name)
    if grant_type is None:
        raise UnsupportedGrantType("This server does not know this grant type.")
    return grant_type
