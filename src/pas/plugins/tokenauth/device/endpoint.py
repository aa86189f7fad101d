"""``@@oauth2-device-authorization``: a device asks to be authorized (RFC 8628 3.1)."""

from ..authorization_server.clients import authenticated_client
from ..authorization_server.clients import client_credentials
from ..authorization_server.endpoints.base import OAuth2Endpoint
from ..authorization_server.interfaces import IApplication
from ..core.errors import InvalidClient
from ..core.errors import TooManyRequests
from ..core.scopes import format_scope
from ..core.text import cleaned
from ..core.tokens import DEVICE_CODE_PREFIX
from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..core.tokens import TokenDigest
from ..storage.devicerequests import DeviceRequest
from ..usage.client import ADDRESS_LENGTH
from ..usage.client import USER_AGENT_LENGTH
from ..web.address import client_address
from ..web.isolation import OAuth2Request
from .limits import requests
from .page import VIEW
from .protocol import INTERVAL
from .protocol import LIFETIME
from .protocol import make_user_code
from .protocol import shown_user_code
from .requesting import checked_request
from .requesting import STORE
from .settings import is_offered
from collections.abc import Mapping
from typing import Any
from zExceptions import NotFound

import secrets


class DeviceAuthorizationEndpoint(OAuth2Endpoint):
    """Gives out a code for the device, and one for the person."""

    takes = "request of a device"

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        if not is_offered(self.site):
            raise NotFound()
        parameters = self.parameters(prepared)
        address = client_address(self.request)
        credentials = client_credentials(parameters, prepared.authorization)
        found = authenticated_client(self.site, credentials, address, self.now)
        if found is None or not IApplication.providedBy(found.client):
            raise InvalidClient("The client is unknown, or must authenticate itself.")
        # oidc-agent sends a space behind the last name.
        scope = parameters.get("scope", "").strip(" ")
        resource = parameters.get("resource", "")
        asked = checked_request(self.site, found.client, scope, resource, self.now)
        if not requests(self.site).may_ask(address, self.now):
            raise TooManyRequests("Devices ask too often. Try again in a minute.")
        device_code = make_token(DEVICE_CODE_PREFIX, secrets.token_bytes(RANDOM_BYTES))
        user_code = self._stored(
            digest(device_code),
            DeviceRequest(
                client_id=found.client.client_id,
                scope=format_scope(asked.scopes),
                resource=asked.resource,
                address=cleaned(address, ADDRESS_LENGTH),
                user_agent=cleaned(
                    self.request.getHeader("User-Agent", ""), USER_AGENT_LENGTH
                ),
                requested_at=self.now,
                expires_at=self.now + LIFETIME,
            ),
        )
        uri = self.site.page_url(VIEW)
        shown = shown_user_code(user_code)
        return {
            "device_code": device_code,
            "user_code": shown,
            "verification_uri": uri,
            "verification_uri_complete": f"{uri}?user_code={shown}",
            "expires_in": LIFETIME,
            "interval": INTERVAL,
        }

    def _stored(self, name: TokenDigest, request: DeviceRequest) -> str:
        """Keep a request under a user code that no other one has."""
        store = self.site.storage[STORE]
        while True:
            user_code = make_user_code(secrets.choice)
            try:
                store.ask(name, digest(user_code), request)
            except KeyError:
                continue
            return user_code
