"""Clients of the endpoints, each acting as somebody."""

from collections.abc import Callable
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from typing import Any

import pytest
import requests
import time


PASSWORD = "correct-horse-battery-1"
#: A role of users who may have keys and personal access tokens, and no more.
KEY_OWNER = "Contributor"
SERVICE_KEYS = "/@service-keys"
ACCESS_TOKENS = "/@personal-access-tokens"
DAY = 24 * 60 * 60


class Client:
    """Somebody who uses an endpoint, by default with HTTP Basic."""

    def __init__(
        self,
        site: Any,
        auth: tuple[str, str] | None = None,
        endpoint: str = SERVICE_KEYS,
    ) -> None:
        self.site = site
        self.endpoint = endpoint
        self.session = requests.Session()
        self.session.auth = auth
        self.session.headers["Accept"] = "application/json"

    def at(self, endpoint: str) -> "Client":
        """The same client at an endpoint."""
        client = Client(self.site, endpoint=endpoint)
        client.session = self.session
        return client

    @property
    def tokens(self) -> "Client":
        """The same client at ``@personal-access-tokens``."""
        return self.at(ACCESS_TOKENS)

    def request(self, method: str, path: str = "", **kwargs: Any) -> requests.Response:
        """A request to a path below the endpoint; `json` is the body."""
        kwargs.setdefault("allow_redirects", False)
        url = f"{self.site.url}{self.endpoint}{path}"
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
        for permission in (MANAGE_OWN_SERVICE_KEYS, MANAGE_OWN_PERSONAL_ACCESS_TOKENS):
            site.portal.manage_permission(
                permission, ["Manager", "Site Administrator", KEY_OWNER]
            )
        site.add_user(user_id, *roles)
        return Client(site, (user_id, PASSWORD))

    return make


@pytest.fixture
def owner(client: Callable[..., Client]) -> Client:
    """A user who may have keys and personal access tokens, and no more."""
    return client("owner", KEY_OWNER)


@pytest.fixture
def other(client: Callable[..., Client]) -> Client:
    """Another such user."""
    return client("other", KEY_OWNER)


@pytest.fixture
def administrator(client: Callable[..., Client]) -> Client:
    """An administrator of all credentials, who may issue none to others."""
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
        owner: str = "owner", name: str = "", issued_at: float = 0, **options: Any
    ) -> str:
        by, material = site.requester(owner), {"algorithm": "ES256", "name": name}
        options = {"title": "A key", **options}
        made = site.make(SERVICE_KEY, by, issued_at, material, **options)
        return made.credential.client_id

    return new_key


@pytest.fixture
def issue_token(site: Any) -> Callable[..., IssuedPersonalAccessToken]:
    """Issues a personal access token to a user who exists."""

    def issue_token(
        owner: str = "owner", issued_at: float = 0, **options: Any
    ) -> IssuedPersonalAccessToken:
        issued_at = issued_at or time.time()
        defaults = {
            "title": "A token",
            "expires_at": issued_at + 90 * DAY,
            "scopes": ("plone.read",),
        }
        by, options = site.requester(owner), {**defaults, **options}
        return site.make(PERSONAL_ACCESS_TOKEN, by, issued_at, **options)

    return issue_token


@pytest.fixture
def new_token(
    issue_token: Callable[..., IssuedPersonalAccessToken],
) -> Callable[..., str]:
    """The same, and returns its id."""

    def new_token(owner: str = "owner", issued_at: float = 0, **options: Any) -> str:
        issued = issue_token(owner, issued_at, **options)
        return issued.credential.credential_id

    return new_token


@pytest.fixture(params=[SERVICE_KEYS, ACCESS_TOKENS])
def endpoint(request: pytest.FixtureRequest) -> str:
    """Each endpoint in turn."""
    return request.param


@pytest.fixture
def new(
    endpoint: str, new_key: Callable[..., str], new_token: Callable[..., str]
) -> Callable[..., str]:
    """Issues what the endpoint is about to a user who exists, and returns its id."""
    return {SERVICE_KEYS: new_key, ACCESS_TOKENS: new_token}[endpoint]


@pytest.fixture
def stored(site: Any) -> Callable[[str], Any]:
    """Reads what the site keeps of a key or a token, or None."""

    def stored(credential_id: str) -> Any:
        site.sync()
        return site.context.storage.credential(credential_id)

    return stored


@pytest.fixture
def snapshot(site: Any) -> Callable[[], list[dict[str, Any]]]:
    """Reads everything that the site keeps of all keys and tokens."""

    def snapshot() -> list[dict[str, Any]]:
        site.sync()
        kinds = site.context.storage.kinds.values()
        credentials = [each for kind in kinds for each in kind.all()]
        for credential in credentials:
            credential._p_activate()
        return [dict(vars(credential)) for credential in credentials]

    return snapshot
