"""One site for all cells of a table."""

from .world import World
from collections.abc import Iterator
from tests.mailserver import mail_server_of

import pytest


@pytest.fixture(scope="class")
def world(keep_layers: None, request: pytest.FixtureRequest) -> Iterator[World]:
    """A site that outlives a test, whose mail goes nowhere."""
    fixtures = request.config.pluginmanager.get_plugin("plone_fixtures")
    assert fixtures is not None
    with fixtures.lasting_site() as site, mail_server_of(site):
        yield World(site)
