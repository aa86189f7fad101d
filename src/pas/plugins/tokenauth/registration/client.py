"""Applications that register themselves, as clients of the authorization server."""

from ..authorization_server.clients import ClientUnavailable
from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import IClientSource
from ..authorization_server.interfaces import OpenIDOptions
from ..core.keys import PublicKey
from ..core.redirects import shown_target
from ..core.scopes import READ
from ..fetching.configuration import allowed_hosts
from ..fetching.errors import FetchError
from ..fetching.errors import FetchRefused
from ..fetching.interfaces import IFetcher
from ..fetching.targets import parse_target
from ..fetching.targets import Target
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.userlimits import UserLimits
from ..storage.registrations import Registration
from ..tokens.checks import check_usable
from .kind import REGISTRATION_KIND
from .protocol import ClientMetadata
from .protocol import GRANT_TYPES
from .protocol import hosts_of
from .protocol import is_document_url
from .protocol import NONE
from .protocol import read_document
from .records import record_of
from .settings import are_allowed_hosts
from .settings import self_registered_scopes
from functools import cached_property
from urllib.parse import urlsplit
from zope.component import getUtility
from zope.component import named
from zope.component import queryUtility
from zope.interface import implementer

import logging


logger = logging.getLogger("pas.plugins.tokenauth")

#: Bytes of a document.
MAX_DOCUMENT = 5 * 1024


@implementer(IApplication)
class SelfRegistered:
    """See IApplication; how it describes itself, a subclass knows.

    It is public, people are always asked, and it has no power of its own.
    """

    require_jti = False
    credential = None
    auth_methods = frozenset({NONE})
    grant_types = GRANT_TYPES
    is_public = True
    is_first_party = False
    is_self_registered = True
    limits = UserLimits()
    openid = OpenIDOptions()
    requires_pkce = True
    # These do not reliably ask for it, and people would sign in every hour.
    stays_signed_in = True

    title: str
    hosts: tuple[str, ...]
    redirect_uris: tuple[str, ...]

    def __init__(
        self, site: SiteContext, client_id: str, record: Registration | None
    ) -> None:
        self._site = site
        self._record = record
        self.client_id = client_id
        self.ip_ranges = record.ip_ranges if record else ""

    @property
    def scopes(self) -> frozenset[str]:
        return self_registered_scopes(self._site)

    @property
    def default_scopes(self) -> frozenset[str]:
        return frozenset({READ})

    def is_live(self, now: float) -> bool:
        if not are_allowed_hosts(self._site, self.hosts):
            return False
        return self._record is None or self._record.is_live(now)

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        return ()

    def secret_name(self, secret: str, now: float) -> str:
        return ""

    def check(self, site: SiteContext, address: str, now: float) -> None:
        if self._record is not None:
            check_usable(self._record, address, now)

    def wanted_scope(self, scope: str) -> str:
        return scope


class RegisteredClient(SelfRegistered):
    """One that has registered itself here (RFC 7591)."""

    _record: Registration

    @property
    def title(self) -> str:  # type: ignore[override]
        return self._record.title

    @property
    def hosts(self) -> tuple[str, ...]:  # type: ignore[override]
        return hosts_of(self._record.redirect_uris)

    @property
    def redirect_uris(self) -> tuple[str, ...]:  # type: ignore[override]
        return self._record.redirect_uris


class DocumentClient(SelfRegistered):
    """One that is known by a document at the URL that is its client id.

    Uses of its tokens ask for nothing that the document says, and so fetch nothing.
    """

    @property
    def title(self) -> str:  # type: ignore[override]
        return self._metadata.name or self.hosts[0]

    @property
    def hosts(self) -> tuple[str, ...]:  # type: ignore[override]
        return (shown_target(self.client_id),)

    @property
    def redirect_uris(self) -> tuple[str, ...]:  # type: ignore[override]
        return self._metadata.redirect_uris

    @cached_property
    def _metadata(self) -> ClientMetadata:
        """What the document says now, or said a while ago.

        :raises ClientUnavailable: when it cannot be had, or is not right
        """
        try:
            found: ClientMetadata = getUtility(IFetcher).get(
                self.client_id, read_document, MAX_DOCUMENT, self._record is not None
            )
        except FetchError as error:
            raise self._unavailable(str(error)) from None
        if found.client_id != self.client_id:
            raise self._unavailable("it is about another client")
        return found

    def _unavailable(self, reason: str) -> ClientUnavailable:
        return ClientUnavailable(
            "The client cannot be verified now.",
            f"document of {self.client_id}: {reason}",
        )


@implementer(IClientSource)
@named(REGISTRATION_KIND.name)
class SelfRegisteredSource(SiteAdapter):
    """See IClientSource."""

    auth_methods = frozenset({NONE})

    def find(self, client_id: str) -> SelfRegistered | None:
        if is_document_url(client_id):
            return self._by_document(client_id)
        record = record_of(self._site, client_id)
        if record is None or record.document:
            return None
        return RegisteredClient(self._site, client_id, record)

    def _by_document(self, url: str) -> DocumentClient | None:
        if not knows_documents(self._site):
            return None
        try:
            target = parse_target(url, allowed_hosts())
        except FetchRefused:
            return None
        if _is_on_site(self._site, target):
            return None
        return DocumentClient(self._site, url, record_of(self._site, url))


def _is_on_site(site: SiteContext, target: Target) -> bool:
    """Whether a document is where the site itself is, for which people would take it.

    Whoever may add content can put one there.
    """
    for url in filter(None, (site.issuer, site.pages_url)):
        own = urlsplit(url)
        port = own.port or (443 if own.scheme == "https" else 80)
        if (target.host, target.port) == (own.hostname, port):
            return True
    return False


def knows_documents(site: SiteContext) -> bool:
    """Whether applications can be known by a document."""
    is_on: bool = site.settings.client_documents
    return is_on and queryUtility(IFetcher) is not None
