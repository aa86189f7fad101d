"""The token exchange grant (RFC 8693 section 2).

A resource, such as a server of MCP beside Plone, acts at the site as the person whose
token it was sent. Only that: the token is one of the site for this resource, and what
it gets for it is no more and no longer.
"""

from ..authorization_server.interfaces import IGrantType
from ..authorization_server.interfaces import IResource
from ..authorization_server.resources import find_resource
from ..authorization_server.resources import known_resources
from ..core.errors import AccessRefused
from ..core.errors import InvalidClient
from ..core.errors import InvalidRequest
from ..core.errors import InvalidTarget
from ..core.granttypes import TOKEN_EXCHANGE
from ..core.resources import is_below
from ..core.scopes import format_scope
from ..core.tokens import ACCESS_TOKEN_PREFIX
from ..core.tokens import is_well_formed
from ..core.tokens import prefix_of
from ..site.context import SiteAdapter
from ..tokens.checks import check_live
from ..tokens.checks import checked_use
from ..tokens.checks import owner_of
from ..tokens.find import find_token
from ..tokens.find import FoundToken
from ..tokens.interfaces import IExchangeRules
from ..tokens.issue import Exchanged
from ..tokens.issue import issue_access_token
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from collections.abc import Mapping
from zope.component import named
from zope.interface import implementer


ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
#: One for all, so that nobody learns what a token is that is not for them.
_USELESS = "The subject_token is no live access token for this client."


@implementer(IGrantType)
@named(TOKEN_EXCHANGE)
class TokenExchangeGrant(SiteAdapter):
    """See IGrantType."""

    @property
    def is_offered(self) -> bool:
        """Whether there is a resource that may exchange tokens."""
        return any(it.exchange_scopes for it in known_resources(self._site))

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        if client.client is None or not client.kid:
            raise InvalidClient("A resource must authenticate itself.")
        token = _subject_token(parameters)
        self._check_audience(parameters.get("audience", ""))
        try:
            found, resource = self._found(token, client, now)
        except AccessRefused as refused:
            raise InvalidRequest(
                _USELESS, refused.reason, client.client.client_id
            ) from None
        response = issue_access_token(
            self._site,
            found.credential,
            found.subject,
            client,
            now,
            # Never an empty string, which would ask for everything.
            format_scope(found.scopes),
            format_scope(resource.exchange_scopes),
            parameters.get("scope", ""),
            family=found.family,
            exchanged=Exchanged(
                digest=found.digest,
                actor=resource.client_id,
                expires_at=found.expires_at or now,
            ),
        )
        response.more["issued_token_type"] = ACCESS_TOKEN
        return response

    def _check_audience(self, audience: str) -> None:
        """The site is the only target; the parameter `resource` is checked for all."""
        if audience and not is_below(self._site.issuer, audience):
            raise InvalidTarget("Tokens are exchanged for those of this site only.")

    def _found(
        self, token: str, client: ClientInfo, now: float
    ) -> tuple[FoundToken, IResource]:
        """A token that is for this client, and it as the resource.

        :raises AccessRefused: for any other
        """
        if not is_well_formed(token) or prefix_of(token) != ACCESS_TOKEN_PREFIX:
            raise AccessRefused("no access token of this site")
        found = find_token(self._site, token, now)
        credential = found.credential
        resource = find_resource(self._site, found.audience) if found.audience else None
        if resource is None or resource.client_id != client.client.client_id:
            raise AccessRefused(
                "token is not for this client", credential.credential_id
            )
        if not (found.scopes and resource.exchange_scopes):
            raise AccessRefused("there is nothing to exchange")
        check_live(credential, now)
        checked_use(self._site, found, owner_of(self._site, credential), now)
        return found, resource


@implementer(IExchangeRules)
class ExchangeRules(SiteAdapter):
    """See IExchangeRules."""

    def check(self, found: FoundToken, now: float) -> None:
        credential = found.credential
        resource = find_resource(self._site, getattr(credential, "resource", ""))
        if (
            resource is None
            or resource.client_id != found.actor
            or not resource.is_live(now)
            or not found.scopes <= resource.exchange_scopes
        ):
            raise AccessRefused(
                "the resource may not act here any more", credential.credential_id
            )


def _subject_token(parameters: Mapping[str, str]) -> str:
    """The token to exchange.

    :raises InvalidRequest: when there is none, or something else is asked for
    """
    token = parameters.get("subject_token")
    token_type = parameters.get("subject_token_type")
    if not token or not token_type:
        raise InvalidRequest("subject_token and subject_token_type are needed.")
    if token_type != ACCESS_TOKEN:
        raise InvalidRequest(f"The subject_token_type must be {ACCESS_TOKEN}.")
    if "actor_token" in parameters or "actor_token_type" in parameters:
        raise InvalidRequest("The client itself is the actor: send no actor_token.")
    if parameters.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise InvalidRequest(f"The requested_token_type must be {ACCESS_TOKEN}.")
    return token
