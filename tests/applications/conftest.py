"""What the tests of applications share: some that are registered, and the endpoint."""

from tests.applications.registering import register
from tests.authorization_server.endpoints.conftest import Endpoint
from typing import Any

import pytest


__all__ = ["register"]


@pytest.fixture
def endpoint(site: Any) -> Endpoint:
    """The token endpoint of the site."""
    return Endpoint(site)
