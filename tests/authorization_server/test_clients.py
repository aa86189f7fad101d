"""Clients from several sources, looked up once."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.authorization_server.clients import find_client
from pas.plugins.tokenauth.authorization_server.grants.client_credentials import (
    ClientCredentialsGrant,
)
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.authorization_server.interfaces import IClient
from pas.plugins.tokenauth.authorization_server.interfaces import IClientSource
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import UnauthorizedClient
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.servicekeys.client import ServiceKeyClient
from pas.plugins.tokenauth.servicekeys.client import ServiceKeySource
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.storage import sync
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.servicekeys import ServiceKeys
from pas.plugins.tokenauth.usage.client import ClientInfo
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface.verify import verifyObject

import jwt
import pytest


NOW = 1_800_000_000.0


class Application:
    """A client that is no service key: it has a key pair, and no credential."""

    client_id = "app-1"
    credential = None
    require_jti = False
    grant_types = frozenset({"authorization_code"})

    def __init__(self, public_key: Any) -> None:
        self._public_keys = (public_key,)

    def live_public_keys(self, now: float) -> Any:
        return self._public_keys


@contextmanager
def registered(application: Any) -> Iterator[None]:
    """A source of an add-on that knows one client."""

    class Source:
        def __init__(self, site: Any) -> None:
            pass

        def find(self, client_id: str) -> Any:
            return application if client_id == application.client_id else None

    registry = getGlobalSiteManager()
    registry.registerAdapter(Source, (ISiteContext,), IClientSource, "app")
    try:
        yield
    finally:
        registry.unregisterAdapter(Source, (ISiteContext,), IClientSource, "app")


def test_the_source_and_its_clients_keep_their_contracts(
    site: Any, issue: Callable[..., Any]
) -> None:
    assert verifyObject(IClientSource, ServiceKeySource(site.context))
    assert verifyObject(IClient, ServiceKeyClient(issue()))


def test_a_client_of_another_source_is_found_beside_service_keys(
    site: Any, issue: Callable[..., Any]
) -> None:
    application = Application(None)
    key = issue()
    with registered(application):
        assert find_client(site.context, "app-1") is application
        found = find_client(site.context, key.client_id)
    assert found is not None and found.credential is key
    assert find_client(site.context, "app-1") is None


def test_a_client_of_another_grant_obtains_no_token_for_itself(site: Any) -> None:
    """Although it has signed the assertion."""
    key_pair = generate_key_pair("ES256", NOW)
    application = Application(key_pair.public_key)
    claims = {"iss": "app-1", "aud": site.url, "iat": NOW, "exp": NOW + 60}
    assertion = jwt.encode(claims, key_pair.private_pem, algorithm="ES256")
    client = ClientInfo(address="192.0.2.1", user_agent="")
    with registered(application), pytest.raises(UnauthorizedClient):
        JWTBearerGrant(site.context)({"assertion": assertion}, client, NOW)
    with pytest.raises(InvalidClient):
        ClientCredentialsGrant(site.context)({}, client, NOW)


def test_a_key_is_looked_up_once_for_a_grant(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the assertion to the stored token; who records uses looks it up later."""
    keyfile = site.issue(algorithm="ES256")
    looked: list[str] = []
    get = ServiceKeys.get

    def counting(self: Any, client_id: str) -> Any:
        looked.append(client_id)
        return get(self, client_id)

    monkeypatch.setattr(ServiceKeys, "get", counting)
    assert site.exchange(site.grant(keyfile)).ok
    assert looked == [keyfile["client_id"]]


class TestAnotherProcess:
    """It may have issued a key that this one has not heard of."""

    def test_a_key_issued_meanwhile_is_found(
        self, site: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        public_key = generate_key_pair("ES256", NOW).public_key
        key = ServiceKey(
            "svc-new", owner="x", title="x", public_key=public_key, issued_at=NOW
        )

        def sync_storage(storage: Any) -> bool:
            storage["service_key"].add(key)
            return True

        monkeypatch.setattr(sync, "sync_storage", sync_storage)
        client = find_client(site.context, "svc-new")
        assert client is not None
        assert client.live_public_keys(NOW) == (public_key,)

    @pytest.mark.parametrize("is_something_new", [True, False])
    def test_an_unknown_client_is_none(
        self, site: Any, is_something_new: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """JB-05: an unknown issuer, whatever else is new."""
        monkeypatch.setattr(sync, "sync_storage", lambda storage: is_something_new)
        assert find_client(site.context, "svc-nobody") is None

    def test_no_second_look_up_follows_where_nothing_is_new(
        self, site: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys, looked = type(site.context.storage["service_key"]), []
        monkeypatch.setattr(keys, "get", lambda self, name: looked.append(name))
        monkeypatch.setattr(sync, "sync_storage", lambda storage: False)
        find_client(site.context, "svc-nobody")
        assert looked == ["svc-nobody"]

    def test_the_storage_server_is_not_asked_about_a_known_key(
        self, site: Any, issue: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Any] = []
        monkeypatch.setattr(sync, "sync_storage", asked.append)
        key = issue()
        client = find_client(site.context, key.client_id)
        assert client is not None and client.credential is key
        assert asked == []
