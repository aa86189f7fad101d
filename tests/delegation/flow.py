"""Codes and tokens of a person, and what a client does with them."""

from collections.abc import Mapping
from pas.plugins.tokenauth.authorization_server.interfaces import IGrantType
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.delegation.authorizing import issue_code
from pas.plugins.tokenauth.delegation.interfaces import AuthorizationRequest
from pas.plugins.tokenauth.delegation.interfaces import IDelegation
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.usage.client import ClientInfo
from tests.delegation.conftest import CHALLENGE
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from typing import Any
from zope.component import getAdapter

import transaction


NOW = 1_800_000_000.0
ADDRESS = "192.0.2.7"
WRITE = frozenset({"plone.read", "plone.write"})


class Flow:
    """Codes of alice, and what a client does with them."""

    def __init__(self, site: Any, apps: Any) -> None:
        self.site = site
        self.apps = apps

    @property
    def subject(self) -> Any:
        return self.site.context.users.get("alice")

    def request(self, client_id: str = "app-1", **parameters: Any) -> Any:
        return AuthorizationRequest(
            site=self.site.context,
            client=self.apps[client_id],
            redirect_uri=parameters.get("redirect_uri", REDIRECT_URI),
            parameters={
                "code_challenge": CHALLENGE,
                "redirect_uri": REDIRECT_URI,
                **parameters,
            },
            repeated=frozenset(),
            resources=(),
            now=NOW,
            scopes=WRITE,
        )

    def code(
        self,
        scopes: frozenset[str] = WRITE,
        request: AuthorizationRequest | None = None,
    ) -> str:
        request = request or self.request()
        requester = self.site.requester("alice")
        recorded = IDelegation(self.site.context).record(
            request, self.subject, scopes, requester, ADDRESS
        )
        code = issue_code(request, self.subject, recorded, scopes)
        self.site.commit()
        return code

    def redeem(
        self,
        code: str,
        client: Any = "app-1",
        now: float = NOW,
        is_repeated: bool = False,
        **changes: Any,
    ) -> Any:
        """What the grant answers; what it raises is committed or not as by HTTP."""
        parameters = {
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self._grant("authorization_code", parameters, client, now, is_repeated)

    def refresh(
        self,
        token: str,
        client: Any = "app-1",
        now: float = NOW,
        is_repeated: bool = False,
        **changes: Any,
    ) -> Any:
        """What the grant answers; what it raises is committed or not as by HTTP."""
        parameters = {"refresh_token": token, **changes}
        return self._grant("refresh_token", parameters, client, now, is_repeated)

    def _grant(
        self,
        name: str,
        parameters: Mapping[str, Any],
        client: Any,
        now: float,
        is_repeated: bool,
    ) -> Any:
        sent = {name: value for name, value in parameters.items() if value is not None}
        info = ClientInfo(
            address=ADDRESS,
            user_agent="app",
            client=self.apps[client] if isinstance(client, str) else client,
            is_repeated=is_repeated,
        )
        grant = getAdapter(self.site.context, IGrantType, name)
        try:
            response = grant(sent, info, now)
        except OAuthError as refused:
            if not refused.keeps_changes:
                transaction.abort()
            transaction.commit()
            raise
        transaction.commit()
        return response

    def works(self, token: str, now: float = NOW, address: str = ADDRESS) -> bool:
        try:
            authenticate(self.site.context, token, address, now)
        except AccessRefused:
            return False
        return True

    @property
    def authorization(self) -> Any:
        (found,) = self.site.context.storage["authorization"].all()
        return found
