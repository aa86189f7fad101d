"""Fixtures around a real site that answers over HTTP."""

from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import noSecurityManager
from App.config import getConfiguration
from chameleon.loader import ModuleLoader
from chameleon.template import BaseTemplate
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import ExitStack
from pas.plugins.tokenauth.credentials.scopes import is_administrative
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.context import SiteContext
from pas.plugins.tokenauth.site.lookup import plugin_of
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.testing import FIXTURE
from pas.plugins.tokenauth.testing import FUNCTIONAL_TESTING
from pas.plugins.tokenauth.testing import INTEGRATION_TESTING
from pas.plugins.tokenauth.usage.recorder import recorder
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from pytest_plone import fixtures_factory
from typing import Any
from ZODB.DB import DB
from zope.component import getGlobalSiteManager
from zope.component.hooks import setSite
from ZPublisher.HTTPRequest import HTTPRequest

import gc
import itertools
import jwt
import pytest
import requests
import secrets
import time
import transaction


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PASSWORD = "correct-horse-battery-1"
NOW = 1_800_000_000.0

globals().update(
    fixtures_factory(
        ((FUNCTIONAL_TESTING, "functional"), (INTEGRATION_TESTING, "integration")),
        keep_session=False,
    )
)


def keep_compiled_templates(folder: str) -> None:
    """Keep compiled templates in a folder, as an instance with CHAMELEON_CACHE does.

    Else each process compiles what it renders, and Plone the frame of Site Setup for
    each request.
    """
    BaseTemplate.loader = ModuleLoader(folder)


def retry_at_once() -> None:
    """Let Zope retry a request without the seconds it waits in between."""
    HTTPRequest.delay_retry = lambda _request: None


@pytest.fixture(scope="session")
def keep_layers(functional_session: Any, integration_session: Any) -> None:
    """Keep the layers set up until the end, instead of once per test.

    They are no garbage before, and half a million objects to look at.
    """
    gc.collect()
    gc.freeze()


def _options(given: dict[str, Any], now: float) -> dict[str, Any]:
    """Options of a credential, those that tests do not care about included."""
    options = {"title": "A credential", "scopes": ("plone.write",), **given}
    administers = is_administrative(options["scopes"])
    options.setdefault("expires_at", now + 3600 if administers else None)
    return options


class Site:
    """A site with an issuer, as a test sees it: through the database and over HTTP."""

    def __init__(self, layer: Any) -> None:
        self.app = layer["app"]
        self.portal = layer["portal"]
        self.url: str = self.portal.absolute_url()
        self.plugin.issuer = self.url
        self.commit()

    @property
    def plugin(self) -> Any:
        return plugin_of(self.portal)

    @property
    def context(self) -> SiteContext:
        return site_of(self.plugin)

    @property
    def endpoint(self) -> str:
        return f"{self.url}/@@oauth2-token"

    def commit(self) -> None:
        """Make changes of the test visible to the HTTP server, and the other way."""
        transaction.commit()

    def sync(self) -> None:
        """See what the HTTP server has committed."""
        transaction.abort()
        self.app._p_jar.sync()

    def use_keyrings_of_users(self) -> None:
        """Let the log-in of Plone have a keyring for each user from now on."""
        self.sync()
        self.portal.acl_users.session.per_user_keyring = True
        self.commit()

    def add_user(self, user_id: str, *roles: str) -> None:
        """Add a user of the site whose password is PASSWORD."""
        self._add_user(user_id, *roles)
        self.commit()

    def add_users(self, roles: dict[str, str]) -> None:
        """Add users that have one role each."""
        for user_id, role in roles.items():
            self._add_user(user_id, role)
        self.commit()

    def _add_user(self, user_id: str, *roles: str) -> None:
        self.portal.acl_users.userFolderAddUser(
            user_id, PASSWORD, roles or ("Member",), []
        )

    def requester(self, user_id: str) -> Requester:
        return Requester(self.portal.acl_users.getUserById(user_id), self.context)

    def make(
        self,
        kind: Any,
        by: Requester | None = None,
        now: float = 0,
        material: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Issue a credential of a kind, by the command line if by nobody else."""
        issued = kind.issue(
            self.context,
            by or Operator("tests"),
            options,
            now or time.time(),
            secrets.token_hex(),
            material=material,
        )
        self.commit()
        return issued

    def issue(
        self, owner: str = "owner", algorithm: str = "ES256", **options: Any
    ) -> dict[str, Any]:
        """Issue a service key and return its keyfile; it may write unless told.

        RSA keys take long to make, so that tests name them that are about them.
        """
        if self.portal.acl_users.getUserById(owner) is None:
            self.add_user(owner, "Manager")
        by, material = self.requester(owner), {"algorithm": algorithm}
        options = _options({"title": "A key", **options}, time.time())
        return self.make(SERVICE_KEY, by, material=material, **options).keyfile

    def personal_access_token(self, owner: str = "owner", **options: Any) -> str:
        """Issue a personal access token and return it."""
        return str(self.issue_personal_access_token(owner, **options).text)

    def issue_personal_access_token(
        self, owner: str = "owner", **options: Any
    ) -> IssuedPersonalAccessToken:
        """Issue a personal access token; it lives for an hour unless told."""
        if self.portal.acl_users.getUserById(owner) is None:
            self.add_user(owner, "Manager")
        now = time.time()
        options = {"title": "A token", "expires_at": now + 3600, **options}
        by = self.requester(owner)
        return self.make(PERSONAL_ACCESS_TOKEN, by, now, **_options(options, now))

    def service_key(self, keyfile: dict[str, Any]) -> Any:
        """What the site keeps of a key."""
        self.sync()
        return self.context.storage["service_key"].get(keyfile["client_id"])

    def grant(
        self,
        keyfile: dict[str, Any],
        headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A signed grant; a claim given as None is left out."""
        now = time.time()
        claims = {
            "iss": keyfile["client_id"],
            "aud": keyfile["token_uri"],
            "iat": now,
            "exp": now + 300,
            **claims,
        }
        return jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            keyfile["private_key"],
            algorithm=keyfile["algorithm"],
            headers={"kid": keyfile["key_id"]} if headers is None else headers,
        )

    def exchange(self, assertion: str, **parameters: str) -> requests.Response:
        """Post a grant to the token endpoint."""
        data = {"grant_type": GRANT_TYPE, "assertion": assertion, **parameters}
        return requests.post(self.endpoint, data=data, timeout=30)

    def token(self, keyfile: dict[str, Any], **claims: Any) -> str:
        """Obtain an access token the way a client does."""
        response = self.exchange(self.grant(keyfile, **claims))
        assert response.status_code == 200, response.text
        token: str = response.json()["access_token"]
        self.record_uses()
        return token

    def record_uses(self) -> None:
        """Let what the server noted of uses be written, and see it."""
        recorder.flush(everything=True)
        self.sync()

    def request(
        self, method: str, path: str = "", token: str | None = None, **kwargs: Any
    ) -> requests.Response:
        """A request to a path below the site, with a token if there is one."""
        headers = dict(kwargs.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        kwargs.setdefault("allow_redirects", False)
        kwargs.setdefault("timeout", 30)
        url = path if path.startswith("http") else f"{self.url}{path}"
        return requests.request(method, url, headers=headers, **kwargs)

    def get(
        self, path: str = "", token: str | None = None, **kwargs: Any
    ) -> requests.Response:
        return self.request("GET", path, token, **kwargs)

    def api(
        self, method: str, path: str = "", token: str | None = None, **kwargs: Any
    ) -> requests.Response:
        """The same for plone.restapi."""
        headers = {"Accept": "application/json", **kwargs.pop("headers", {})}
        return self.request(method, path, token, headers=headers, **kwargs)


@contextmanager
def managed(site: Site) -> Iterator[Site]:
    """Be a Manager in a site."""
    setSite(site.portal)
    newSecurityManager(None, site.app.acl_users.getUser(SITE_OWNER_NAME))
    yield site
    noSecurityManager()
    setSite(None)


@pytest.fixture
def site(keep_layers: None, functional: Any) -> Iterator[Site]:
    """A site that answers over HTTP; a Manager's view of it for the test itself."""
    with managed(Site(functional)) as site:
        yield site


@contextmanager
def lasting_site() -> Iterator[Site]:
    """The same for fixtures that outlive a test."""
    layers = [each for each in _layers_below(FUNCTIONAL_TESTING) if each.__bases__]
    for each in layers:
        each.testSetUp()
    with managed(Site(FUNCTIONAL_TESTING)) as site:
        yield site
    for each in reversed(layers):
        each.testTearDown()


def _layers_below(layer: Any) -> list[Any]:
    """A layer and those it is built on, the lowest first."""
    below = [each for base in layer.__bases__ for each in _layers_below(base)]
    return list(dict.fromkeys([*below, layer]))


@pytest.fixture(scope="module")
def prepare(keep_layers: None) -> Iterator[Callable[[Callable[[Site], Any]], Any]]:
    """Does something to a new site once; the tests that follow find it done."""
    below = FIXTURE["zodbDB"]

    def prepare(deed: Callable[[Site], Any]) -> Any:
        FIXTURE["zodbDB"] = below
        with lasting_site() as site:
            result = deed(site)
            site.commit()
            storage = FUNCTIONAL_TESTING["zodbDB"].storage
        FIXTURE["zodbDB"] = DB(storage)
        return result

    yield prepare
    FIXTURE["zodbDB"] = below


@pytest.fixture
def site_owner_auth() -> tuple[str, str]:
    """Basic credentials of a Manager of the Zope root."""
    return SITE_OWNER_NAME, SITE_OWNER_PASSWORD


@pytest.fixture
def listen() -> Iterator[Callable[[Any], list[Any]]]:
    """A list of the events of a kind from now on."""
    with ExitStack() as end:

        def listen(interface: Any) -> list[Any]:
            events: list[Any] = []
            manager = getGlobalSiteManager()
            manager.registerHandler(events.append, (interface,))
            end.callback(manager.unregisterHandler, events.append, (interface,))
            return events

        yield listen


@pytest.fixture
def zope_conf(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The product-config section of this package."""
    section: dict[str, str] = {}
    monkeypatch.setattr(
        getConfiguration(),
        "product_config",
        {"pas.plugins.tokenauth": section},
        raising=False,
    )
    return section


@pytest.fixture
def sealing_key(zope_conf: dict[str, str]) -> str:
    """A sealing key, which zope.conf names."""
    zope_conf["sealing-key"] = make_key()
    return zope_conf["sealing-key"]


@pytest.fixture
def people(site: Any) -> dict[str, Requester]:
    """One of each kind, by what they are."""
    for permission in (MANAGE_OWN_SERVICE_KEYS, MANAGE_OWN_PERSONAL_ACCESS_TOKENS):
        site.portal.manage_permission(
            permission, ["Manager", "Site Administrator", "Editor"]
        )
    users = {
        "owner": "Editor",
        "other": "Editor",
        "member": "Member",
        "administrator": "Site Administrator",
        "manager": "Manager",
    }
    site.add_users(users)
    root_user = site.app.acl_users.getUser(SITE_OWNER_NAME)
    return {
        **{user_id: site.requester(user_id) for user_id in users},
        "root": Requester(root_user, site.context),
        "operator": Operator("the command line"),
        "program": Requester(
            site.portal.acl_users.getUserById("manager"), site.context, by_token=True
        ),
    }


@pytest.fixture
def issue(site: Any, people: dict[str, Requester]) -> Callable[..., Any]:
    """Issues a key and returns what the site keeps of it."""
    forms = itertools.count()

    def issue(
        requester: str = "owner",
        owner: str = "",
        name: str = "",
        now: float = NOW,
        public_key: str = "",
        **options: Any,
    ) -> Any:
        material = {
            "algorithm": "" if public_key else "EdDSA",
            "public_key": public_key,
            "name": name,
        }
        issued = SERVICE_KEY.issue(
            site.context,
            people[requester],
            _options({"title": "A key", **options}, now),
            now,
            str(next(forms)),
            material=material,
            owner=owner,
        )
        return issued.credential

    return issue


@pytest.fixture
def issue_token(site: Any, people: dict[str, Requester]) -> Callable[..., Any]:
    """Issues a personal access token and returns it with what the site keeps of it."""
    forms = itertools.count()

    def issue_token(
        requester: str = "owner", owner: str = "", now: float = NOW, **options: Any
    ) -> Any:
        options = {"title": "A token", "expires_at": now + 3600, **options}
        options = _options(options, now)
        return PERSONAL_ACCESS_TOKEN.issue(
            site.context,
            people[requester],
            options,
            now,
            str(next(forms)),
            owner=owner,
        )

    return issue_token
