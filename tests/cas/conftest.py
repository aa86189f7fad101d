"""A site that is a CAS server, services that are registered, and browsers."""

from collections.abc import Callable
from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from tests.delegation.conftest import Browser
from tests.delegation.conftest import parameters_of
from typing import Any
from urllib.parse import urlencode

import pytest
import requests


URL = "https://app.example.org/"
SERVICE = f"{URL}login?next=%2Fa%20b"


@pytest.fixture
def server(site: Any) -> Any:
    """The site, while it is a CAS server."""
    site.plugin.cas_enabled = True
    site.commit()
    return site


Register = Callable[..., Any]


@pytest.fixture
def register(server: Any) -> Register:
    """Registers a service; below URL unless told otherwise."""

    def register(by: Any = None, **options: Any) -> Any:
        server.sync()
        options = {"title": "Shop", "urls": (URL,), **options}
        return server.make(CAS_SERVICE, by, **options).credential

    return register


@pytest.fixture
def service(register: Register) -> Any:
    """A service that people log in to."""
    return register()


@pytest.fixture
def alice(server: Any) -> Browser:
    """The browser of a Member who is logged in."""
    server.add_user("alice")
    browser = Browser(server)
    assert browser.log_in().status_code == 302
    return browser


@pytest.fixture
def stranger(server: Any) -> Browser:
    """The browser of somebody who is not logged in."""
    return Browser(server)


def login_url(site: Any, **parameters: str) -> str:
    return f"{site.url}/@@cas/login?{urlencode({'service': SERVICE, **parameters})}"


def ticket_in(answer: requests.Response) -> str:
    """The ticket with which a browser is sent to a service."""
    assert answer.status_code == 303, answer.text
    return parameters_of(answer.headers["Location"])["ticket"]


def ticket_for(browser: Browser, **parameters: str) -> str:
    """A ticket that a browser gets."""
    return ticket_in(browser.get(login_url(browser.site, **parameters)))


Validate = Callable[..., requests.Response]


@pytest.fixture
def validate(server: Any) -> Validate:
    """Asks what a ticket is worth, as a service does."""

    def validate(
        ticket: str = "", view: str = "p3/serviceValidate", **parameters: str
    ) -> requests.Response:
        sent = {"service": SERVICE, "ticket": ticket, **parameters}
        return server.get(f"/@@cas/{view}", params=sent)

    return validate
