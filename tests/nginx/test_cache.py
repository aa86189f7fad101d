"""The documented cache in nginx: no token is answered from it, nor kept in it."""

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from tests.nginx.webserver import nginx
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest
import requests


Ask = Callable[..., requests.Response]
BYPASS = ("proxy_cache_bypass", "proxy_no_cache")


@pytest.fixture(params=[True, False], ids=["documented", "without the two lines"])
def ask(request: Any, site: Any, tmp_path: Path) -> Iterator[Ask]:
    """Asks nginx for a page that caches may share and that tells who asks."""

    class View(BrowserView):
        def __call__(self) -> str:
            header = "max-age=0, s-maxage=3600, must-revalidate"
            self.request.response.setHeader("Cache-Control", header)
            return str(self.request["AUTHENTICATED_USER"].getId())

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(View, wanted, Interface, "whoami")
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    site.commit()
    leave_out = () if request.param else BYPASS
    with nginx("cache.conf", site.url, tmp_path, leave_out) as server:

        def ask(authorization: str = "") -> requests.Response:
            headers = {"Authorization": authorization} if authorization else {}
            return requests.get(f"{server}/@@whoami", headers=headers, timeout=30)

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
