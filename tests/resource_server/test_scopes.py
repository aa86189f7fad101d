"""Scopes of a token in requests: what it lacks, it cannot do, whoever its user is."""

from collections.abc import Iterator
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import Scope
from pas.plugins.tokenauth.resource_server.scopes import require_scope
from pas.plugins.tokenauth.web.interfaces import IOpenToEveryToken
from plone.subrequest import subrequest
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest


SCOPE = "example.orders"


class OrdersView(BrowserView):
    """A view of an add-on that asks for a scope of its own."""

    def __call__(self) -> str:
        require_scope(self.request, SCOPE)
        return "orders"


class OuterView(BrowserView):
    """Renders the other view inside a page."""

    def __call__(self) -> str:
        path = f"{self.context.absolute_url_path()}/@@orders"
        body: bytes = subrequest(path).getBody()
        return body.decode()


@implementer(IOpenToEveryToken)
class StatusView(BrowserView):
    """A view that tells a program about itself."""

    def __call__(self) -> str:
        return "status"


@pytest.fixture
def addon() -> Iterator[None]:
    """An add-on with a scope and two views."""
    registry = getGlobalSiteManager()
    scope = Scope(title="Orders", description="See and fill orders.")
    registry.registerUtility(scope, IScope, SCOPE)
    adapts = (Interface, IBrowserRequest)
    registry.registerAdapter(OrdersView, adapts, Interface, "orders")
    registry.registerAdapter(OuterView, adapts, Interface, "outer")
    registry.registerAdapter(StatusView, adapts, Interface, "status")
    yield
    registry.unregisterUtility(scope, IScope, SCOPE)
    registry.unregisterAdapter(OrdersView, adapts, Interface, "orders")
    registry.unregisterAdapter(OuterView, adapts, Interface, "outer")
    registry.unregisterAdapter(StatusView, adapts, Interface, "status")


def is_refused(response: Any, scope: str) -> bool:
    """RS-10."""
    assert response.status_code == 403, (response.status_code, response.text)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    challenge = response.headers["WWW-Authenticate"]
    assert scope in challenge.partition('scope="')[2].partition('"')[0].split()
    return 'error="insufficient_scope"' in challenge


def test_a_view_can_require_the_scope_of_an_addon(site: Any, addon: None) -> None:
    granted = site.token(site.issue(scopes=("plone.read", SCOPE)))
    assert site.get("/@@orders", granted).text == "orders"
    assert site.api("GET", "/@@outer", granted).text == "orders"


@pytest.mark.parametrize("scope", ["plone.read", "plone.write"])
def test_a_view_refuses_a_token_without_the_scope_of_an_addon(
    site: Any, addon: None, scope: str
) -> None:
    """RS-10: not even a token that may write."""
    lacking = site.token(site.issue(scopes=(scope,)))
    assert is_refused(site.get("/@@orders", lacking), SCOPE)
    assert is_refused(site.request("HEAD", "/@@orders", lacking), SCOPE)
    assert is_refused(site.get("/++api++/@@orders", lacking), SCOPE)
    assert "orders" not in site.get("/@@outer", lacking).text.split()


def test_people_need_no_scope(
    site: Any, addon: None, site_owner_auth: tuple[str, str]
) -> None:
    assert site.get("/@@orders").text == "orders"
    assert site.get("/@@orders", auth=site_owner_auth).text == "orders"


@pytest.mark.parametrize("path", ["", "/@@orders", "/++api++", "/@search", "/login"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_token_that_may_not_read_gets_nothing(
    site: Any, addon: None, path: str, accept: str
) -> None:
    token = site.token(site.issue(scopes=(SCOPE,)))
    for method in ("GET", "HEAD", "POST"):
        response = site.request(method, path, token, headers={"Accept": accept})
        if response.status_code != 404:
            assert is_refused(response, "plone.read")


def test_a_scope_that_nobody_registers_any_more_grants_nothing(
    site: Any, addon: None
) -> None:
    keyfile = site.issue(scopes=(SCOPE,))
    token = site.token(keyfile)
    getGlobalSiteManager().unregisterUtility(None, IScope, SCOPE)
    assert is_refused(site.get("", token), "plone.read")


def test_a_token_without_a_scope_for_the_site_does_not_reach_it(
    site: Any, addon: None
) -> None:
    """RS-10: but for a view that tells it about itself."""
    token = site.token(site.issue(scopes=(SCOPE,)))
    for path in ("", "/@@orders", "/++api++/@search", "/@@tokenauth-check"):
        assert is_refused(site.get(path, token), "plone.read"), path
    assert site.get("/@@status", token).text == "status"


@pytest.mark.parametrize(("stores", "status"), [(False, 403), (True, 201)])
def test_a_scope_of_an_addon_reaches_the_site_and_stores_if_it_says_so(
    site: Any, stores: bool, status: int
) -> None:
    """Without a scope of ours."""
    registry = getGlobalSiteManager()
    scope = Scope(title="Shop", description="Shop.", reaches_site=True, stores=stores)
    registry.registerUtility(scope, IScope, "example.shop")
    try:
        token = site.token(site.issue(scopes=("example.shop",)))
        assert site.api("GET", "", token).status_code == 200
        document = {"@type": "Document", "title": "One"}
        assert site.api("POST", "", token, json=document).status_code == status
    finally:
        registry.unregisterUtility(scope, IScope, "example.shop")
