"""One site for all cells of a table."""

from .world import World
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import noSecurityManager
from collections.abc import Iterator
from plone.app.testing import SITE_OWNER_NAME
from tests.mailserver import mail_server_of
from typing import Any
from zope.component.hooks import setSite

import pytest


def layers_below(layer: Any) -> list[Any]:
    """A layer and those it is built on, the lowest first."""
    below = [each for base in layer.__bases__ for each in layers_below(base)]
    return list(dict.fromkeys([*below, layer]))


@pytest.fixture(scope="class")
def functional_once(keep_layers: None, functional_class: Any) -> Iterator[Any]:
    """What the layer sets up for a test, for all tests of a class."""
    layers = [each for each in layers_below(functional_class) if each.__bases__]
    for each in layers:
        each.testSetUp()
    yield functional_class
    for each in reversed(layers):
        each.testTearDown()


@pytest.fixture(scope="class")
def world(functional_once: Any, request: pytest.FixtureRequest) -> Iterator[World]:
    """A site that outlives a test, whose mail goes nowhere."""
    fixtures = request.config.pluginmanager.get_plugin("plone_fixtures")
    assert fixtures is not None
    site = fixtures.Site(functional_once)
    setSite(site.portal)
    newSecurityManager(None, site.app.acl_users.getUser(SITE_OWNER_NAME))
    with mail_server_of(site):
        yield World(site)
    noSecurityManager()
    setSite(None)
