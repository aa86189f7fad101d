"""What holds for an OAuth endpoint whatever it does: methods, paths, transport."""

from base64 import b64encode
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from typing import Any

import pytest
import transaction


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
ACCEPTS = [
    None,
    "*/*",
    "application/json",
    "application/json;charset=utf-8, text/html;q=0.1",
    "text/html",
    "application/xml",
    "image/png",
    "nonsense",
    ",;=",
    "",
]

VIRTUAL = "//VirtualHostBase/https/www.example.org:443/plone/VirtualHostRoot"


@pytest.fixture
def virtual_hosting(site: Any) -> None:
    """Public URLs that differ from the paths in the database."""
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    site.commit()


# -- the counter -------------------------------------------------------------


def test_the_counter_sees_what_is_written(site: Any, endpoint: Any) -> None:
    """What check_refused and check_failed rely on."""
    with endpoint.transactions() as transactions:
        pass
    assert transactions == []
    with endpoint.transactions() as transactions:
        site.plugin.title = "Another"
        site.commit()
    assert transactions == [["TokenAuthPlugin"]]
    with endpoint.transactions() as transactions:
        site.plugin.title = "A third"
        transaction.abort()
    assert transactions == []
    with endpoint.transactions() as transactions:
        site.add_user("somebody")
    assert "OOBucket" in transactions[0] or "OOBTree" in transactions[0]


# -- methods -----------------------------------------------------------------


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
@pytest.mark.parametrize(
    "method",
    [
        "GET",
        "HEAD",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "PROPFIND",
        "PROPPATCH",
        "MKCOL",
        "COPY",
        "MOVE",
        "LOCK",
        "UNLOCK",
        "REPORT",
        "SEARCH",
        "ACL",
        "PURGE",
        "CONNECT",
        "FOO",
        "X" * 1000,
    ],
)
def test_only_post_is_allowed(
    site: Any, endpoint: Any, keyfile: Any, method: str, accept: str
) -> None:
    """TE-08, RS-22: 405 that says so, although the grant is good."""
    answer = endpoint.post(
        site.grant(keyfile), headers=[("Accept", accept)], method=method
    )
    assert answer.all("Allow") == ["POST"]
    if method == "HEAD":
        answer.check()
        assert (answer.status, answer.body) == (405, b"")
        assert answer.transactions == []
        return
    assert "POST" in answer.check_refused("invalid_request", 405)


@pytest.mark.parametrize("path", ["/@@oauth2-token", "/++api++/@@oauth2-token"])
def test_scripts_of_every_origin_may_call_it_without_cookies(
    site: Any, endpoint: Any, keyfile: Any, path: str
) -> None:
    """TE-24: the preflight, the answer and the refusal (CORS)."""
    headers = [("Origin", "https://app.example")]
    asked = [*headers, ("Access-Control-Request-Method", "POST")]
    preflight = endpoint.send(headers=asked, method="OPTIONS", path=path)
    assert preflight.status == 204
    assert preflight.all("Access-Control-Allow-Methods") == ["POST"]
    granted = endpoint.post(site.grant(keyfile), headers=headers)
    granted.check_success()
    refused = endpoint.post("x", headers=headers)
    refused.check_refused("invalid_grant")
    for answer in (preflight, granted, refused):
        assert answer.all("Access-Control-Allow-Origin") == ["*"]
        assert answer.all("Access-Control-Allow-Credentials") == []


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
)
def test_a_method_cannot_be_overridden(
    site: Any, endpoint: Any, keyfile: Any, header: str
) -> None:
    """TE-08."""
    answer = endpoint.post(
        site.grant(keyfile), headers=[(header, "POST")], method="PUT"
    )
    answer.check_refused("invalid_request", 405)


# -- paths -------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
@pytest.mark.parametrize(
    "path",
    [
        "/@@oauth2-token",
        "/++view++oauth2-token",
        "/@@oauth2-token/",
        "/@@oauth2-token//",
        "//plone//@@oauth2-token",
        "/./@@oauth2-token",
        "/%40%40oauth2%2Dtoken",
        "/++api++/@@oauth2-token",
        "/++api++/++view++oauth2-token",
        "/++api++/@@oauth2-token/",
        "/nothing/../@@oauth2-token",
    ],
)
def test_the_endpoint_has_some_spellings(
    site: Any, endpoint: Any, keyfile: Any, path: str, accept: str
) -> None:
    """ZP-13: all of them are prepared alike; bad requests are refused alike."""
    headers = [("Accept", accept)]
    answer = endpoint.post(site.grant(keyfile), headers=headers, path=path)
    answer.check_success()
    evil = [("manage_main:method", "x"), ("foo:int", "abc")]
    answer = endpoint.post("x", *evil, headers=headers, path=path)
    answer.check_refused("invalid_grant")
    endpoint.send(method="GET", path=path).check_refused("invalid_request", 405)


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_accept_header_does_not_matter(
    site: Any, endpoint: Any, keyfile: Any, accept: str | None
) -> None:
    """TE-01, TE-19: JSON for everybody."""
    headers = [] if accept is None else [("Accept", accept)]
    endpoint.post(site.grant(keyfile), headers=headers).check_success()
    endpoint.post("x", headers=headers).check_refused("invalid_grant")
    endpoint.post("x", headers=headers, path="/@@oauth2-token/x").check_failed(404)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
@pytest.mark.parametrize(
    "path",
    [
        "/@@oauth2-token/x",
        "/@@oauth2-token/manage_main",
        "/@@oauth2-token/answer",
        "/@@oauth2-token/_json",
        "/@@oauth2-token/context",
        "/@@oauth2-token/request",
        "/@@oauth2-token/index_html",
        "/@@oauth2-token/__call__",
        "/@@oauth2-token/@@oauth2-token",
        "/@@oauth2-token/REQUEST",
        "/@@oauth2-token/acl_users",
        "/page/@@oauth2-token",
        "/page/++view++oauth2-token",
        "/++api++/page/@@oauth2-token",
        "/acl_users/@@oauth2-token",
        "/portal_catalog/@@oauth2-token",
        "/nothing/@@oauth2-token",
        "/login/@@oauth2-token",
        "//@@oauth2-token",
        "//acl_users/@@oauth2-token",
        "//nothing/@@oauth2-token",
        "//../@@oauth2-token",
        "/++api++/++api++/@@oauth2-token",
        "/++api++/++api++/++api++/@@oauth2-token",
        "/++api++/page/++api++/@@oauth2-token",
        "/++theme++nothing/@@oauth2-token",
        "/++nothing++x/@@oauth2-token",
        # Through the endpoint to something that wants a log-in.
        "/@@oauth2-token/../@@overview-controlpanel",
        "/@@oauth2-token/../manage_main",
        "/@@oauth2-token/../acl_users/manage_users",
    ],
)
def test_elsewhere_there_is_no_endpoint(
    site: Any, endpoint: Any, keyfile: Any, path: str, accept: str
) -> None:
    """ZP-02, ZP-13: 404 as JSON, never a redirect or a page; one canonical endpoint."""
    site.portal.invokeFactory("Document", "page")
    site.commit()
    headers = [("Accept", accept)]
    answer = endpoint.post(site.grant(keyfile), headers=headers, path=path)
    answer.check_failed(404)


@pytest.mark.parametrize(
    "name", ["oauth2-token", "oauth2-revoke", "oauth2-introspect", "oauth2-authorize"]
)
def test_a_page_may_have_the_name_of_an_endpoint(site: Any, name: str) -> None:
    """Plone makes such an id of the title OAuth2 token."""
    site.portal.invokeFactory("Document", name, title="About tokens")
    site.commit()
    token = site.personal_access_token()
    assert site.api("GET", f"/{name}", token).json()["title"] == "About tokens"
    changed = site.api("PATCH", f"/{name}", token, json={"title": "More"})
    assert changed.status_code == 204
    assert site.api("DELETE", f"/{name}", token).status_code == 204


@pytest.mark.parametrize("path", ["/oauth2-token", "/++api++/oauth2-token"])
def test_without_its_prefix_there_is_no_endpoint(
    site: Any, endpoint: Any, keyfile: Any, path: str
) -> None:
    answer = endpoint.post(site.grant(keyfile), path=path)
    assert answer.status == 404
    assert answer.transactions == []
    assert b"access_token" not in answer.body


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_many_repetitions_of_api_stay_cheap(endpoint: Any, accept: str) -> None:
    """plone.rest CVE-2023-42457: no redirect, whose Location would grow."""
    path = "/++api++" * 2_000 + "/@@oauth2-token"
    answer = endpoint.post("x", headers=[("Accept", accept)], path=path)
    answer.check_failed(404)


@pytest.mark.parametrize(
    "body",
    [
        "@@oauth2-token:method=x",
        "oauth2-token:method=x",
        ":method=@@oauth2-token",
        "@@oauth2-token:default_method=x",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_a_form_cannot_lead_to_the_endpoint(
    site: Any, endpoint: Any, keyfile: Any, body: str, accept: str
) -> None:
    """ZP-02: reached by a suffix Zope has read the request already, so: not found."""
    form = f"grant_type={GRANT_TYPE}&assertion={site.grant(keyfile)}&{body}"
    headers = [("Content-Type", FORM), ("Accept", accept)]
    answer = endpoint.send(form.encode("ascii"), headers, path="/")
    assert answer.status == 404
    assert answer.transactions == []
    assert b"access_token" not in answer.body


def test_a_default_page_cannot_be_the_endpoint(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """ZP-13: the same for a layout."""
    site.portal.setLayout("oauth2-token")
    site.commit()
    answer = endpoint.post(site.grant(keyfile), path="/")
    assert answer.status == 404
    assert b"access_token" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        f"{VIRTUAL}/@@oauth2-token",
        f"{VIRTUAL}/++api++/@@oauth2-token",
        f"{VIRTUAL}/_vh_sub/_vh_path/@@oauth2-token",
    ],
)
def test_virtual_hosting_does_not_matter(
    site: Any, endpoint: Any, keyfile: Any, virtual_hosting: None, path: str
) -> None:
    """ZP-13, ZP-14, JB-31: the audience stays what is configured."""
    endpoint.post(site.grant(keyfile), path=path).check_success()
    for aud in ("https://www.example.org", "https://www.example.org/@@oauth2-token"):
        answer = endpoint.post(site.grant(keyfile, aud=aud), path=path)
        answer.check_refused("invalid_grant")


def test_a_content_object_behind_virtual_hosting_is_no_endpoint(
    site: Any, endpoint: Any, keyfile: Any, virtual_hosting: None
) -> None:
    """ZP-13."""
    site.portal.invokeFactory("Folder", "folder")
    site.commit()
    answer = endpoint.post(site.grant(keyfile), path=f"{VIRTUAL}/folder/@@oauth2-token")
    answer.check_failed(404)
    path = "//VirtualHostBase/https/x.example:443/plone/folder/VirtualHostRoot"
    answer = endpoint.post(site.grant(keyfile), path=f"{path}/@@oauth2-token")
    answer.check_failed(404)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "é", "[::1"])
def test_the_host_header_does_not_matter(
    site: Any, endpoint: Any, keyfile: Any, host: str
) -> None:
    """JB-31, ZP-14: neither for the audience nor for the answer."""
    forwarded = [("X-Forwarded-Host", host), ("Forwarded", f"host={host}")]
    headers = [("Host", host), *forwarded]
    endpoint.post(site.grant(keyfile), headers=headers).check_success()
    grant = site.grant(keyfile, aud=f"http://{host}/plone")
    endpoint.post(grant, headers=headers).check_refused("invalid_grant")


# -- transport ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("issuer", "host", "good"),
    [
        ("https://www.example.org", "www.example.org", False),
        ("HTTPS://www.example.org", "www.example.org:8080", False),
        ("https://www.example.org", "10.0.0.1:8080", False),
        ("https://www.example.org", "[", False),
        ("https://www.example.org", "localhost:8080", True),
        ("https://www.example.org", "127.0.0.1:8080", True),
        ("https://www.example.org", "[::1]:8080", True),
        ("http://localhost:8080/Plone", "www.example.org", True),
    ],
)
def test_plain_http_is_refused_where_the_issuer_says_https(
    site: Any, endpoint: Any, keyfile: Any, issuer: str, host: str, good: bool
) -> None:
    """TE-23: refused, not redirected; this computer itself needs no https."""
    site.plugin.issuer = issuer
    site.commit()
    answer = endpoint.post(site.grant(keyfile, aud=issuer), headers=[("Host", host)])
    if good:
        answer.check_success()
    else:
        assert "https" in answer.check_refused("invalid_request")


def test_https_at_the_proxy_is_https(
    site: Any, endpoint: Any, keyfile: Any, virtual_hosting: None
) -> None:
    """TE-23: the rewrite rule of the proxy says how the client came."""
    site.plugin.issuer = issuer = "https://www.example.org"
    site.commit()
    headers = [("Host", "www.example.org")]
    grant = site.grant(keyfile, aud=issuer)
    path = f"{VIRTUAL}/@@oauth2-token"
    endpoint.post(grant, headers=headers, path=path).check_success()
    plain = path.replace("/https/www.example.org:443/", "/http/www.example.org:80/")
    answer = endpoint.post(grant, headers=headers, path=plain)
    assert "https" in answer.check_refused("invalid_request")


def test_the_url_of_the_endpoint_has_neither_query_nor_fragment(site: Any) -> None:
    """TE-25."""
    url = site.issue(algorithm="ES256")["token_uri"]
    assert url == site.context.token_endpoint
    assert "#" not in url
    assert "?" not in url


# -- nobody is logged in -----------------------------------------------------


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_nothing_is_reachable_below_the_endpoint(
    site: Any, endpoint: Any, accept: str
) -> None:
    """ZP-05: credentials of a Manager count for nothing on such a path."""
    credentials = f"{SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}".encode("ascii")
    basic = "Basic " + b64encode(credentials).decode("ascii")
    headers = [("Authorization", basic), ("Accept", accept)]
    panel = "/@@overview-controlpanel"
    assert endpoint.send(method="GET", path=panel, headers=headers).status == 200
    path = f"/@@oauth2-token/..{panel}"
    endpoint.send(method="GET", path=path, headers=headers).check_failed(404)
