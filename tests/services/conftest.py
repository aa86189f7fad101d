"""Clients of the endpoint, each acting as somebody."""

from collections.abc import Callable
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.usecases.issuing import issue_service_key
from pas.plugins.tokenauth.usecases.keymaterial import KeyMaterial
from pas.plugins.tokenauth.usecases.limits import ServiceKeyLimits
from typing import Any

import pytest
import requests
import secrets
import time


PASSWORD = "correct-horse-battery-1"
#: A role of who may have service keys, and no more than that.
KEY_OWNER = "Contributor"


class Client:
    """Somebody who uses the endpoint, by default with HTTP Basic."""

    def __init__(self, site: Any, auth: tuple[str, str] | None = None) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.auth = auth
        self.session.headers["Accept"] = "application/json"

    def request(self, method: str, path: str = "", **kwargs: Any) -> requests.Response:
        """A request to a path below the endpoint; `json` is the body."""
        kwargs.setdefault("allow_redirects", False)
        url = f"{self.site.url}/@service-keys{path}"
        return self.session.request(method, url, timeout=60, **kwargs)

    def get(self, path: str = "", **query: Any) -> requests.Response:
        return self.request("GET", path, params=query)

    def post(self, path: str = "", **members: Any) -> requests.Response:
        return self.request("POST", path, json=members)

    def put(self, path: str, **members: Any) -> requests.Response:
        return self.request("PUT", path, json=members)

    def patch(self, path: str, **members: Any) -> requests.Response:
        return self.request("PATCH", path, json=members)

    def delete(self, path: str) -> requests.Response:
        return self.request("DELETE", path)


@pytest.fixture
def client(site: Any) -> Callable[..., Client]:
    """Makes a user of the site with some roles, and a client that acts as them."""

    def make(user_id: str, *roles: str) -> Client:
        site.portal.manage_permission(
            MANAGE_OWN_SERVICE_KEYS, ["Manager", "Site Administrator", KEY_OWNER]
        )
        site.add_user(user_id, *roles)
        return Client(site, (user_id, PASSWORD))

    return make


@pytest.fixture
def owner(client: Callable[..., Client]) -> Client:
    """A user who may have service keys, and no more than that."""
    return client("owner", KEY_OWNER)


@pytest.fixture
def other(client: Callable[..., Client]) -> Client:
    """Another such user."""
    return client("other", KEY_OWNER)


@pytest.fixture
def administrator(client: Callable[..., Client]) -> Client:
    """An administrator of all keys, who may issue none to others."""
    return client("administrator", "Site Administrator")


@pytest.fixture
def manager(client: Callable[..., Client]) -> Client:
    """A Manager of the site."""
    return client("manager", "Manager")


@pytest.fixture
def root_user(site: Any, site_owner_auth: tuple[str, str]) -> Client:
    """A Manager of the Zope root."""
    return Client(site, site_owner_auth)


@pytest.fixture
def new_key(site: Any) -> Callable[..., str]:
    """Issues a key to a user who exists, and returns its client id."""

    def new_key(
        owner: str = "owner", name: str = "", issued_at: float = 0, **limits: Any
    ) -> str:
        issued = issue_service_key(
            site.server,
            site.actor(owner),
            ServiceKeyLimits(**{"title": "A key", **limits}),
            issued_at or time.time(),
            once=secrets.token_hex(),
            material=KeyMaterial(algorithm="ES256"),
            name=name,
        )
        site.commit()
        return issued.service_key.client_id

    return new_key


@pytest.fixture
def stored(site: Any) -> Callable[[str], Any]:
    """Reads what the site keeps of a key, or None."""

    def stored(client_id: str) -> Any:
        site.sync()
        return site.server.storage.service_keys.get(client_id)

    return stored


@pytest.fixture
def snapshot(site: Any) -> Callable[[], list[dict[str, Any]]]:
    """Reads everything that the site keeps of all keys."""

    def snapshot() -> list[dict[str, Any]]:
        site.sync()
        keys = site.server.storage.service_keys.all()
        for key in keys:
            key._p_activate()
        return [dict(vars(key)) for key in site.server.storage.service_keys.all()]

    return snapshot
