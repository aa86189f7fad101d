"""The documented caches: no token is answered from one, nor kept in it."""

from collections.abc import Callable
from collections.abc import Iterator
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from tests.proxies.webserver import APACHE
from tests.proxies.webserver import NGINX
from tests.proxies.webserver import VARNISH
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import itertools
import pytest
import requests


Ask = Callable[..., requests.Response]
BYPASS = ("proxy_cache_bypass", "proxy_no_cache")
#: A cache that another test has filled knows no page of this one.
_numbers = itertools.count()
CACHES = {
    "nginx": (NGINX, "cache", ()),
    "nginx, without the two lines": (NGINX, "cache", BYPASS),
    "apache": (APACHE, "cache", ()),
    "varnish": (VARNISH, "site-at-the-root", ()),
    "varnish, a folder": (VARNISH, "site-in-a-folder", ()),
}


@pytest.fixture(params=CACHES.values(), ids=CACHES)
def ask(
    request: Any, behind: Any, start: Callable[..., str], other: int
) -> Iterator[Ask]:
    """Asks a proxy for a page that caches may share and that tells who asks."""

    class View(BrowserView):
        def __call__(self) -> str:
            header = "max-age=0, s-maxage=3600, must-revalidate"
            self.request.response.setHeader("Cache-Control", header)
            return str(self.request["AUTHENTICATED_USER"].getId())

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(View, wanted, Interface, "whoami")
    proxy, name, leave_out = request.param
    root = start(proxy, name, behind.url, leave_out=leave_out)
    site = f"{root}/Plone" if "folder" in name else root
    url = f"{site}/@@whoami?{next(_numbers)}"

    def ask(authorization: str = "") -> requests.Response:
        headers = {"Authorization": authorization} if authorization else {}
        return requests.get(url, headers=headers, timeout=30)

    yield ask
    getGlobalSiteManager().unregisterAdapter(View, wanted, Interface, "whoami")


def test_a_token_is_not_answered_from_the_cache(site: Any, ask: Ask) -> None:
    """RS-21: nor is one that is not valid; by the header Vary alone, too."""
    token = site.personal_access_token()
    for _ in range(2):
        assert ask().text == "None"
        assert ask(f"Bearer {token}").text == "owner"
        assert ask("Bearer pta_x").status_code == 401


def test_an_answer_to_a_token_is_not_kept(site: Any, ask: Ask) -> None:
    """RS-21."""
    token = site.personal_access_token()
    assert ask(f"Bearer {token}").text == "owner"
    assert ask().text == "None"
    other = site.personal_access_token("other")
    assert ask(f"Bearer {other}").text == "other"


def test_the_cache_works(site: Any, ask: Ask) -> None:
    assert ask().text == "None"
    site.portal.manage_permission("View", [])
    site.commit()
    assert ask().status_code == 200
