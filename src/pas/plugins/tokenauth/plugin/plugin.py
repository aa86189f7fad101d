"""The PAS plugin: reads the Authorization header and says who it stands for.

All checks run in extractCredentials, because PAS may cache everything after
it. The credentials handed on hold a digest, never the token.
"""

from ..core.clock import now
from ..core.errors import AccessRefused
from ..resource_server.errors import Unauthorized
from ..resource_server.errors import Unavailable
from ..resource_server.extraction import extracted_access
from ..resource_server.extraction import is_subrequest
from ..resource_server.extraction import note_use
from ..resource_server.facts import FIRST_INTERFACES
from ..resource_server.guards.escalation import refuse_closed_route
from ..resource_server.guests import found_guest
from ..resource_server.guests import guest_named
from ..resource_server.limiteduser import limit_user
from ..signin.interfaces import ISignInSessions
from ..site.interfaces import ITokenAuthPlugin
from ..site.lookup import site_of
from ..site.sections import Settings
from ..site.users import SourceFailed
from ..storage.interfaces import IStoreFactory
from ..storage.root import TokenAuthStorage
from ..tokens.refusals import report_refusal
from ..web.access import grant_access
from ..web.accesslog import note_credential
from ..web.address import client_address
from .zmi import TokenAuthManagement
from AccessControl import ClassSecurityInfo
from AccessControl.class_init import InitializeClass
from Acquisition import aq_base
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import ICredentialsResetPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserFactoryPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from Products.PluggableAuthService.PropertiedUser import PropertiedUser
from typing import Any
from zope.component import getUtilitiesFor
from zope.interface import implementer


PLUGIN_INTERFACES = (
    *FIRST_INTERFACES,
    IAuthenticationPlugin,
    ICredentialsResetPlugin,
)


# The class has no docstring: in Zope, a docstring makes an object publishable.
# See ITokenAuthPlugin.
@implementer(ITokenAuthPlugin, *PLUGIN_INTERFACES)
class TokenAuthPlugin(Settings, TokenAuthManagement, BasePlugin):
    meta_type = "Token Auth Plugin"
    zmi_icon = "fas fa-key"
    security = ClassSecurityInfo()
    manage_options = TokenAuthManagement.manage_options + BasePlugin.manage_options

    def __init__(self, id: str, title: str = "") -> None:
        self._setId(id)
        self.title = title
        self._storage = TokenAuthStorage(getUtilitiesFor(IStoreFactory))

    @security.private
    def extractCredentials(self, request: Any) -> dict[str, str]:
        # See IExtractionPlugin. An empty mapping leaves the request to others.
        at = now()
        site = site_of(self)
        try:
            access = extracted_access(site, request, at)
            guest_id = "" if access else found_guest(site, request, at)
        except AccessRefused as refused:
            note_credential(request, refused.credential_id)
            address = client_address(request)
            report_refusal("token", refused.reason, refused.credential_id, address)
            raise Unauthorized(refused.description) from None
        except SourceFailed:
            raise Unavailable() from None
        if access is None:
            return {"tokenauth_guest": guest_id} if guest_id else {}
        grant_access(request, access)
        if is_subrequest(request):
            # The publisher's events, on which the rest relies, are for requests alone.
            refuse_closed_route(request)
        else:
            note_use(self, request, access, at)
        return {
            "tokenauth_subject": access.subject,
            "tokenauth_login": access.login,
            "tokenauth_digest": access.digest,
        }

    @security.private
    def authenticateCredentials(
        self, credentials: dict[str, str]
    ) -> tuple[str, str] | None:
        # See IAuthenticationPlugin. Others could put our names into theirs.
        if credentials.get("extractor") != self.getId():
            return None
        if "tokenauth_guest" in credentials:
            return credentials["tokenauth_guest"], credentials["tokenauth_guest"]
        return credentials["tokenauth_subject"], credentials["tokenauth_login"]

    @security.private
    def resetCredentials(self, request: Any, response: Any) -> None:
        # See ICredentialsResetPlugin. The log-out of the ZMI raises no event.
        sessions = ISignInSessions(site_of(self), None)
        if sessions is not None:
            sessions.end(request, now())

    @security.private
    def createUser(self, user_id: str, name: str) -> Any:
        # See IUserFactoryPlugin. Another factory makes the user, whom tokens limit.
        guest = guest_named(user_id)
        if guest is not None:
            return guest
        for _, factory in self._getPAS().plugins.listPlugins(IUserFactoryPlugin):
            if aq_base(factory) is not aq_base(self):
                user = factory.createUser(user_id, name)
                if user is not None:
                    return limit_user(user)
        return limit_user(PropertiedUser(user_id, name))


InitializeClass(TokenAuthPlugin)
