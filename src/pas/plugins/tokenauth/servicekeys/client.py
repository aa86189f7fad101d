"""Service keys as clients of the authorization server."""

from ..authorization_server.interfaces import IClient
from ..authorization_server.interfaces import IClientSource
from ..core.granttypes import CLIENT_CREDENTIALS
from ..core.granttypes import JWT_BEARER
from ..core.keys import PublicKey
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..storage.servicekeys import ServiceKey
from ..tokens.checks import checked_owner
from zope.component import named
from zope.interface import implementer


@implementer(IClient)
class ServiceKeyClient:
    """See IClient."""

    grant_types = frozenset({CLIENT_CREDENTIALS, JWT_BEARER})
    auth_methods = frozenset({"private_key_jwt"})

    def __init__(self, service_key: ServiceKey) -> None:
        self.client_id = service_key.client_id
        self.credential = service_key
        self.require_jti = service_key.require_jti

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        return self.credential.live_public_keys(now)

    def secret_name(self, secret: str, now: float) -> str:
        return ""

    def check(self, site: SiteContext, address: str, now: float) -> None:
        checked_owner(site, self.credential, address, now)

    def wanted_scope(self, scope: str) -> str:
        return scope


@implementer(IClientSource)
@named(ServiceKey.kind)
class ServiceKeySource(SiteAdapter):
    """See IClientSource."""

    auth_methods = ServiceKeyClient.auth_methods

    def find(self, client_id: str) -> ServiceKeyClient | None:
        service_key = self._site.storage[ServiceKey.kind].get(client_id)
        return None if service_key is None else ServiceKeyClient(service_key)
