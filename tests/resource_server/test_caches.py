"""No cache serves what a person sees to a token, nor a token's user to a person."""

from collections.abc import Callable
from itertools import permutations
from pas.plugins.tokenauth.resource_server import memoize
from pas.plugins.tokenauth.signedlinks.visitor import LinkVisitor
from plone.memoize import ram
from plone.subrequest import subrequest
from Products.Five.browser import BrowserView
from Products.StandardCacheManagers.RAMCacheManager import RAMCacheManager
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest


PASSWORD = "correct-horse-battery-1"
#: Only who administers sees it.
PATH = "/@@overview-controlpanel"
#: Who asks, and what they get.
EXPECTED = {"person": 200, "token": 403, "admin token": 200, "third party": 302}


@pytest.fixture
def ask(site: Any) -> Callable[[str], int]:
    """Asks as one of them, and tells the status."""
    site.add_user("other", "Member")
    ways = {
        "token": {"token": site.personal_access_token()},
        "admin token": {"token": site.personal_access_token(scopes=("plone.admin",))},
        "person": {"auth": ("owner", PASSWORD)},
        "third party": {"auth": ("other", PASSWORD)},
    }
    site.app._setObject("cache", RAMCacheManager("cache"))
    users = site.portal.acl_users
    for cacheable in (users, *users.objectValues()):
        if hasattr(cacheable, "ZCacheable_setManagerId"):
            cacheable.ZCacheable_setManagerId("cache")
    site.commit()

    def ask(who: str) -> int:
        return site.get(PATH, **ways[who]).status_code

    return ask


@pytest.mark.parametrize("order", list(permutations(EXPECTED)), ids=" ".join)
def test_each_has_their_own_rights_in_any_order(
    site: Any, ask: Callable[[str], int], order: tuple[str, ...]
) -> None:
    for who in (*order, *order):
        assert ask(who) == EXPECTED[who], who
    assert site.app.cache.getCacheReport(), "nothing is cached"


class Asking(BrowserView):
    """Asks the site for a page on behalf of its visitor."""

    def __call__(self) -> str:
        self.request.clone()
        return str(subrequest(PATH, root=self.context).getStatus())


@pytest.mark.parametrize("first", ["token", "person"])
def test_a_subrequest_has_the_rights_of_its_request(
    site: Any, ask: Callable[[str], int], first: str
) -> None:
    registry, adapts = getGlobalSiteManager(), (Interface, IBrowserRequest)
    registry.registerAdapter(Asking, adapts, Interface, "asking")
    try:
        ask(first)
        token = site.personal_access_token()
        assert site.get("/@@asking", token).text != "200"
        assert site.get("/@@asking", auth=("owner", PASSWORD)).text == "200"
        assert site.get("/@@asking", token).text != "200"
    finally:
        registry.unregisterAdapter(Asking, adapts, Interface, "asking")


@ram.cache(lambda function, kept: "the same for everybody")
def first_word(kept: str) -> str:
    """What was said by whoever asked first of those who share it."""
    return kept


def test_what_plone_remembers_is_not_shared_with_tokens_and_guests(
    site: Any, acting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens of the same scopes share it among each other, as people do."""
    site.add_user("manager", "Manager")
    assert first_word("a person") == "a person"
    with acting("manager", ("plone.read",)):
        assert first_word("a reader") == "a reader"
    with acting("manager", ("plone.write",)):
        assert first_word("a writer") == "a writer"
    with acting("manager", ("plone.read",)):
        assert first_word("another reader") == "a reader"
    with acting("manager", ("plone.admin",)):
        assert first_word("an administrator") == "a person"
    monkeypatch.setattr(memoize, "current_guest", lambda: LinkVisitor("uid", "lnk-1"))
    assert first_word("a visitor") == "a visitor"
    monkeypatch.undo()
    assert first_word("another person") == "a person"
