"""The authorization server: everything a use case needs to know about the site."""

from ..storage.interfaces import ITokenAuthStorage
from .interfaces import IAuthorizationServer
from .interfaces import ITokenAuthSettings
from .issuer import effective_issuer
from .issuer import TOKEN_ENDPOINT
from .users import SiteUsers
from datetime import datetime
from datetime import timezone
from typing import Any
from zope.interface import implementer


@implementer(IAuthorizationServer)
class AuthorizationServer:
    """See IAuthorizationServer. Made anew for each request, from the PAS plugin.

    :param settings: the settings of the site
    :param storage: what the site keeps
    :param site: the site, with its own acl_users
    """

    def __init__(
        self,
        settings: ITokenAuthSettings,
        storage: ITokenAuthStorage,
        site: Any,
    ) -> None:
        self.settings = settings
        self.storage = storage
        self.site = site
        self.users = SiteUsers(site.acl_users)

    @property
    def issuer(self) -> str:
        """The issuer in force, or an empty text."""
        site_path = "/".join(self.site.getPhysicalPath())
        return effective_issuer(site_path, self.settings.issuer or "")

    @property
    def token_endpoint(self) -> str:
        """The URL of the token endpoint, or an empty text without an issuer."""
        issuer = self.issuer
        return f"{issuer}/{TOKEN_ENDPOINT}" if issuer else ""

    def audiences(self, now: float) -> frozenset[str]:
        """What a grant may be addressed to at this time."""
        today = datetime.fromtimestamp(now, timezone.utc).date()
        former = {
            endpoint.url
            for endpoint in self.settings.former_token_endpoints
            if today <= endpoint.until
        }
        return frozenset(former | {self.issuer, self.token_endpoint}) - {""}
