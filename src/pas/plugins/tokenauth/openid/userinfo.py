"""UserInfo: who somebody is, for whom they let know (OpenID Connect Core 5.3)."""

from ..authorization_server.clients import client_of
from ..authorization_server.endpoints.base import check_transport
from ..authorization_server.endpoints.base import OAuth2Endpoint
from ..authorization_server.endpoints.tokenmanagement import InvalidToken
from ..authorization_server.endpoints.tokenmanagement import TooLittleScope
from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import ISubjects
from ..core.bearer import access_token
from ..core.errors import AccessRefused
from ..core.errors import InvalidRequest
from ..core.errors import OAuthError
from ..core.forms import is_form
from ..resource_server.challenge import challenge
from ..resource_server.extraction import note_use
from ..site.lookup import plugin_of
from ..site.users import SiteUser
from ..tokens.checks import authenticate
from ..web.access import Access
from ..web.address import client_address
from ..web.isolation import OAuth2Request
from .authorize import allowed_claims
from .authorize import USERINFO
from .claims import claims_about
from .scopes import OPENID
from .settings import is_enabled
from collections.abc import Mapping
from typing import Any
from zExceptions import NotFound


class NoToken(OAuthError):
    """There is no token, which is no error in the challenge (RFC 6750 section 3.1)."""

    status = 401
    challenge = challenge()

    def __init__(self) -> None:
        super().__init__("Send an access token as Bearer.")


class UserInfoEndpoint(OAuth2Endpoint):
    """``@@oauth2-userinfo``."""

    methods = ("GET", "POST")
    takes = "token"
    access_refused = InvalidToken

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        if not is_enabled(self.site):
            raise NotFound()
        access = self._access(prepared)
        if OPENID not in access.scopes:
            raise TooLittleScope(OPENID, access.credential_id)
        user = SiteUser(access.subject, access.login)
        client = client_of(self.site, access.credential_id)
        application = client if IApplication.providedBy(client) else None
        names = self._allowed_claims(access, application)
        return {
            **claims_about(self.site, user, access.scopes, names),
            "sub": ISubjects(self.site)(access.subject, application),
        }

    def _access(self, prepared: OAuth2Request) -> Access:
        """What the token authorizes; it may be sent in the body here, and only here.

        :raises OAuthError: when there is none, or it is not valid
        """
        check_transport(self.site.issuer, self.request["SERVER_URL"])
        sent = None
        # Some clients name a type for the body that a GET has not (RFC 6750 2.2).
        if prepared.method == "POST" and is_form(prepared.content_type):
            sent = self.parameters(prepared).get("access_token")
        authorization = prepared.authorization
        if sent and authorization:
            raise InvalidRequest("Send the access token in one place.")
        token = access_token(f"Bearer {sent}" if sent else authorization)
        if token is None:
            if sent or authorization.lower().startswith("bearer "):
                raise AccessRefused("not a token of this site")
            raise NoToken()
        access = authenticate(self.site, token, client_address(self.request), self.now)
        note_use(plugin_of(self.site.portal), self.request, access, self.now)
        return access

    def _allowed_claims(
        self, access: Access, application: IApplication | None
    ) -> frozenset[str]:
        """The claims that the person let the application know one by one."""
        if application is None:
            return frozenset()
        credential = self.site.storage.credential(access.credential_id)
        return allowed_claims(self.site, credential, application, USERINFO)
