"""A server of MCP beside Plone, and an application that people let use it."""

from dataclasses import dataclass
from tests.applications.registering import register as register
from tests.delegation.conftest import Apps
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from typing import Any

import pytest
import requests


URL = "https://mcp.example.org/mcp"
SCOPE = "notes.read plone.read plone.write"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@dataclass
class Resource:
    """A server that gets tokens of people: a confidential client."""

    site: Any
    issued: Any
    url: str = URL

    @property
    def client_id(self) -> str:
        return self.issued.credential.client_id

    @property
    def auth(self) -> tuple[str, str]:
        return self.client_id, self.issued.secret

    def introspect(self, token: str) -> dict[str, Any]:
        answer = requests.post(
            f"{self.site.url}/@@oauth2-introspect",
            {"token": token},
            auth=self.auth,
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def exchange(self, token: str | None, **changes: Any) -> requests.Response:
        data = {
            "grant_type": GRANT_TYPE,
            "subject_token": token,
            "subject_token_type": ACCESS_TOKEN,
            **changes,
        }
        auth = data.pop("auth", self.auth)
        sent = {name: value for name, value in data.items() if value is not None}
        return requests.post(self.site.endpoint, sent, auth=auth, timeout=30)

    def exchanged(self, token: str, **changes: Any) -> str:
        answer = self.exchange(token, **changes)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def change(self, **options: Any) -> None:
        self.site.sync()
        store = self.site.context.storage["application"]
        credential = store.get(self.client_id)
        for name, value in options.items():
            setattr(credential, name, value)
        self.site.commit()


def resource_of(site: Any, register: Any, **options: Any) -> Resource:
    issued = register(
        **{
            "title": "Notes",
            "resource": URL,
            "resource_scopes": ("notes.read See your notes.",),
            "may_exchange": True,
            "scopes": ("plone.read",),
            **options,
        }
    )
    return Resource(site, issued, options.get("resource", URL))


@pytest.fixture
def resource(site: Any, register: Any) -> Resource:
    return resource_of(site, register)


class Client:
    """The application app-1, with the browser of alice."""

    def __init__(self, site: Any, browser: Browser) -> None:
        self.site, self.browser = site, browser

    def code(self, **changes: Any) -> str:
        changes = {"scope": SCOPE, "resource": URL, **changes}
        answer = self.browser.authorize(**changes)
        if answer.status_code == 200:
            answer = self.browser.answer(answer, scope=changes["scope"].split())
        assert "code=" in answer.headers.get("Location", ""), answer.text
        from tests.delegation.conftest import parameters_of

        return parameters_of(answer.headers["Location"])["code"]

    def redeem(self, code: str, **changes: Any) -> requests.Response:
        data = {
            "grant_type": "authorization_code",
            "client_id": "app-1",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            **changes,
        }
        return requests.post(self.site.endpoint, data, timeout=30)

    def members(self, **changes: Any) -> dict[str, Any]:
        answer = self.redeem(self.code(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def token(self, **changes: Any) -> str:
        return self.members(**changes)["access_token"]


@pytest.fixture
def client(site: Any, resource: Resource, browser: Browser, apps: Apps) -> Client:
    apps.change(scopes=frozenset(SCOPE.split()))
    return Client(site, browser)
