"""A CSRF authenticator that the request of a token obtains is good for that alone."""

from collections.abc import Iterator
from plone.protect.authenticator import _verify_request
from plone.protect.authenticator import createToken
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest
import re


PASSWORD = "correct-horse-battery-1"
#: Where Plone hands authenticators out: by itself, in a form, in a link of a menu,
#: for scripts.
PLACES = [
    "/@@authenticator/token",
    "/page/edit",
    "/page",
    "/@@personal-information",
]
_AUTHENTICATOR = re.compile(
    r"""(?:name="_authenticator"[^>]*value="|_authenticator=|data-token="|^)([0-9a-f]{40})"""
)


class Verifying(BrowserView):
    """Says whether an authenticator is good."""

    def __call__(self) -> str:
        return str(_verify_request(self.request))


class Round(BrowserView):
    """Obtains an authenticator and asks in the same request whether it is good."""

    def __call__(self) -> str:
        self.request.form["_authenticator"] = createToken()
        return str(_verify_request(self.request))


@pytest.fixture
def views() -> Iterator[None]:
    registry = getGlobalSiteManager()
    adapts = (Interface, IBrowserRequest)
    registry.registerAdapter(Verifying, adapts, Interface, "verifying")
    registry.registerAdapter(Round, adapts, Interface, "round")
    yield
    registry.unregisterAdapter(Verifying, adapts, Interface, "verifying")
    registry.unregisterAdapter(Round, adapts, Interface, "round")


@pytest.fixture
def page(site: Any, views: None) -> Any:
    site.add_user("owner", "Manager")
    site.portal.invokeFactory("Document", "page", title="Page")
    site.commit()


def obtained(site: Any, path: str, **credentials: Any) -> set[str]:
    text = site.get(path.format(url=site.url), **credentials).text
    return set(_AUTHENTICATOR.findall(text))


def is_good(site: Any, authenticator: str) -> bool:
    response = site.get(
        f"/@@verifying?_authenticator={authenticator}", auth=("owner", PASSWORD)
    )
    assert response.text in ("True", "False")
    return response.text == "True"


@pytest.mark.parametrize("path", PLACES)
def test_an_authenticator_of_a_person_is_good_in_another_request(
    site: Any, page: None, path: str
) -> None:
    found = obtained(site, path, auth=("owner", PASSWORD))
    assert found and all(is_good(site, each) for each in found)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("scope", ["plone.read", "plone.write"])
def test_an_authenticator_of_a_token_is_worth_nothing_in_the_session_of_a_person(
    site: Any, page: None, path: str, scope: str
) -> None:
    found = obtained(site, path, token=site.personal_access_token(scopes=(scope,)))
    assert found and not any(is_good(site, each) for each in found)


def confirmation(site: Any, **credentials: Any) -> set[str]:
    """Authenticators of the page that asks whether a person means it."""
    [authenticator] = obtained(site, "/@@authenticator/token", **credentials)
    form = {"original_url": f"{site.url}/page", "_authenticator": authenticator}
    page = site.request("POST", "/@@confirm-action", data=form, **credentials)
    return set(_AUTHENTICATOR.findall(page.text))


def test_the_confirmation_of_a_person_has_a_good_one(site: Any, page: None) -> None:
    found = confirmation(site, auth=("owner", PASSWORD))
    assert found and all(is_good(site, each) for each in found)


def test_the_confirmation_of_a_token_has_none(site: Any, page: None) -> None:
    found = confirmation(site, token=site.personal_access_token())
    assert found and not any(is_good(site, each) for each in found)


def test_each_request_of_a_token_has_another_authenticator(
    site: Any, page: None
) -> None:
    token = site.personal_access_token()
    found = [obtained(site, "/@@authenticator/token", token=token) for _ in range(2)]
    assert found[0] != found[1]


def test_an_authenticator_of_a_token_is_good_in_its_own_request(
    site: Any, page: None
) -> None:
    assert site.get("/@@round", site.personal_access_token()).text == "True"
    assert site.get("/@@round", auth=("owner", PASSWORD)).text == "True"
