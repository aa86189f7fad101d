"""The token endpoint (RFC 6749 section 3.2): a grant in, an access token out."""

from ...core.errors import InvalidGrant
from ...core.errors import InvalidRequest
from ...core.errors import UnauthorizedClient
from ...core.errors import UnsupportedGrantType
from ...site.context import SiteContext
from ...tokens.issue import TokenResponse
from ...usage.client import client_of_request
from ...web.address import client_address
from ...web.isolation import OAuth2Request
from ..clients import authenticated_client
from ..clients import client_credentials
from ..interfaces import IGrantType
from .base import OAuth2Endpoint
from collections.abc import Mapping
from typing import Any
from zope.component import queryAdapter


class TokenEndpoint(OAuth2Endpoint):
    """``@@oauth2-token``; each grant type is a named adapter, see IGrantType."""

    takes = "grant"
    # By RFC 7523 section 3.1, whatever is wrong with who has signed.
    access_refused = InvalidGrant

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        parameters = self.parameters(prepared)
        grant_type = _grant_type(self.site, parameters)
        credentials = client_credentials(parameters, prepared.authorization)
        address = client_address(self.request)
        found = authenticated_client(self.site, credentials, address, self.now)
        if found and parameters["grant_type"] not in found.client.grant_types:
            raise UnauthorizedClient(
                "This client may not use this grant.",
                credential_id=found.client.client_id,
                only_named=not found.kid,
            )
        if credentials.client_id:
            # A grant need not know where a request names its client.
            parameters = {**parameters, "client_id": credentials.client_id}
        client = client_of_request(
            self.request,
            client=found and found.client,
            kid=found.kid if found else "",
            is_repeated=self.is_repeated,
            resource=parameters.get("resource", ""),
        )
        response: TokenResponse = grant_type(parameters, client, self.now)
        return response.members


def _grant_type(site: SiteContext, parameters: Mapping[str, str]) -> IGrantType:
    name = parameters.get("grant_type")
    if not name:
        raise InvalidRequest("The parameter grant_type is missing.")
    grant_type = queryAdapter(site, IGrantType, name=name)
    if grant_type is None:
        raise UnsupportedGrantType("This server does not know this grant type.")
    return grant_type
