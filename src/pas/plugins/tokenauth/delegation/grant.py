"""The authorization code grant (RFC 6749 section 4.1.3)."""

from ..authorization_server.clients import application_of
from ..authorization_server.clients import refused
from ..authorization_server.interfaces import IGrantType
from ..core.errors import GrantEnded
from ..core.errors import InvalidGrant
from ..core.errors import InvalidRequest
from ..core.granttypes import AUTHORIZATION_CODE
from ..core.tokens import digest
from ..core.tokens import is_well_formed
from ..core.tokens import TokenDigest
from ..sealing.configuration import is_usable
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..storage.authorizations import AuthorizationCode
from ..storage.authorizations import AuthorizationCodes
from ..storage.sync import find_synced
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from .authorizing import CODES
from .interfaces import IDelegation
from .protocol import verifies
from collections.abc import Mapping
from zope.component import named
from zope.interface import implementer


@implementer(IGrantType)
@named(AUTHORIZATION_CODE)
class AuthorizationCodeGrant(SiteAdapter):
    """See IGrantType."""

    def __init__(self, site: SiteContext) -> None:
        super().__init__(site)
        self._codes: AuthorizationCodes = site.storage[CODES]

    @property
    def is_offered(self) -> bool:
        """Whether there can be a code: people sign in with the sealing key only."""
        return is_usable()

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        application = application_of(client)
        sent = parameters.get("code")
        if not sent:
            raise InvalidRequest("The parameter code is missing.")
        found = self._found(sent, now)
        if found is None or found.authorization.client_id != application.client_id:
            # Of another client: it does not learn that there is one, and burns none.
            raise refused("The code is unknown or expired.", client)
        code, name = found, digest(sent)
        self._check_redirect_uri(code, parameters, client)
        self._check_verifier(code, name, parameters, client, now)
        if self._codes.is_used(name, now):
            raise self._replayed(name, client, now)
        has_logged_out = code.session is not None and code.session.has_ended
        if now >= code.expires_at or has_logged_out:
            raise refused("The code is unknown or expired.", client)
        return self._exchange(code, name, client, now)

    def _found(self, sent: str, now: float) -> AuthorizationCode | None:
        if not is_well_formed(sent):
            return None
        return find_synced(self._site.storage, self._codes.get, digest(sent), now)

    def _check_redirect_uri(
        self,
        code: AuthorizationCode,
        parameters: Mapping[str, str],
        client: ClientInfo,
    ) -> None:
        """The same as at authorize, with its port; OAuth 2.1 clients send none.

        These use PKCE, which proves more. Who named none at authorize need not name it
        here either (RFC 6749 section 4.1.3).
        """
        sent = parameters.get("redirect_uri")
        if sent is None and code.challenge is None and code.is_redirect_uri_named:
            raise refused("Without PKCE the redirect_uri is needed.", client)
        if sent not in (None, code.redirect_uri):
            raise refused("The redirect_uri is another one.", client)

    def _check_verifier(
        self,
        code: AuthorizationCode,
        name: TokenDigest,
        parameters: Mapping[str, str],
        client: ClientInfo,
        now: float,
    ) -> None:
        """A verifier that belongs to the challenge; none where there was none.

        :raises GrantEnded: for a wrong one, so that nobody tries verifiers
        """
        verifier = parameters.get("code_verifier")
        if code.challenge is None:
            if verifier is not None:
                raise refused("The code was requested without PKCE.", client)
        elif verifier is None or not verifies(verifier, code.challenge):
            if not self._codes.is_used(name, now):
                self._codes.use(name, None, code, now)
            raise GrantEnded(
                "The code_verifier is missing or wrong.",
                credential_id=code.authorization.credential_id,
            )

    def _replayed(
        self, name: TokenDigest, client: ClientInfo, now: float
    ) -> InvalidGrant:
        """The refusal of a code that was used; what came of it ends.

        A request that the publisher repeats because it conflicted has come once: it
        lost against another one with the same code.
        """
        description = "The code was used before."
        if client.is_repeated:
            return refused(description, client)
        made = self._codes.made_of(name, now)
        IDelegation(self._site).end(made, client.client.client_id, now)
        return GrantEnded(description, credential_id=client.client.client_id)

    def _exchange(
        self,
        code: AuthorizationCode,
        name: TokenDigest,
        client: ClientInfo,
        now: float,
    ) -> TokenResponse:
        response: TokenResponse = IDelegation(self._site).issue(
            code.authorization, client, code.scope, code.data, now, code.session
        )
        made = response.family or digest(response.access_token)
        self._codes.use(name, made, code, now)
        return response
