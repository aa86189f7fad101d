"""Applications that people let act for them, and a person's browser."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from html import unescape
from pas.plugins.tokenauth.authorization_server.interfaces import IApplication
from pas.plugins.tokenauth.authorization_server.interfaces import IClientSource
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.userlimits import UserLimits
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import urlencode
from urllib.parse import urlsplit
from ZODB.POSException import ConflictError
from zope.component import getGlobalSiteManager
from zope.interface import implementer
from ZPublisher.HTTPRequest import HTTPRequest

import base64
import hashlib
import pytest
import re
import requests
import transaction


REDIRECT_URI = "https://app.example.org/cb"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
STATE = "6NkRZMT+W6waCR8Z6N8BQ+5Z/=%é"


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@implementer(IApplication)
@dataclass(frozen=True)
class App:
    """An application, as the source of a feature makes it."""

    client_id: str = "app-1"
    title: str = "Wonder <App>"
    is_public: bool = True
    is_first_party: bool = False
    is_self_registered: bool = False
    hosts: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = (REDIRECT_URI,)
    grant_types: frozenset[str] = frozenset({"authorization_code"})
    scopes: frozenset[str] = frozenset({"plone.read", "plone.write"})
    default_scopes: frozenset[str] = frozenset({"plone.read"})
    limits: UserLimits = field(default_factory=UserLimits)
    requires_pkce: bool = False
    stays_signed_in: bool = False
    ip_ranges: str = ""
    ends_at: float = float("inf")
    credential: Any = None
    require_jti: bool = False
    openid: OpenIDOptions = field(default_factory=OpenIDOptions)

    def is_live(self, now: float) -> bool:
        return now < self.ends_at

    @property
    def auth_methods(self) -> frozenset[str]:
        methods = {"client_secret_basic", "client_secret_post"}
        return frozenset({"none"} if self.is_public else methods)

    def live_public_keys(self, now: float) -> tuple[Any, ...]:
        return ()

    def secret_name(self, secret: str, now: float) -> str:
        return "secret-1" if secret == "s3cret" and not self.is_public else ""

    def check(self, site: Any, address: str, now: float) -> None:
        """Nothing but what is checked anyway."""

    def wanted_scope(self, scope: str) -> str:
        return scope


class Apps(dict[str, App]):
    """The applications of the site, which a test can change."""

    def change(self, client_id: str = "app-1", **changes: Any) -> None:
        self[client_id] = replace(self[client_id], **changes)


@pytest.fixture
def apps() -> Iterator[Apps]:
    known = Apps({"app-1": App(), "app-2": App(client_id="app-2")})

    class Source:
        auth_methods = frozenset({"none", "client_secret_basic", "client_secret_post"})

        def __init__(self, site: Any) -> None:
            pass

        def find(self, client_id: str) -> App | None:
            return known.get(client_id)

    manager = getGlobalSiteManager()
    manager.registerAdapter(Source, (ISiteContext,), IClientSource, "test-apps")
    yield known
    manager.unregisterAdapter(Source, (ISiteContext,), IClientSource, "test-apps")


def parameters_of(url: str) -> dict[str, str]:
    """The parameters in the query of a URL, each of which is there once."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), pairs
    return dict(pairs)


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields in a page."""
    inputs = re.findall(r"<input[^>]*>", page)
    hidden = [each for each in inputs if 'type="hidden"' in each]
    return {
        unescape(re.search(r'name="([^"]*)"', each)[1]): unescape(  # type: ignore[index]
            re.search(r'value="([^"]*)"', each)[1]  # type: ignore[index]
        )
        for each in hidden
    }


class Browser:
    """A person's browser, which keeps cookies and does not follow redirects."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.session = requests.Session()

    def log_in(self, user_id: str = "alice", came_from: str = "") -> Any:
        """Fill in Plone's own form."""
        # Loaded late: pytest has to find the fixtures of that module first.
        from tests.plone_fixtures import PASSWORD

        return self.session.post(
            f"{self.site.url}/login",
            data={
                "__ac_name": user_id,
                "__ac_password": PASSWORD,
                "came_from": came_from,
                "buttons.login": "Log in",
            },
            allow_redirects=False,
            timeout=30,
        )

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("allow_redirects", False)
        return self.session.get(url, timeout=30, **kwargs)

    def post(self, url: str, data: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("allow_redirects", False)
        return self.session.post(url, data=data, timeout=30, **kwargs)

    def url(self, **changes: Any) -> str:
        """The URL of a request for authorization; None leaves a parameter out."""
        parameters = {
            "client_id": "app-1",
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "plone.read plone.write",
            "state": STATE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        sent = {name: value for name, value in parameters.items() if value is not None}
        return f"{self.site.url}/@@oauth2-authorize?{urlencode(sent)}"

    def authorize(self, **changes: Any) -> requests.Response:
        return self.get(self.url(**changes))

    def answer(
        self, page: requests.Response, answer: str = "allow", **changes: Any
    ) -> requests.Response:
        """Answer the question on a page; scopes are ticked unless told."""
        assert page.status_code == 200, page.text
        data = {
            **fields_of(page.text),
            "scope": ["plone.read", "plone.write"],
            "answer": answer,
            **changes,
        }
        return self.post(f"{self.site.url}/@@oauth2-consent", data)

    def code(self, **changes: Any) -> str:
        """Get a code as a person who says yes."""
        answer = self.authorize(**changes)
        if answer.status_code == 200:
            answer = self.answer(answer)
        assert answer.status_code == 303, answer.text
        return parameters_of(answer.headers["Location"])["code"]


@pytest.fixture
def browser(site: Any, apps: Apps, sealing_key: str) -> Browser:
    """The browser of alice, a Member who is logged in."""
    site.add_user("alice")
    browser = Browser(site)
    assert browser.log_in().status_code == 302
    return browser


@pytest.fixture
def stranger(site: Any, apps: Apps, sealing_key: str) -> Browser:
    """The browser of somebody who is not logged in."""
    return Browser(site)


Redeem = Callable[..., requests.Response]


@pytest.fixture
def redeem(site: Any) -> Redeem:
    """Exchange a code as the public client does."""

    def redeem(code: str, **changes: Any) -> requests.Response:
        data = {
            "grant_type": "authorization_code",
            "client_id": "app-1",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            **changes,
        }
        sent = {name: value for name, value in data.items() if value is not None}
        return requests.post(site.endpoint, data=sent, timeout=30)

    return redeem


@pytest.fixture
def conflict_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first refusal at the token endpoint conflicts, as if all tokens were used."""
    from pas.plugins.tokenauth.authorization_server.endpoints.token import TokenEndpoint

    answered: list[Any] = []
    answer = TokenEndpoint.refused

    def conflict() -> None:
        raise ConflictError()

    def refused(self: Any, error: Any) -> None:
        answer(self, error)
        if not answered:
            transaction.get().addBeforeCommitHook(conflict)
        answered.append(error)

    monkeypatch.setattr(TokenEndpoint, "refused", refused)
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)


@pytest.fixture
def flow(site: Any, apps: Apps) -> Any:
    """What the endpoints do, without HTTP."""
    from tests.delegation.flow import Flow

    site.add_user("alice")
    return Flow(site, apps)
