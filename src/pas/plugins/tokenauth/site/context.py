"""The site's context: everything that the services need to know about the site."""

from ..core.claims import GrantRules
from ..storage.interfaces import ITokenAuthStorage
from .interfaces import ISiteContext
from .interfaces import ITokenAuthSettings
from .issuer import overridden_issuer
from .issuer import TOKEN_ENDPOINT
from .users import SiteUsers
from datetime import datetime
from datetime import timezone
from functools import cached_property
from typing import Any
from zope.interface import implementer


@implementer(ISiteContext)
class SiteContext:
    """See ISiteContext. Made anew for each request, from the PAS plugin.

    :param settings: the settings of the site
    :param storage: what the site keeps
    :param portal: the site
    :param acl_users: its own user folder
    """

    def __init__(
        self,
        settings: ITokenAuthSettings,
        storage: ITokenAuthStorage,
        portal: Any,
        acl_users: Any,
    ) -> None:
        self.settings = settings
        self.storage = storage
        self.portal = portal
        self.users = SiteUsers(acl_users)

    @cached_property
    def overridden_issuer(self) -> str:
        """The issuer that zope.conf names for this site, or an empty string."""
        return overridden_issuer("/".join(self.portal.getPhysicalPath()))

    @property
    def issuer(self) -> str:
        """The issuer in force, or an empty string."""
        return self.overridden_issuer or self.settings.issuer or ""

    @property
    def token_endpoint(self) -> str:
        """The URL of the token endpoint, or an empty string without an issuer."""
        issuer = self.issuer
        return f"{issuer}/{TOKEN_ENDPOINT}" if issuer else ""

    def assertion_rules(self, audiences: frozenset[str]) -> GrantRules:
        """What the site accepts in an assertion that is addressed to one of these."""
        return GrantRules(
            audiences=audiences,
            max_lifetime=self.settings.grant_lifetime,
            leeway=self.settings.leeway,
        )

    def use_up(self, client_id: str, jti: str, expires_at: float, now: float) -> None:
        """Note the identifier of an assertion, so that it is good for one time.

        :raises InvalidGrant: when it was used before
        """
        kept_until = expires_at + self.settings.leeway
        self.storage["replay"].add(client_id, jti, kept_until, now)

    def audiences(self, now: float) -> frozenset[str]:
        """What a grant may be addressed to at this time."""
        own = frozenset({self.issuer, self.token_endpoint}) - {""}
        if self.overridden_issuer:
            # A copy of the site is none of the places the original was known by.
            return own
        today = datetime.fromtimestamp(now, timezone.utc).date()
        former = {
            endpoint.url
            for endpoint in self.settings.former_token_endpoints
            if today <= endpoint.until
        }
        return own | former
