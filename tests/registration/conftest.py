"""A server with the documents of applications, and people who are asked by these."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.fetching.fetcher import Fetcher
from pas.plugins.tokenauth.fetching.interfaces import IFetcher
from pas.plugins.tokenauth.registration import endpoint
from tests.delegation.conftest import Browser
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import VERIFIER
from tests.fetching.hostile import Hostile
from tests.fetching.hostile import serving
from threading import Event
from typing import Any
from zope.component import getGlobalSiteManager

import json
import pytest
import requests
import socket


URI = "http://127.0.0.1:33418/callback"


class Documents:
    """A server with one document, on this computer, which zope.conf allows."""

    def __init__(self, server: Hostile) -> None:
        self._server = server
        self.url = f"http://127.0.0.1:{server.port}/client.json"
        self.host = f"127.0.0.1:{server.port}"
        self.status = "200 OK"
        self.members: dict[str, Any] = {
            "client_id": self.url,
            "client_name": "Assistant",
            "redirect_uris": [URI],
            "token_endpoint_auth_method": "none",
        }

    @property
    def count(self) -> int:
        """How often it was asked."""
        return len(self._server.requests)

    def answer(self, connection: socket.socket, over: Event) -> None:
        body = json.dumps(self.members)
        connection.sendall(
            f"HTTP/1.1 {self.status}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )


@pytest.fixture
def documents(zope_conf: dict[str, str]) -> Iterator[Documents]:
    with serving(lambda connection, over: None) as server:
        documents = Documents(server)
        server.behaviour = documents.answer
        zope_conf["fetch-hosts"] = documents.host
        # Nothing that another test has fetched.
        manager = getGlobalSiteManager()
        before = manager.getUtility(IFetcher)
        manager.registerUtility(Fetcher(), IFetcher)
        yield documents
        manager.registerUtility(before, IFetcher)


@pytest.fixture(autouse=True)
def rate(monkeypatch: pytest.MonkeyPatch) -> endpoint.RegistrationRate:
    """Nobody has registered in the last minute."""
    fresh = endpoint.RegistrationRate()
    monkeypatch.setattr(endpoint, "rate", lambda site: fresh)
    return fresh


class Person(Browser):
    """The browser of somebody who is asked by a self-registered application."""

    def ask(self, client_id: str, scope: str = "plone.read", **more: Any) -> Any:
        return self.authorize(
            client_id=client_id, redirect_uri=URI, scope=scope, **more
        )

    def token(self, client_id: str, scope: str = "plone.read") -> dict[str, Any]:
        """Say yes, and let the application have its token."""
        page = self.ask(client_id, scope)
        answer = self.answer(page, scope=scope.split())
        code = parameters_of(answer.headers["Location"])["code"]
        redeemed = requests.post(
            self.site.endpoint,
            data={
                "grant_type": "authorization_code",
                "client_id": client_id,
                "code": code,
                "redirect_uri": URI,
                "code_verifier": VERIFIER,
            },
            timeout=30,
        )
        assert redeemed.status_code == 200, redeemed.text
        return redeemed.json()


@pytest.fixture
def person(site: Any, sealing_key: str) -> Person:
    """The browser of alice, who is logged in."""
    site.add_user("alice")
    person = Person(site)
    assert person.log_in().status_code == 302
    return person


Registering = Callable[..., requests.Response]


@pytest.fixture
def registering(site: Any, sealing_key: str) -> Registering:
    """Lets an application register itself at a site that allows it."""
    site.plugin.dynamic_registration = True
    site.commit()

    def post(members: Any = None, **headers: str) -> requests.Response:
        return requests.post(
            f"{site.url}/@@oauth2-register",
            json={"redirect_uris": [URI]} if members is None else members,
            headers=headers,
            timeout=30,
        )

    return post
