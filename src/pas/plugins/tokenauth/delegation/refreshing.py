"""The refresh token grant (RFC 6749 section 6, RFC 9700 section 4.14.2)."""

from ..authorization_server.clients import application_of
from ..authorization_server.clients import refused
from ..authorization_server.interfaces import IGrantType
from ..core.errors import GrantEnded
from ..core.errors import InvalidRequest
from ..core.errors import InvalidScope
from ..core.granttypes import REFRESH_TOKEN
from ..core.scopes import parse_scope
from ..core.secret import Secret
from ..credentials.scopes import granted_scopes
from ..sealing.configuration import is_usable
from ..site.context import SiteAdapter
from ..storage.families import RefreshFamily
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from .families import end_stolen_family
from .families import find_family
from .families import is_live
from .families import redeem
from .families import REUSED
from .families import stays_signed_in
from .redeeming import check_may_still
from .redeeming import token_response
from collections.abc import Mapping
from zope.component import named
from zope.interface import implementer


#: One for all, so that nobody learns what a token once was.
_UNKNOWN = "The refresh token is unknown, has ended or was used before."


@implementer(IGrantType)
@named(REFRESH_TOKEN)
class RefreshTokenGrant(SiteAdapter):
    """See IGrantType."""

    @property
    def is_offered(self) -> bool:
        """Whether there can be a refresh token."""
        return is_usable()

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        application = application_of(client)
        sent = parameters.get("refresh_token")
        if not sent:
            raise InvalidRequest("The parameter refresh_token is missing.")
        family = find_family(self._site, sent, now)
        if family is None or family.authorization.client_id != application.client_id:
            # Another client does not learn that there is one, and ends none.
            raise refused(_UNKNOWN, client)
        if not is_live(self._site, family, now):
            raise refused(_UNKNOWN, client)
        token = self._next(sent, family, client, now)
        self._check(family, client, now)
        asked = parameters.get("scope", "")
        _check_scope(asked, family)
        response = token_response(
            self._site,
            family.authorization,
            client,
            now,
            family.scope,
            asked,
            data=family.data,
            family=family,
        )
        response.more["refresh_token"] = token
        return response

    def _next(
        self, sent: str, family: RefreshFamily, client: ClientInfo, now: float
    ) -> Secret:
        """The token to use from now on; the same for who asks again at once.

        :raises GrantEnded: for a token that is older
        """
        token = redeem(family, sent, client, now)
        if token is not None:
            return token
        if client.is_repeated:
            # It came once, and lost against another one with the same token.
            raise refused(_UNKNOWN, client)
        # It or its successor is in wrong hands.
        end_stolen_family(self._site, family, REUSED, now)
        raise GrantEnded(
            _UNKNOWN,
            "a refresh token was used again",
            family.authorization.credential_id,
        )

    def _check(self, family: RefreshFamily, client: ClientInfo, now: float) -> None:
        authorization = family.authorization
        check_may_still(self._site, authorization, client, now)
        scopes = parse_scope(family.scope) & granted_scopes(authorization.scopes)
        if not stays_signed_in(client.client, scopes):
            raise refused("The application does not stay signed in any more.", client)


def _check_scope(asked: str, family: RefreshFamily) -> None:
    """Refuse to give more than was granted (RFC 6749 section 6)."""
    if not parse_scope(asked) <= granted_scopes(parse_scope(family.scope)):
        raise InvalidScope(
            "The scope is wider than what was granted.",
            credential_id=family.authorization.credential_id,
        )
