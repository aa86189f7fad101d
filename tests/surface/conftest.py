"""A site for attacks: with a key, a token and somebody for each way to ask."""

from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from plone.testing.zope import WSGI_SERVER_FIXTURE
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from tests.surface.people import FEATURES
from tests.surface.world import basic
from tests.surface.world import CAS_URL
from tests.surface.world import form_fields
from tests.surface.world import oauth_values
from tests.surface.world import World
from typing import Any
from urllib.parse import urlsplit

import pytest
import uuid


PASSWORD = "correct-horse-battery-1"


@pytest.fixture
def world(site: Any, sealing_key: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """The site of the fixture, with virtual hosting and a sealing key."""
    # The server of the tests shows them, and none in the world does.
    server = WSGI_SERVER_FIXTURE.server
    monkeypatch.setattr(server.adj, "expose_tracebacks", False)
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    site.add_user("member")
    for name, value in FEATURES.items():
        setattr(site.plugin, name, value)
    site.make(CAS_SERVICE, title="Shop", urls=(CAS_URL,))
    keyfile = site.issue(algorithm="ES256")
    token = site.token(keyfile)
    personal = site.issue_personal_access_token()
    grant = site.grant(keyfile, jti=uuid.uuid4().hex)
    address = urlsplit(site.url)
    page = site.get("/@@manage-service-keys-issue", auth=("owner", PASSWORD)).text
    return World(
        host=address.hostname or "",
        port=address.port or 80,
        site_path=address.path,
        authorizations={
            "member": basic("member", PASSWORD),
            "owner": basic("owner", PASSWORD),
            "token": f"Bearer {token}",
            "personal token": f"Bearer {personal.token}",
        },
        authenticator=form_fields(page)["_authenticator"],
        ids=(keyfile["client_id"], personal.credential.credential_id),
        secrets=(token, personal.token, keyfile["private_key"][30:90], PASSWORD),
        values=oauth_values(grant, token, personal.token),
    )
