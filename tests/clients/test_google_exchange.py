"""google-auth beside Plone exchanges the token that a person sent."""

from pathlib import Path
from tests.clients.programs import library
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import browser as browser
from tests.exchange.conftest import ACCESS_TOKEN
from tests.exchange.conftest import Client
from tests.exchange.conftest import client as client
from tests.exchange.conftest import Resource
from tests.exchange.conftest import resource as resource
from typing import Any


identity_pool = library("google.auth.identity_pool")
requests_transport = library("google.auth.transport.requests")


def test_google_auth_acts_at_the_site_as_the_person(
    site: Any, client: Client, resource: Resource, tmp_path: Path
) -> None:
    """Conformance: TX-01, TX-17: it names the site as `audience`."""
    path = tmp_path / "token"
    path.write_text(client.token(), encoding="ascii")
    credentials = identity_pool.Credentials.from_info(
        {
            "type": "external_account",
            "universe_domain": "example.org",
            "token_url": site.endpoint,
            "audience": site.url,
            "client_id": resource.client_id,
            "client_secret": str(resource.issued.secret),
            "subject_token_type": ACCESS_TOKEN,
            "credential_source": {"file": str(path)},
        },
        scopes=["plone.read"],
    )
    credentials.refresh(requests_transport.Request())
    found = site.api("GET", "/@users/alice", credentials.token)
    assert (found.status_code, found.json()["id"]) == (200, "alice")
