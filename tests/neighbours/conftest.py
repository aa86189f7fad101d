"""A site beside other add-ons that log people in.

They live in an environment of their own, which ``make neighbours-test`` makes and uses.
Anywhere else these tests are skipped.
"""

from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import noSecurityManager
from collections.abc import Callable
from collections.abc import Iterator
from importlib.util import find_spec
from plone.app.testing import SITE_OWNER_NAME
from pytest_plone import fixtures_factory
from tests.neighbours.provider import Provider
from tests.neighbours.provider import running_provider
from tests.neighbours.site import install
from tests.neighbours.site import INSTALLED
from typing import Any
from zope.component.hooks import setSite

import os
import pytest


NEIGHBOURS = ("authomatic", "headers", "oidc")
#: The make target sets it, so that it cannot go by without having tested anything.
IS_REQUIRED = "TOKENAUTH_NEIGHBOURS" in os.environ
MISSING = [name for name in NEIGHBOURS if find_spec(f"pas.plugins.{name}") is None]

if IS_REQUIRED or not MISSING:
    from tests.neighbours.layer import NEIGHBOURS_TESTING

    globals().update(
        fixtures_factory(
            ((NEIGHBOURS_TESTING, "beside_neighbours"),), keep_session=False
        )
    )
else:

    @pytest.fixture(scope="session")
    def beside_neighbours_session() -> None:
        """Nothing to test here."""
        pytest.skip(
            f"pas.plugins.{', '.join(MISSING)} not installed: make neighbours-test"
        )

    @pytest.fixture
    def beside_neighbours() -> None:
        """Nothing to test here."""


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def empty_site(
    beside_neighbours_session: Any,
    beside_neighbours: Any,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    """A site with all the code, and none of it installed but ours."""
    # Loaded late: pytest has to find the fixtures of that module first.
    from authomatic.providers.oauth2 import GitHub
    from tests.plone_fixtures import Site

    for name, path in (
        ("user_authorization_url", "authorize"),
        ("access_token_url", "token"),
        ("user_info_url", "user"),
    ):
        monkeypatch.setattr(GitHub, name, f"{provider.url}/{path}")
    site = Site(beside_neighbours)
    setSite(site.portal)
    newSecurityManager(None, site.app.acl_users.getUser(SITE_OWNER_NAME))
    yield site
    noSecurityManager()
    setSite(None)


@pytest.fixture
def site_with(empty_site: Any, provider: Provider) -> Callable[..., Any]:
    """Installs everything in an order, and answers with the site."""

    def site_with(order: tuple[str, ...]) -> Any:
        install(empty_site, order, provider)
        return empty_site

    return site_with


@pytest.fixture
def site(site_with: Callable[..., Any]) -> Any:
    """A site where everything is installed, ours first."""
    return site_with(INSTALLED)


@pytest.fixture
def logins(site: Any, provider: Provider) -> Any:
    """All ways to log in to that site, see Logins."""
    from tests.neighbours.logins import Logins

    return Logins(site, provider)
