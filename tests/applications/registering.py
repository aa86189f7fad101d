"""Registering applications, for whatever tests need some."""

from collections.abc import Callable
from functools import partial
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.applications.kind import IssuedApplication
from typing import Any

import pytest


URI = "https://app.example.org/callback"
Register = Callable[..., IssuedApplication]


@pytest.fixture
def register(site: Any) -> Register:
    """Registers an application: confidential, to read, unless told otherwise."""
    return partial(register_at, site)


def register_at(
    site: Any, material: dict[str, Any] | None = None, by: Any = None, **options: Any
) -> IssuedApplication:
    """Register an application at a site."""
    site.sync()
    if "runs_as" in options and site.context.users.get(options["runs_as"]) is None:
        site.add_user(options["runs_as"], "Contributor")
    options = {"title": "An application", **options}
    return site.make(APPLICATION, by, material=material, **options)
