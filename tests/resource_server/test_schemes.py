"""Schemes of the Authorization header, which add-ons register, too."""

from collections.abc import Iterator
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.resource_server.schemes import Bearer
from pas.plugins.tokenauth.web.interfaces import IAuthorizationScheme
from pas.plugins.tokenauth.web.presented import PresentedToken
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface.verify import verifyObject

import pytest


class ApiKey(Bearer):
    """``ApiKey TOKEN``, as some programs spell it."""

    def read(self, authorization: str) -> PresentedToken | None:
        name, _, token = authorization.partition(" ")
        if name.lower() != "apikey" or not is_well_formed(token):
            return None
        return PresentedToken(authorization, token, self)


@pytest.fixture
def api_key(site: Any) -> Iterator[None]:
    """An add-on has registered it."""
    registry = getGlobalSiteManager()
    scheme = ApiKey()
    registry.registerUtility(scheme, IAuthorizationScheme, "apikey")
    yield
    registry.unregisterUtility(scheme, IAuthorizationScheme, "apikey")


def test_the_schemes_keep_their_contract(site: Any) -> None:
    schemes = dict(getGlobalSiteManager().getUtilitiesFor(IAuthorizationScheme))
    assert set(schemes) == {"bearer", "basic"}
    assert all(verifyObject(IAuthorizationScheme, each) for each in schemes.values())


@pytest.mark.usefixtures("api_key")
def test_a_token_arrives_by_a_scheme_that_is_registered(site: Any) -> None:
    token = site.token(site.issue())
    headers = {"Authorization": f"ApiKey {token}"}
    answer = site.api("GET", "/@users/owner", headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (200, "owner")


def test_a_token_by_a_scheme_that_nobody_knows_is_refused(site: Any) -> None:
    token = site.token(site.issue())
    headers = {"Authorization": f"ApiKey {token}"}
    answer = site.api("GET", "/@users/owner", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.usefixtures("api_key")
@pytest.mark.parametrize("spelled", ["ApiKey {}x", "ApiKey x {}", "Other {}"])
def test_a_token_that_its_scheme_does_not_find_is_refused_by_the_others(
    site: Any, spelled: str
) -> None:
    token = site.token(site.issue())
    headers = {"Authorization": spelled.format(token)}
    answer = site.api("GET", "/@users/owner", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
