"""What the authorization endpoint answers with (RFC 6749 section 3.1.1)."""

from ..core.granttypes import AUTHORIZATION_CODE
from ..site.context import SiteAdapter
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..usage.client import ClientInfo
from .authorizing import issue_code
from .interfaces import AuthorizationError
from .interfaces import AuthorizationRequest
from .interfaces import IResponseType
from zope.component import named
from zope.component import queryAdapter
from zope.interface import implementer


CODE = "code"


@implementer(IResponseType)
@named(CODE)
class CodeResponse(SiteAdapter):
    """See IResponseType."""

    grant_type = AUTHORIZATION_CODE
    modes = ("query", "form_post")
    is_exchanged = True

    def is_open_to(self, client: object) -> bool:
        """For every application; it may lack the grant."""
        return True

    def __call__(
        self,
        request: AuthorizationRequest,
        subject: SiteUser,
        authorization: Authorization,
        scopes: frozenset[str],
        client: ClientInfo,
    ) -> list[tuple[str, str]]:
        return [(CODE, issue_code(request, subject, authorization, scopes))]


def response_type_of(request: AuthorizationRequest) -> IResponseType:
    """What a request asks for.

    :raises AuthorizationError: when there is no such thing for this client
    """
    name = request.parameters.get("response_type", "")
    found = queryAdapter(request.site, IResponseType, name)
    if found is None or not found.is_open_to(request.client):
        raise AuthorizationError(
            "unsupported_response_type", "The response_type must be code."
        )
    return found


def response_mode(request: AuthorizationRequest) -> str:
    """How the answer gets to the client, also where the request is wrong."""
    try:
        modes = response_type_of(request).modes
    except AuthorizationError:
        modes = CodeResponse.modes
    mode = request.parameters.get("response_mode", "")
    return str(mode if mode in modes else modes[0])
