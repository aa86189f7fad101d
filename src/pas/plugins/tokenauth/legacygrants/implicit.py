"""The implicit grant (RFC 6749 section 4.2).

RFC 9700 section 2.1.2 forbids it to new clients. Wherever the switch of the site and
that of the application are not both on, there is none.
"""

from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import IMetadataMembers
from ..core.granttypes import IMPLICIT
from ..core.scopes import format_scope
from ..credentials.scopes import is_administrative
from ..credentials.scopes import known_scopes
from ..delegation.interfaces import AuthorizationError
from ..delegation.interfaces import AuthorizationRequest
from ..delegation.interfaces import authorize_check
from ..delegation.interfaces import IDelegation
from ..delegation.interfaces import IResponseType
from ..sealing.configuration import is_usable
from ..site.context import SiteAdapter
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..tokens.issue import issue_access_token
from ..usage.client import ClientInfo
from .settings import is_offered
from typing import Any
from zope.component import named
from zope.interface import implementer


RESPONSE_TYPE = "token"
_SWITCH = "implicit_grant_enabled"


@implementer(IResponseType)
@named(RESPONSE_TYPE)
class TokenInURL(SiteAdapter):
    """See IResponseType: an access token alone, which nothing renews."""

    grant_type = IMPLICIT
    modes = ("fragment",)
    is_exchanged = False

    def is_open_to(self, client: IApplication) -> bool:
        """Whether both switches are on."""
        return (
            is_offered(self._site, _SWITCH)
            and IMPLICIT in client.grant_types
            and not client.is_self_registered
        )

    def __call__(
        self,
        request: AuthorizationRequest,
        subject: SiteUser,
        authorization: Authorization,
        scopes: frozenset[str],
        client: ClientInfo,
    ) -> list[tuple[str, str]]:
        # The browser is who gets the token, so it counts where it is.
        IDelegation(self._site).may_still(
            request.client, subject, authorization, client.address, request.now
        )
        response = issue_access_token(
            self._site,
            authorization,
            subject.user_id,
            client,
            request.now,
            format_scope(scopes),
            audience=authorization.resource,
            session=request.session,
        )
        return [(name, str(value)) for name, value in response.members.items()]


@authorize_check(115)
def check_scopes_in_url(request: AuthorizationRequest) -> None:
    """What administers is left out, and what is of no use without a code.

    That is what tells who somebody is: a token of one application could be shown to
    another, and log in there (RFC 6749 section 10.16). And nothing stays signed in.
    """
    if request.parameters.get("response_type") != RESPONSE_TYPE:
        return
    known = known_scopes()
    request.scopes = frozenset(
        name
        for name in request.scopes
        if (known[name].reaches_site or known[name].resource)
        and not is_administrative((name,))
    )
    if not request.scopes:
        raise AuthorizationError(
            "invalid_scope", "A token in the URL can have nothing of the scope."
        )


@implementer(IMetadataMembers)
class ImplicitMetadata(SiteAdapter):
    """See IMetadataMembers."""

    def __call__(self) -> dict[str, Any]:
        if not (is_offered(self._site, _SWITCH) and is_usable()):
            return {}
        return {
            "grant_types_supported": [IMPLICIT],
            "response_types_supported": [RESPONSE_TYPE],
            "response_modes_supported": list(TokenInURL.modes),
        }
