"""``@@oauth2-register``: an application registers itself (RFC 7591 section 3)."""

from ..authorization_server.endpoints.base import check_transport
from ..authorization_server.endpoints.base import OAuth2Endpoint
from ..authorization_server.endpoints.parameters import BodyTooLarge
from ..core import strictjson
from ..core.errors import OAuthError
from ..core.errors import TooManyRequests
from ..core.ratelimit import RateLimit
from ..core.scopes import format_scope
from ..fetching.addresses import network_of
from ..site.memory import OfEachSite
from ..web.address import client_address
from ..web.isolation import OAuth2Request
from .protocol import InvalidClientMetadata
from .protocol import InvalidRedirectURI
from .protocol import NONE
from .protocol import read_registration
from .records import make_room
from .records import record_registration
from .settings import are_allowed_hosts
from .settings import self_registered_scopes
from collections.abc import Mapping
from typing import Any
from zExceptions import NotFound

import secrets


MAX_BODY = 16 * 1024
#: Registrations in a minute, from one network and from everywhere, in one process.
MAX_PER_NETWORK, MAX_IN_ALL = 10, 60


class NoRoom(OAuthError):
    """There are as many as there may be, and people use all of them."""

    error = "temporarily_unavailable"
    status = 503


class RegistrationRate:
    """Counts registrations, so that nobody fills the database in a moment."""

    def __init__(self) -> None:
        self._per_network = RateLimit(MAX_PER_NETWORK)
        self._in_all = RateLimit(MAX_IN_ALL)

    def check(self, address: str, now: float) -> None:
        """Count one, unless there were too many.

        :raises TooManyRequests: when there were
        """
        network = network_of(address)
        if not (self._per_network.use(network, now) and self._in_all.use("", now)):
            raise TooManyRequests("Try again in a minute.")


rate = OfEachSite(RegistrationRate)


class RegistrationEndpoint(OAuth2Endpoint):
    """``@@oauth2-register``: stores what an application says, and makes its id."""

    takes = "registration"
    success_status = 201

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        site = self.site
        if not site.issuer or not site.settings.dynamic_registration:
            raise NotFound()
        check_transport(site.issuer, self.request["SERVER_URL"])
        metadata = read_registration(self._document(prepared))
        if not are_allowed_hosts(site, metadata.hosts):
            raise InvalidRedirectURI("Applications of these hosts may not register.")
        address = client_address(self.request)
        rate(site).check(address, self.now)
        if not make_room(site, self.now):
            raise NoRoom("No more applications can register themselves here.")
        record = record_registration(
            site,
            secrets.token_hex(),
            metadata.hosts,
            metadata.name,
            metadata.redirect_uris,
            address,
            self.now,
        )
        return {
            "client_id": record.client_id,
            "client_id_issued_at": int(self.now),
            "client_name": record.title,
            "redirect_uris": list(record.redirect_uris),
            "grant_types": sorted(metadata.grant_types),
            "response_types": ["code"],
            "token_endpoint_auth_method": NONE,
            "scope": format_scope(self_registered_scopes(site)),
        }

    def _document(self, prepared: OAuth2Request) -> dict[str, Any]:
        """The JSON object in the body.

        :raises InvalidClientMetadata: when there is none
        """
        data = self.request["BODYFILE"].read(MAX_BODY + 1)
        if len(data) > MAX_BODY:
            raise BodyTooLarge("The body is too large.")
        media_type = prepared.content_type.partition(";")[0].strip().lower()
        try:
            document = strictjson.parsed(data.decode("utf-8"))
        except ValueError:
            document = None
        if media_type != "application/json" or not isinstance(document, dict):
            raise InvalidClientMetadata("Send a JSON object (application/json).")
        return document
