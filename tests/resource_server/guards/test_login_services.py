"""A service that is called like a log-in is closed to tokens, whoever wrote it."""

from collections.abc import Iterator
from plone import api
from plone.rest.interfaces import IAPIRequest
from plone.restapi.services import Service
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface

import pytest


NAMES = ("@login-elsewhere", "@logins-of-today")


class MakesAJWT(BrowserView, Service):
    """Gives a JWT to whoever is logged in, as services of other add-ons do."""

    def render(self) -> str:
        user_id = api.user.get_current().getId()
        return self.context.acl_users.jwt_auth.create_token(user_id)


@pytest.fixture(autouse=True)
def services(site: Any) -> Iterator[None]:
    """Two services, of which the name of one only begins like that of a log-in."""
    manager = getGlobalSiteManager()
    adapted = (Interface, IAPIRequest)
    names = [f"POST_application_json_{name}" for name in NAMES]
    for name in names:
        manager.registerAdapter(MakesAJWT, adapted, Interface, name)
    yield
    for name in names:
        manager.unregisterAdapter(MakesAJWT, adapted, Interface, name)


@pytest.mark.parametrize("path", ["", "/++api++"])
@pytest.mark.parametrize("scope", ["plone.admin", "plone.write"])
def test_a_token_gets_no_jwt(site: Any, path: str, scope: str) -> None:
    token = site.token(site.issue(scopes=(scope,)))
    response = site.api("POST", f"{path}/@login-elsewhere", token)
    assert response.status_code == 403
    assert response.json()["message"] == "Log-ins are closed to access tokens."


def test_another_name_is_another_thing(site: Any) -> None:
    token = site.token(site.issue())
    assert site.api("POST", "/@logins-of-today", token).status_code == 200


def test_the_service_works_without_a_token(site: Any) -> None:
    site.add_user("member")
    response = site.api(
        "POST", "/@login-elsewhere", auth=("member", "correct-horse-battery-1")
    )
    assert response.status_code == 200
