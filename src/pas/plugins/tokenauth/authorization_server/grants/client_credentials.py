"""The client credentials grant (RFC 6749 section 4.4)."""

from ...core.errors import InvalidClient
from ...core.granttypes import CLIENT_CREDENTIALS
from ...site.context import SiteAdapter
from ...tokens.checks import owner_of
from ...tokens.issue import issue_access_token
from ...tokens.issue import TokenResponse
from ...usage.client import ClientInfo
from ..interfaces import IGrantType
from collections.abc import Mapping
from zope.component import named
from zope.interface import implementer


@implementer(IGrantType)
@named(CLIENT_CREDENTIALS)
class ClientCredentialsGrant(SiteAdapter):
    """See IGrantType. A service key acts as its owner, an application as its user."""

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        if client.client is None:
            raise InvalidClient(
                "This grant needs client authentication: by private_key_jwt, or by the"
                " secret of an application."
            )
        credential = client.client.credential
        owner_of(self._site, credential)
        return issue_access_token(
            self._site,
            credential,
            credential.acts_as,
            client,
            now,
            client.client.wanted_scope(parameters.get("scope", "")),
        )
