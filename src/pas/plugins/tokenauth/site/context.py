"""The site's context: everything that the services need to know about the site."""

from ..core.claims import GrantRules
from ..storage.root import TokenAuthStorage
from .interfaces import ISiteContext
from .issuer import overrides
from .issuer import TOKEN_ENDPOINT
from .users import SiteUsers
from datetime import datetime
from datetime import timezone
from functools import cached_property
from typing import Any
from zope.component import adapter
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
        settings: Any,
        storage: TokenAuthStorage,
        portal: Any,
        acl_users: Any,
    ) -> None:
        self.settings = settings
        self.storage = storage
        self.portal = portal
        self.users = SiteUsers(acl_users)

    @cached_property
    def overrides(self) -> dict[str, str]:
        """What zope.conf says instead of settings, by their names."""
        return overrides(self.path)

    @property
    def issuer(self) -> str:
        """The issuer in force, or an empty string."""
        return self.overrides.get("issuer") or self.settings.issuer or ""

    @property
    def token_endpoint(self) -> str:
        """The URL of the token endpoint, or an empty string without an issuer."""
        issuer = self.issuer
        return f"{issuer}/{TOKEN_ENDPOINT}" if issuer else ""

    @property
    def pages_url(self) -> str:
        """Below which URL people find the pages of the site, or an empty string.

        It is the issuer unless somebody said otherwise. What was said of the original
        does not count for a copy of the site.
        """
        found = self.overrides.get("pages_url") or self.overrides.get("issuer")
        return found or self.settings.pages_url or self.issuer

    def page_url(self, name: str) -> str:
        """The public URL of a page for people; empty while the site does not know its.

        It is never made from a request, whose Host header anybody can choose.

        :param name: of the view, such as ``manage-service-keys``
        """
        pages_url = self.pages_url
        return f"{pages_url}/@@{name}" if pages_url else ""

    @property
    def path(self) -> str:
        """Where the site is in the database, such as ``/Plone``."""
        return "/".join(self.portal.getPhysicalPath())

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
        if "issuer" in self.overrides:
            # A copy of the site is none of the places the original was known by.
            return own
        today = datetime.fromtimestamp(now, timezone.utc).date()
        former = {
            endpoint.url
            for endpoint in self.settings.former_token_endpoints
            if today <= endpoint.until
        }
        return own | former


@adapter(ISiteContext)
class SiteAdapter:
    """Base of adapters that answer for a site."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site
