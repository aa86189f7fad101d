"""An application and a person's browser, from the request to what it learns."""

from collections.abc import Callable
from joserfc import jwt
from joserfc.jwk import KeySet
from pas.plugins.tokenauth.delegation.grant import AuthorizationCodeGrant
from pas.plugins.tokenauth.usage.client import ClientInfo
from tests.delegation.conftest import Apps
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from typing import Any

import pytest
import time


SCOPE = "openid email plone.read"
IDENTITY = frozenset({"openid", "profile", "email", "groups", "roles"})
PLACES = (
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
)


@pytest.fixture
def person(provider: Any, apps: Apps, browser: Browser) -> Browser:
    """The browser of alice, who has a profile."""
    provider.sync()
    for client_id in apps:
        apps.change(client_id, scopes=apps[client_id].scopes | IDENTITY)
    member = provider.portal.portal_membership.getMemberById("alice")
    member.setMemberProperties({"email": "alice@example.org", "fullname": "Alice & Co"})
    provider.commit()
    return browser


Redeem = Callable[..., dict[str, Any]]


@pytest.fixture
def redeem(provider: Any, apps: Apps) -> Redeem:
    """Exchanges a code as the token endpoint does; the members of the answer."""

    def redeem(code: str, client_id: str = "app-1") -> dict[str, Any]:
        parameters = {
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
        client = ClientInfo(
            address="127.0.0.1", user_agent="app", client=apps[client_id]
        )
        provider.sync()
        grant = AuthorizationCodeGrant(provider.context)
        try:
            return dict(grant(parameters, client, time.time()).members)
        finally:
            provider.commit()

    return redeem


def verified(site: Any, id_token: str) -> dict[str, Any]:
    """The claims, by what the site publishes about itself."""
    metadata = site.get(PLACES[0]).json()
    keys = KeySet.import_key_set(site.get(metadata["jwks_uri"]).json())
    algorithms = metadata["id_token_signing_alg_values_supported"]
    token = jwt.decode(id_token, keys, algorithms=algorithms)
    assert token.claims["iss"] == metadata["issuer"]
    return dict(token.claims)


def code_of(person: Browser, scopes: list[str], **changes: Any) -> str:
    """A code, from a person who says yes to these scopes."""
    page = person.authorize(scope=" ".join(scopes), **changes)
    answer = person.answer(page, scope=scopes) if page.status_code == 200 else page
    return parameters_of(answer.headers["Location"])["code"]
