"""Applications keep the contract of clients, on which other features rely."""

from pas.plugins.tokenauth.applications.client import ApplicationClient
from pas.plugins.tokenauth.applications.client import ApplicationSource
from pas.plugins.tokenauth.authorization_server.interfaces import IApplication
from pas.plugins.tokenauth.authorization_server.interfaces import IClientSource
from tests.applications.registering import Register
from tests.applications.registering import URI
from typing import Any
from zope.interface.verify import verifyObject

import pytest


def test_the_source_and_its_applications_keep_their_contracts(
    site: Any, register: Register
) -> None:
    """Whatever an application is, each attribute is there."""
    source = ApplicationSource(site.context)
    found = source.find(register(redirect_uris=(URI,)).credential.client_id)
    assert verifyObject(IClientSource, source)
    assert verifyObject(IApplication, found)
    assert source.find("app-unknown") is None


@pytest.mark.parametrize(
    ("options", "grants"),
    [
        ({}, set()),
        ({"redirect_uris": (URI,)}, {"authorization_code", "refresh_token"}),
        ({"runs_as": "robot"}, {"client_credentials"}),
        (
            {"redirect_uris": (URI,), "authentication": "none"},
            {"authorization_code", "refresh_token"},
        ),
    ],
)
def test_the_options_of_an_application_say_which_grants_it_may_use(
    register: Register, options: dict[str, Any], grants: set[str]
) -> None:
    """TE-17: people sign in by redirect URIs, it acts by itself as a user."""
    client = ApplicationClient(register(**options).credential)
    assert client.grant_types == grants
    assert client.is_public == (options.get("authentication") == "none")
