"""A self-registered application at a server of MCP beside the site."""

from tests.applications.registering import Register
from tests.applications.registering import register as register
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import VERIFIER
from tests.registration.conftest import Documents
from tests.registration.conftest import Person
from tests.registration.conftest import URI
from typing import Any

import pytest
import requests


RESOURCE = "https://mcp.example.org/mcp"
SCOPE = "notes.read plone.read plone.write"


@pytest.fixture
def resource(register: Register) -> Any:
    """A server that applications may use that registered themselves."""
    return register(
        resource=RESOURCE,
        resource_scopes=("notes.read See your notes.",),
        is_open=True,
        may_exchange=True,
        scopes=("plone.write",),
    )


def token(site: Any, person: Person, client_id: str) -> dict[str, Any]:
    """What the application gets for the server."""
    page = person.ask(client_id, SCOPE, resource=RESOURCE)
    answer = person.answer(page, scope=SCOPE.split())
    data = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": parameters_of(answer.headers["Location"])["code"],
        "redirect_uri": URI,
        "code_verifier": VERIFIER,
        "resource": RESOURCE,
    }
    return requests.post(site.endpoint, data, timeout=30).json()


def test_an_assistant_uses_a_server_that_is_open_to_it(
    site: Any, person: Person, documents: Documents, resource: Any
) -> None:
    """DR-10: and the server gets no more of the site for it than all of them may."""
    found = token(site, person, documents.url)
    assert found["scope"] == "notes.read plone.read"
    exchanged = requests.post(
        site.endpoint,
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": found["access_token"],
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        },
        auth=(resource.credential.client_id, resource.secret),
        timeout=30,
    ).json()
    assert exchanged["scope"] == "plone.read"
    answer = site.api("GET", "/@users/alice", exchanged["access_token"])
    assert answer.json()["id"] == "alice"
    # Their token is for the server alone.
    assert site.api("GET", "", found["access_token"]).status_code == 401


def test_a_server_is_closed_to_them_unless_it_is_opened(
    site: Any, person: Person, documents: Documents, register: Register
) -> None:
    """DR-10."""
    register(resource=RESOURCE, resource_scopes=("notes.read See your notes.",))
    answer = person.ask(documents.url, "notes.read", resource=RESOURCE)
    assert answer.status_code == 403
    assert "error=invalid_scope" in answer.text
