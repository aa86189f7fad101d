"""The device grant at the token endpoint (RFC 8628 section 3.4)."""

from ..authorization_server.clients import application_of
from ..authorization_server.clients import refused
from ..authorization_server.interfaces import IGrantType
from ..core.errors import AccessDenied
from ..core.errors import GrantEnded
from ..core.errors import InvalidGrant
from ..core.errors import InvalidRequest
from ..core.granttypes import DEVICE_CODE
from ..core.tokens import digest
from ..core.tokens import is_well_formed
from ..core.tokens import TokenDigest
from ..delegation.interfaces import IDelegation
from ..site.context import SiteAdapter
from ..storage.devicerequests import DeviceRequest
from ..storage.devicerequests import DeviceRequests
from ..storage.sync import find_synced
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from .limits import polls
from .protocol import AuthorizationPending
from .protocol import ExpiredToken
from .protocol import SlowDown
from .requesting import STORE
from .settings import is_enabled
from .settings import is_offered
from collections.abc import Mapping
from zope.component import named
from zope.interface import implementer


@implementer(IGrantType)
@named(DEVICE_CODE)
class DeviceCodeGrant(SiteAdapter):
    """See IGrantType."""

    @property
    def _requests(self) -> DeviceRequests:
        # Not before it is used: an older site lacks it until it is upgraded.
        return self._site.storage[STORE]

    @property
    def is_offered(self) -> bool:
        """Whether devices can ask."""
        return is_offered(self._site)

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        application = application_of(client)
        sent = parameters.get("device_code")
        if not sent:
            raise InvalidRequest("The parameter device_code is missing.")
        found = self._found(sent, now)
        if found is None or found.client_id != application.client_id:
            # Of another client: it does not learn that there is one.
            raise refused("The device code is unknown or expired.", client)
        name = digest(sent)
        if self._requests.made_of(name, now) is not None:
            raise self._replayed(name, client, now)
        return self._exchanged(found, name, client, now)

    def _found(self, sent: str, now: float) -> DeviceRequest | None:
        if not is_well_formed(sent):
            return None
        return find_synced(self._site.storage, self._requests.get, digest(sent), now)

    def _replayed(
        self, name: TokenDigest, client: ClientInfo, now: float
    ) -> InvalidGrant:
        """The refusal of a code that was used; what came of it ends.

        A request that the publisher repeats because it conflicted has come once.
        """
        description = "The device code was used before."
        if client.is_repeated:
            return refused(description, client)
        made = self._requests.made_of(name, now)
        IDelegation(self._site).end(made, client.client.client_id, now)
        return GrantEnded(description, credential_id=client.client.client_id)

    def _exchanged(
        self, found: DeviceRequest, name: TokenDigest, client: ClientInfo, now: float
    ) -> TokenResponse:
        client_id = client.client.client_id
        # A sealing key that is missing may be back in a moment: that ends nothing.
        if now >= found.expires_at or not is_enabled(self._site):
            raise ExpiredToken("The device code has expired.", credential_id=client_id)
        answer = self._requests.answer_of(name, now)
        if answer is None:
            if polls.is_too_early(name, now):
                raise SlowDown("Wait five seconds longer from now on.")
            raise AuthorizationPending("Nobody has entered the code yet.")
        if answer.authorization is None:
            raise AccessDenied("The user has refused.", credential_id=client_id)
        response: TokenResponse = IDelegation(self._site).issue(
            answer.authorization, client, answer.scope, answer.data, now
        )
        made = response.family or digest(response.access_token)
        self._requests.use(name, made, found, now)
        return response
