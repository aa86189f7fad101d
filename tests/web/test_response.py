"""Responses to programs: no cookies, no body to HEAD, nothing shared."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from http.client import HTTPConnection
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from typing import Any
from urllib.parse import urlsplit
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest


@pytest.mark.parametrize(
    ("path", "status"),
    [("", 401), ("/@@oauth2-token", 405), ("/@@oauth2-token/x", 404)],
)
def test_an_answer_to_head_has_no_body(site: Any, path: str, status: int) -> None:
    """RFC 9110 section 9.3.2: a body would spoil the next answer on the connection."""
    url = urlsplit(site.url)
    connection = HTTPConnection(url.netloc, timeout=30)
    headers = {"Authorization": "Bearer pta_x", "Accept": "text/html"}
    connection.request("HEAD", url.path + path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == status
    connection.request("GET", url.path + path, headers=headers)
    again = connection.getresponse()
    assert again.status == status
    assert again.read().startswith(b"{")
    connection.close()


def test_a_visitor_cannot_ask_for_a_response_that_nobody_stores(site: Any) -> None:
    response = site.get("/sitemap?pas.plugins.tokenauth.no_store=1")
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_an_existing_vary_header_is_kept(site: Any) -> None:
    """RS-21: plone.rest varies on Accept for some answers."""
    token = site.token(site.issue())
    headers = {"Origin": "https://www.example.org"}
    response = site.get("/sitemap", token, headers=headers)
    assert "Authorization" in response.headers["Vary"]


# -- caches --------------------------------------------------------------------


@pytest.fixture
def headers_of(site: Any) -> Iterator[Callable[..., Any]]:
    """The headers of a page of the site that sends some itself."""
    sent: list[tuple[str, str]] = []

    class View(BrowserView):
        def __call__(self) -> str:
            for name, value in sent:
                self.request.response.addHeader(name, value)
            return "done"

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(View, wanted, Interface, "cacheable")

    def headers_of(
        *headers: tuple[str, str], token: "str | None" = None
    ) -> Mapping[str, str]:
        sent[:] = headers
        return site.get("/@@cacheable", token).headers

    yield headers_of
    getGlobalSiteManager().unregisterAdapter(View, wanted, Interface, "cacheable")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("", "private"),
        (
            "max-age=0, must-revalidate, private",
            "max-age=0, must-revalidate, private",
        ),
        (
            "max-age=0, s-maxage=3600, must-revalidate",
            "max-age=0, must-revalidate, private",
        ),
        ("public, max-age=31536000, immutable", "max-age=31536000, immutable, private"),
        ("Public, S-MaxAge=60", "private"),
        ("no-cache", "no-cache, private"),
        ('no-cache="Set-Cookie, X", public', 'no-cache="Set-Cookie, X", private'),
        ('private="X-Own"', 'private="X-Own", private'),
        ("Private", "Private"),
        ("no-store", "no-store"),
        ("no-store, public", "no-store"),
    ],
)
def test_a_token_takes_from_cache_control_only_what_is_for_shared_caches(
    site: Any, headers_of: Any, said: str, left: str
) -> None:
    """RS-21: a browser that must ask again still must."""
    token = site.personal_access_token()
    headers = [("Cache-Control", said)] if said else []
    assert headers_of(*headers, token=token)["Cache-Control"] == left


@pytest.mark.parametrize("name", ["Surrogate-Control", "CDN-Cache-Control"])
def test_no_other_header_tells_a_shared_cache_to_keep_what_is_for_a_token(
    site: Any, headers_of: Any, name: str
) -> None:
    """RS-21: they win over Cache-Control where they are understood."""
    header = (name, "max-age=3600")
    assert headers_of(header)[name] == "max-age=3600"
    assert name not in headers_of(header, token=site.personal_access_token())


@pytest.mark.parametrize(
    "said", ["", "public", "max-age=0, s-maxage=120", "max-age=60", "no-cache"]
)
def test_a_response_that_a_cache_may_share_varies_on_authorization(
    headers_of: Any, said: str
) -> None:
    """RS-21: else a request with a token, good or bad, gets Anonymous's page."""
    headers = [("Cache-Control", said)] if said else []
    assert headers_of(*headers)["Vary"] == "Authorization"
    found = headers_of(*headers, ("Vary", "Accept"), ("vary", "Cookie"))
    assert found["Vary"] == "Accept, Cookie, Authorization"


@pytest.mark.parametrize("said", ["private", "max-age=0, private", "no-store"])
def test_a_response_that_no_cache_shares_does_not_vary(
    headers_of: Any, said: str
) -> None:
    assert "Vary" not in headers_of(("Cache-Control", said))


@pytest.mark.parametrize("varies", ["*", "authorization", "Accept, AUTHORIZATION"])
def test_a_vary_header_that_suffices_stays_as_it_is(
    headers_of: Any, varies: str
) -> None:
    assert headers_of(("Vary", varies))["Vary"] == varies


# -- HEAD ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/.well-known/oauth-authorization-server", {}),
        ("/.well-known/oauth-protected-resource", {}),
        ("/.well-known/nothing", {}),
        ("/@@oauth2-token", {}),
        ("", {"Authorization": "Bearer pta_x"}),
        ("/sitemap", {"Authorization": "Bearer pta_x", "Accept": "application/json"}),
    ],
)
def test_head_tells_the_length_of_what_get_sends(
    site: Any, path: str, headers: dict[str, str]
) -> None:
    """RFC 9110 section 8.6."""
    got = site.request("GET", path, headers=headers)
    head = site.request("HEAD", path, headers=headers)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert got.content
    assert head.headers["Content-Length"] == str(len(got.content))


# -- scripts in pages of other sites -------------------------------------------

ORIGIN = {"Origin": "https://page.example"}


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/.well-known/oauth-authorization-server", "GET, HEAD"),
        ("/.well-known/openid-configuration", "GET, HEAD"),
        ("/.well-known/oauth-protected-resource/news", "GET, HEAD"),
        ("/@@oauth2-token", "POST"),
        ("/@@oauth2-revoke", "POST"),
        ("/@@oauth2-introspect", "POST"),
    ],
)
@pytest.mark.parametrize(
    "asked", ["mcp-protocol-version", "authorization, content-type", ""]
)
def test_a_preflight_is_answered(
    site: Any, path: str, methods: str, asked: str
) -> None:
    """MCP in a browser sends headers of its own; a script may send any."""
    headers = {**ORIGIN, "Access-Control-Request-Method": methods[:4].strip(",")}
    if asked:
        headers["Access-Control-Request-Headers"] = asked
    answer = site.request("OPTIONS", path, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == methods
    assert answer.headers["Access-Control-Allow-Headers"] == "*, Authorization"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_nobody_is_authorized_from_a_script(site: Any) -> None:
    """The browser itself goes there."""
    headers = {**ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = site.request("OPTIONS", "/@@oauth2-authorize", headers=headers)
    assert answer.status_code == 405
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "", {"Authorization": "Bearer pta_x"}, 401),
        ("GET", "/@users/x", {"Accept": "application/json"}, 401),
        (
            "GET",
            "/++api++/@users/x",
            {"Accept": "application/json", "Authorization": "Token ptp_x"},
            401,
        ),
        ("POST", "/@@oauth2-token", {}, 400),
        ("POST", "/@@oauth2-introspect", {}, 400),
        ("GET", "/@@oauth2-token", {}, 405),
    ],
)
def test_a_script_can_read_why_it_is_refused(
    site: Any, method: str, path: str, more: dict[str, str], status: int
) -> None:
    """PR-07: and so where the metadata is."""
    answer = site.request(method, path, headers={**ORIGIN, **more})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]


def test_a_script_cannot_read_anything_else(site: Any) -> None:
    """What the site answers is for the site's own policy to share."""
    token = site.personal_access_token()
    answers = [
        site.get("", headers=ORIGIN),
        site.get("", token, headers=ORIGIN),
        site.api("GET", "/@users/owner", token, headers=ORIGIN),
        site.get("/nothing", headers=ORIGIN),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404]
    for answer in answers:
        assert "Access-Control-Allow-Origin" not in answer.headers
