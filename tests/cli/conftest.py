"""Who uses the command line."""

from tests.cli.commandline import tokenauth as tokenauth
from typing import Any

import pytest


@pytest.fixture
def owner(site: Any) -> str:
    """A user who may have keys."""
    site.add_user("owner", "Manager")
    return "owner"
