"""The URL of the pages, and the one by which a request came in, behind proxies."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.site.lookup import plugin_of
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.site.urls import is_below_pages_url
from pas.plugins.tokenauth.site.urls import reached_url
from plone import api
from plone.base.interfaces import IPloneSiteRoot
from plone.base.utils import get_installer
from Products.Five.browser import BrowserView
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from typing import Any
from urllib.parse import urlsplit
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import json
import lxml.html
import pytest
import requests


HOST = "https://www.example.org"
BASE = "VirtualHostBase/https/www.example.org:443/plone"
#: What proxies ask Zope for, what they publish it as.
PROXIES = {
    "the site is the root of its host": (f"{BASE}/VirtualHostRoot", HOST),
    "the site is in a folder": (
        f"{BASE}/VirtualHostRoot/_vh_folder/_vh_site",
        f"{HOST}/folder/site",
    ),
    "the API is all that is published": (
        f"{BASE}/++api++/VirtualHostRoot",
        f"{HOST}/++api++",
    ),
    "the API is passed on": (f"{BASE}/VirtualHostRoot/++api++", f"{HOST}/++api++"),
    "the API of a site in a folder": (
        f"{BASE}/VirtualHostRoot/_vh_site/++api++",
        f"{HOST}/site/++api++",
    ),
    "the API has a name of its own": (
        f"{BASE}/++api++/VirtualHostRoot/_vh_api",
        f"{HOST}/api",
    ),
    "the pages are beside another front end": (
        f"{BASE}/VirtualHostRoot/_vh_ClassicUI",
        f"{HOST}/ClassicUI",
    ),
    "IPv6": (
        "VirtualHostBase/https/[2001:db8::1]:8443/plone/VirtualHostRoot",
        "https://[2001:db8::1]:8443",
    ),
}


@pytest.fixture
def behind(site: Any) -> str:
    """Where Zope takes what comes from a proxy."""
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    site.commit()
    return str(site.url.removesuffix("/plone"))


@pytest.fixture
def ask(behind: str) -> Iterator[Callable[[str], Any]]:
    """Asks for the URL by which a request came in, and whether pages are there."""

    class View(BrowserView):
        def __call__(self) -> str:
            portal = api.portal.get()
            reached = reached_url(portal, self.request)
            is_below = is_below_pages_url(site_of(plugin_of(portal)), self.request)
            return json.dumps([reached, is_below])

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(View, wanted, Interface, "where")

    def ask(path: str) -> Any:
        return requests.get(f"{behind}/{path}/@@where", timeout=30).json()

    yield ask
    getGlobalSiteManager().unregisterAdapter(View, wanted, Interface, "where")


@pytest.mark.parametrize(("asked", "public"), PROXIES.values(), ids=PROXIES)
def test_a_request_shows_by_which_url_it_reached_the_site(
    ask: Callable[[str], Any], asked: str, public: str
) -> None:
    assert ask(asked) == [public, False]


def test_a_request_without_a_proxy_reached_the_site_at_its_own_url(
    site: Any, ask: Callable[[str], Any]
) -> None:
    assert ask("plone") == [site.url, True]
    assert ask("plone/++api++") == [f"{site.url}/++api++", False]


@pytest.mark.parametrize(("asked", "public"), PROXIES.values(), ids=PROXIES)
def test_a_request_below_the_url_of_the_pages_is_recognized(
    site: Any, ask: Callable[[str], Any], asked: str, public: str
) -> None:
    site.plugin.pages_url = public
    site.commit()
    assert ask(asked) == [public, True]
    assert ask("plone") == [site.url, False]


@pytest.mark.parametrize(("asked", "public"), PROXIES.values(), ids=PROXIES)
def test_the_url_of_an_installation_by_a_program_is_proposed_as_issuer(
    site: Any, behind: str, site_owner_auth: tuple[str, str], asked: str, public: str
) -> None:
    """AS-06: whatever a proxy publishes, the endpoints are found below the issuer."""
    get_installer(site.portal).uninstall_product("pas.plugins.tokenauth")
    site.commit()
    answer = requests.post(
        f"{behind}/{asked}/@addons/pas.plugins.tokenauth/install",
        headers={"Accept": "application/json"},
        auth=site_owner_auth,
        timeout=60,
    )
    assert answer.status_code in (200, 204), answer.text
    site.sync()
    assert site.plugin.issuer == public


@pytest.mark.parametrize(("asked", "public"), PROXIES.values(), ids=PROXIES)
def test_the_links_of_the_pages_stay_below_what_a_proxy_publishes(
    site: Any, behind: str, asked: str, public: str
) -> None:
    site.personal_access_token()
    html = lxml.html.fromstring(
        requests.get(
            f"{behind}/{asked}/@@manage-personal-access-tokens",
            auth=("owner", "correct-horse-battery-1"),
            headers={"Accept": "text/html"},
            timeout=60,
        ).text
    )
    (content,) = html.cssselect("#content")
    urls = [*content.xpath(".//@href"), *content.xpath(".//@action")]
    absolute = [url for url in urls if urlsplit(url).scheme]
    assert len(absolute) > 3
    for url in absolute:
        assert url.startswith(f"{public}/@@manage-")


@pytest.mark.parametrize(
    ("issuer", "pages_url"),
    [
        (f"{HOST}/++api++", f"{HOST}/ClassicUI"),
        (f"{HOST}/++api++", ""),
        (HOST, f"{HOST}/ClassicUI"),
    ],
)
def test_a_site_that_is_reached_by_its_known_urls_has_no_warning(
    site: Any, behind: str, issuer: str, pages_url: str
) -> None:
    """Neither by its pages, nor by the API with or without its name."""
    site.plugin.issuer, site.plugin.pages_url = issuer, pages_url
    site.add_user("manager", "Manager")
    for asked, public in PROXIES.values():
        page = f"{behind}/{asked}/@@tokenauth-controlpanel"
        answer = requests.get(
            page,
            auth=("manager", "correct-horse-battery-1"),
            headers={"Accept": "text/html"},
            timeout=60,
        )
        known = {issuer.removesuffix("/++api++"), pages_url}
        is_known = public.removesuffix("/++api++") in known
        assert ('id="warning-copy"' in answer.text) != is_known, public


def test_pages_are_below_the_issuer_unless_somebody_says_otherwise(site: Any) -> None:
    site.plugin.issuer = HOST
    page = "manage-service-keys"
    assert site.context.page_url(page) == f"{HOST}/@@manage-service-keys"
    site.plugin.pages_url = f"{HOST}/ClassicUI"
    assert site.context.page_url(page) == f"{HOST}/ClassicUI/@@manage-service-keys"


def test_a_site_without_an_issuer_knows_no_url_of_a_page(site: Any) -> None:
    site.plugin.issuer = ""
    assert site.context.page_url("manage-service-keys") == ""


def test_the_pages_of_a_copy_are_not_those_of_the_original(
    site: Any, zope_conf: dict[str, str]
) -> None:
    site.plugin.pages_url = f"{HOST}/ClassicUI"
    zope_conf["issuer"] = "/plone https://staging.example.org"
    assert site.context.pages_url == "https://staging.example.org"
    zope_conf["pages-url"] = "/plone https://staging.example.org/ClassicUI"
    assert site.context.pages_url == "https://staging.example.org/ClassicUI"


def test_people_authorize_below_the_url_of_the_pages(site: Any) -> None:
    """AS-03: programs ask for tokens below the issuer."""
    site.plugin.pages_url = f"{site.url}/ClassicUI"
    site.commit()
    metadata = site.get("/.well-known/oauth-authorization-server").json()
    pages_url = f"{site.url}/ClassicUI"
    assert metadata["authorization_endpoint"] == f"{pages_url}/@@oauth2-authorize"
    assert metadata["token_endpoint"] == site.endpoint


@pytest.mark.parametrize(
    "asked", ["++api++/VirtualHostRoot", "VirtualHostRoot/++api++"]
)
def test_the_metadata_of_a_part_of_the_api_is_found_below_the_issuer(
    site: Any, behind: str, asked: str
) -> None:
    """PR-05, PR-07."""
    site.plugin.issuer = f"{HOST}/++api++"
    site.commit()
    url = f"{behind}/{BASE}/{asked}/@users/nobody"
    refused = requests.get(url, timeout=30)
    assert refused.status_code == 401
    place = f"{HOST}/++api++/.well-known/oauth-protected-resource/@users/nobody"
    assert f'resource_metadata="{place}"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("plone/++api++", "{}/++api++"),
        ("plone/++api++/@users", "{}/++api++/@users"),
        ("plone/@users", None),
        ("plone", None),
    ],
)
def test_the_root_of_zope_knows_an_issuer_that_is_the_api(
    site: Any, path: str, resource: str | None
) -> None:
    """PR-06: where the path of the site stands behind the document."""
    site.plugin.issuer = f"{site.url}/++api++"
    site.commit()
    root = site.url.removesuffix("/plone")
    url = f"{root}/.well-known/oauth-protected-resource/{path}"
    answer = requests.get(url, timeout=30)
    found = answer.json().get("resource")
    assert found == (resource and resource.format(site.url))
