"""Proxies that are started once, in front of the one Zope of all tests."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from requests.adapters import HTTPAdapter
from tests.proxies.webserver import PROXIES
from tests.proxies.webserver import Proxy
from tests.proxies.webserver import serve
from threading import Thread
from typing import Any
from ZPublisher import HTTPRequest

import pytest
import requests


class FromAddress(HTTPAdapter):
    """Sends requests from another address of this computer."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, source_address=(self.address, 0))


class Other(BaseHTTPRequestHandler):
    """Stands for what is not Plone: tells what it is asked for, and as whom."""

    def do_GET(self) -> None:
        body = f"other {self.path} {self.headers.get('X-User', '')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def other() -> Iterator[int]:
    """The port of what is not Plone."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="session")
def start(
    other: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., str]]:
    """Starts a proxy if it does not run yet, and gives its URL."""
    running: dict[Any, str] = {}
    with ExitStack() as stack:

        def start(proxy: Proxy, name: str, backend: str, **options: Any) -> str:
            key = proxy.folder, name, backend, *options.items()
            if key not in running:
                folder = tmp_path_factory.mktemp(proxy.folder)
                served = serve(proxy, name, backend, folder, other=other, **options)
                running[key] = stack.enter_context(served)
            return running[key]

        yield start


@dataclass(frozen=True)
class Situation:
    """What the rules in a file publish.

    :param name: of the file
    :param issuer: path of the issuer on the host
    :param pages: path of the pages there
    """

    name: str
    issuer: str
    pages: str


SITUATIONS = (
    Situation("site-at-the-root", "", ""),
    Situation("site-in-a-folder", "/Plone", "/Plone"),
    Situation("volto", "/++api++", "/ClassicUI"),
)


@pytest.fixture(params=PROXIES, ids=lambda proxy: proxy.folder)
def proxy(request: pytest.FixtureRequest) -> Proxy:
    """Each of them in turn."""
    return request.param


@pytest.fixture(params=SITUATIONS, ids=lambda situation: situation.name)
def situation(request: pytest.FixtureRequest) -> Situation:
    """Each of them in turn."""
    return request.param


@pytest.fixture
def behind(site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site that trusts the proxy in front of it."""
    monkeypatch.setattr(HTTPRequest, "trusted_proxies", ["127.0.0.1"])
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    site.commit()
    return site


@pytest.fixture
def public(
    behind: Any, proxy: Proxy, situation: Situation, start: Callable[..., str]
) -> Any:
    """The site behind a proxy, with the URLs by which the world knows it."""
    return published(behind, situation, start(proxy, situation.name, behind.url))


def published(site: Any, situation: Situation, root: str) -> Any:
    """Tell a site by which URLs the world knows it."""
    site.plugin.issuer = site.public = f"{root}{situation.issuer}"
    pages = f"{root}{situation.pages}"
    site.plugin.pages_url = pages if pages != site.public else ""
    site.public_root, site.public_path = root, situation.issuer
    site.public_pages = pages
    site.commit()
    return site


@pytest.fixture
def elsewhere() -> requests.Session:
    """A client at another address than the one that it has."""
    session = requests.Session()
    session.mount("http://", FromAddress("127.0.0.2"))
    return session
