"""What the tests of partners share: some that are registered, and a browser."""

from tests.delegation.conftest import Browser
from tests.partners.registering import register
from tests.site.sources import source
from typing import Any

import pytest


__all__ = ["register", "source"]


@pytest.fixture
def browser(site: Any) -> Browser:
    """The browser of a person who is not logged in."""
    site.add_user("jane", "Member")
    return Browser(site)


@pytest.fixture
def other_browser(site: Any) -> Browser:
    """Somebody else's."""
    return Browser(site)


@pytest.fixture
def key_id(site: Any) -> str:
    """Of a service key, which has nothing to do with partners."""
    return str(site.issue(algorithm="ES256")["client_id"])
