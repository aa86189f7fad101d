"""Applications as clients of the authorization server."""

from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import IClientSource
from ..authorization_server.interfaces import OpenIDOptions
from ..core import granttypes
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


_OPENID = fields(OpenIDOptions)


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
            granttypes.AUTHORIZATION_CODE: bool(self.redirect_uris),
            granttypes.DEVICE_CODE: application.uses_device_codes,
            granttypes.PASSWORD: application.uses_passwords,
            granttypes.IMPLICIT: application.uses_implicit_grant,
            granttypes.REFRESH_TOKEN: bool(
                self.redirect_uris
                or application.uses_device_codes
                or application.uses_passwords
            ),
            granttypes.CLIENT_CREDENTIALS: bool(self.credential) and not self.is_public,
            granttypes.TOKEN_EXCHANGE: application.may_exchange,
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
