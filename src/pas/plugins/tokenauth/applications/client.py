"""Applications as clients of the authorization server."""

from ..authorization_server.grants.client_credentials import GRANT_TYPE
from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import IClientSource
from ..authorization_server.interfaces import OpenIDOptions
from ..core.errors import InvalidScope
from ..core.keys import PublicKey
from ..core.scopes import format_scope
from ..core.tokens import digest
from ..core.tokens import is_well_formed
from ..credentials.scopes import granted_scopes
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.userlimits import UserLimits
from ..storage.applications import Application
from ..tokens.checks import check_usable
from .fields import METHODS
from .fields import NONE
from .kind import APPLICATION
from dataclasses import fields
from zope.component import named
from zope.interface import implementer


#: By which people let an application act for them (RFC 6749 sections 4.1 and 6).
_CODE, _REFRESH = "authorization_code", "refresh_token"
#: The same for one on a device without a browser (RFC 8628).
_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
#: By which older ones do without asking them (RFC 6749 section 4.3).
_PASSWORD = "password"
#: By which older ones get tokens without a code (RFC 6749 section 4.2).
_IMPLICIT = "implicit"
_OPENID = fields(OpenIDOptions)
#: By which a resource gets other tokens for those that it is sent (RFC 8693).
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@implementer(IApplication)
class ApplicationClient:
    """See IApplication."""

    require_jti = False
    is_self_registered = False
    hosts: tuple[str, ...] = ()

    def __init__(self, application: Application) -> None:
        self._application = application
        self.client_id = application.client_id
        self.title = application.title
        self.auth_methods = METHODS[application.authentication]
        self.is_public = application.authentication == NONE
        self.is_first_party = application.is_first_party
        self.redirect_uris = application.redirect_uris
        self.limits = UserLimits(groups=application.groups)
        self.requires_pkce = application.requires_pkce
        self.stays_signed_in = application.stays_signed_in
        self.ip_ranges = application.ip_ranges
        self.openid = OpenIDOptions(
            **{each.name: getattr(application, each.name) for each in _OPENID}
        )

    @property
    def credential(self) -> Application | None:
        return self._application if self._application.runs_as else None

    @property
    def grant_types(self) -> frozenset[str]:
        application = self._application
        ways = {
            _CODE: bool(self.redirect_uris),
            _DEVICE_CODE: application.uses_device_codes,
            _PASSWORD: application.uses_passwords,
            _IMPLICIT: application.uses_implicit_grant,
            _REFRESH: bool(
                self.redirect_uris
                or application.uses_device_codes
                or application.uses_passwords
            ),
            GRANT_TYPE: bool(self.credential) and not self.is_public,
            _EXCHANGE: application.may_exchange,
        }
        return frozenset(name for name, is_open in ways.items() if is_open)

    @property
    def scopes(self) -> frozenset[str]:
        return granted_scopes(self._application.scopes)

    @property
    def default_scopes(self) -> frozenset[str]:
        return granted_scopes(self._application.default_scopes) & self.scopes

    def is_live(self, now: float) -> bool:
        return self._application.is_live(now)

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        return self._application.live_public_keys(now)

    def secret_name(self, secret: str, now: float) -> str:
        if not is_well_formed(secret):
            return ""
        found = self._application.secret_of(digest(secret), now)
        return found.kid if found else ""

    def check(self, site: SiteContext, address: str, now: float) -> None:
        check_usable(self._application, address, now)

    def wanted_scope(self, scope: str) -> str:
        wanted = scope or format_scope(self.default_scopes)
        if not wanted:
            raise InvalidScope(
                "Name a scope: this client has none by default.",
                credential_id=self.client_id,
            )
        return wanted


@implementer(IClientSource)
@named(APPLICATION.name)
class ApplicationSource(SiteAdapter):
    """See IClientSource."""

    auth_methods = frozenset().union(*METHODS.values())

    def find(self, client_id: str) -> ApplicationClient | None:
        applications = self._site.storage.kinds.get(APPLICATION.name)
        application = None if applications is None else applications.get(client_id)
        return None if application is None else ApplicationClient(application)
