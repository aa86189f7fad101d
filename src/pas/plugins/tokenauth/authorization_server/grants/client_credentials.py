"""The client credentials grant of a service key (RFC 6749 section 4.4)."""

from ...core.errors import InvalidClient
from ...site.context import SiteContext
from ...site.interfaces import ISiteContext
from ...tokens.issue import issue_access_token
from ...tokens.issue import TokenResponse
from ...usage.client import ClientInfo
from ..interfaces import IGrantType
from collections.abc import Mapping
from zope.component import adapter
from zope.component import named
from zope.interface import implementer


GRANT_TYPE = "client_credentials"


@implementer(IGrantType)
@named(GRANT_TYPE)
@adapter(ISiteContext)
class ClientCredentialsGrant:
    """See IGrantType. The client has the key, so it acts as the owner."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        credential = client.client and client.client.credential
        if credential is None:
            raise InvalidClient(
                "This grant needs a client assertion: authenticate by private_key_jwt."
            )
        return issue_access_token(
            self._site,
            credential,
            credential.acts_as,
            client,
            now,
            parameters.get("scope", ""),
        )
