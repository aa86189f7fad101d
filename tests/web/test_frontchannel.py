"""Requests of a person's browser to our pages: what of them counts."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pas.plugins.tokenauth.signin.page import FrontChannelView
from pas.plugins.tokenauth.site.users import SourceFailed
from pas.plugins.tokenauth.web.frontchannel import prepare
from pas.plugins.tokenauth.web.interfaces import IRequestPreparation
from pas.plugins.tokenauth.web.isolation import OAuth2Request
from plone.base.interfaces import IPloneSiteRoot
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import urlencode
from urllib.parse import urlsplit
from ZODB.POSException import ConflictError
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import json
import pytest
import requests


PATH = "/@@front-test"


class View(FrontChannelView):
    """Tells what it got; a test can let it fail."""

    methods = ("GET", "POST")
    error: Exception | None = None

    def answer(self, prepared: OAuth2Request) -> str:
        if self.error is not None:
            raise self.error
        body = b""
        if prepared.method == "POST":
            body = self.request["BODYFILE"].read()
        return json.dumps(
            {
                "user": self.requester.user_id,
                "query": str(prepared.query_string),
                "type": prepared.content_type,
                "body": body.decode("latin-1"),
                "authorization": str(prepared.authorization),
                "form": dict(self.request.form),
                "cookies": sorted(self.request.cookies),
            }
        )


@pytest.fixture(autouse=True)
def view(site: Any) -> Iterator[type[View]]:
    """A page of the front channel at PATH."""
    manager = getGlobalSiteManager()
    provideAdapter(
        View, (IPloneSiteRoot, IBrowserRequest), Interface, PATH.removeprefix("/@@")
    )
    manager.registerUtility(prepare, IRequestPreparation, "front-test")
    yield View
    View.error = None
    manager.unregisterUtility(prepare, IRequestPreparation, "front-test")
    manager.unregisterAdapter(
        View, (IPloneSiteRoot, IBrowserRequest), Interface, "front-test"
    )


@pytest.fixture
def alice(site: Any) -> requests.Session:
    """The browser of somebody who is logged in."""
    site.add_user("alice")
    session = requests.Session()
    session.post(
        f"{site.url}/login",
        data={
            "__ac_name": "alice",
            "__ac_password": PASSWORD,
            "buttons.login": "Log in",
        },
        timeout=30,
    )
    return session


def got(response: requests.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return json.loads(response.text)


def test_the_session_of_the_browser_counts(site: Any, alice: Any) -> None:
    """Conformance: PL-20."""
    assert got(alice.get(f"{site.url}{PATH}", timeout=30))["user"] == "alice"
    assert got(site.get(PATH))["user"] == ""


def test_an_authorization_header_counts_for_nothing(site: Any) -> None:
    """Conformance: AE-32, PL-06."""
    token = site.personal_access_token("owner", scopes=("plone.write",))
    assert got(site.get(PATH, token))["user"] == ""
    site.add_user("bob")
    response = site.get(PATH, auth=("bob", PASSWORD))
    assert got(response)["user"] == ""
    assert got(response)["authorization"].startswith("Basic ")


#: What means something to Zope in a query or a form.
ZOPE_NAMES = [
    ("foo:int", "abc"),
    ("foo:list", "1"),
    ("foo:record", "1"),
    ("foo.bar:record", "1"),
    ("foo:required", ""),
    ("foo:json", "{"),
    ("foo:date", "never"),
    ("foo:method", "manage_main"),
    (":method", "manage_main"),
    ("manage_main:method", "x"),
    (":action", "manage_main"),
    (":default_method", "manage_main"),
    ("foo:utf-7", "+AGE-"),
    ("foo:rot13", "1"),
    ("REQUEST", "x"),
    ("BODY", "x"),
    ("HTTP_COOKIE", "x"),
    ("QUERY_STRING", "x"),
    ("AUTHENTICATED_USER", "admin"),
    ("-C", ""),
    ("__ac_name", "alice"),
    ("__ac", "x"),
    ("came_from", "https://evil.example/"),
    ("set_language", "de"),
    ("ajax_load", "1"),
    ("diazo.off", "1"),
]


@pytest.mark.parametrize(("name", "value"), ZOPE_NAMES)
def test_names_for_zope_mean_nothing(
    site: Any, alice: Any, name: str, value: str
) -> None:
    """Conformance: AE-13, ZP-02."""
    sent = urlencode({name: value, "__ac_password": PASSWORD})
    found = got(alice.get(f"{site.url}{PATH}?{sent}", timeout=30))
    assert (found["user"], found["query"], found["form"]) == ("alice", sent, {})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    found = got(alice.post(f"{site.url}{PATH}", data=sent, headers=headers, timeout=30))
    assert (found["user"], found["body"], found["form"]) == ("alice", sent, {})
    assert found["type"] == headers["Content-Type"]


def test_a_password_in_the_request_logs_nobody_in(site: Any) -> None:
    """Else whoever makes a browser send it decides who the browser acts as."""
    site.add_user("bob")
    sent = {"__ac_name": "bob", "__ac_password": PASSWORD}
    assert got(site.get(PATH, params=sent))["user"] == ""
    assert got(site.request("POST", PATH, data=sent))["user"] == ""


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded; charset=utf-7", b"a=+AGE-"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("multipart/form-data", b""),
        ("application/json", b"{"),
        ("text/xml", b"<methodCall/>"),
        ("", b"\xff\xfe"),
        ("\u00e9".encode("latin-1"), b"a=b"),
    ],
)
def test_no_body_is_read_by_zope(site: Any, content_type: Any, body: bytes) -> None:
    """Conformance: AE-01."""
    response = site.request(
        "POST", PATH, data=body, headers={"Content-Type": content_type}
    )
    assert got(response)["body"].encode("latin-1") == body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_other_methods_are_refused(site: Any, method: str) -> None:
    """Conformance: AE-01."""
    response = site.request(method, PATH)
    assert response.status_code in (404, 405)
    assert "alice" not in response.text


def test_every_answer_is_kept_from_frames_caches_and_referers(
    site: Any, view: type[View]
) -> None:
    """Conformance: AE-29, PL-16."""
    for error in (None, RuntimeError("secret"), ConflictError()):
        view.error = error
        response = site.get(PATH, headers={"Accept": "text/html"})
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "form-action" not in policy
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Cross-Origin-Opener-Policy" not in response.headers
        assert "secret" not in response.text


def test_no_page_of_another_site_may_read_an_answer(site: Any) -> None:
    """Conformance: AE-30."""
    for method in ("GET", "OPTIONS"):
        response = site.request(
            method,
            PATH,
            headers={
                "Origin": "https://www.example.org",
                "Access-Control-Request-Method": "GET",
            },
        )
        names = [name.lower() for name in response.headers]
        assert not any(name.startswith("access-control-") for name in names)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("secret"), 500),
        (SourceFailed("secret"), 503),
        (ConflictError(), 503),
    ],
)
def test_a_failure_is_a_page_that_shows_nothing(
    site: Any, view: type[View], error: Exception, status: int
) -> None:
    """Conformance: PL-15."""
    view.error = error
    for accept in ("text/html", "application/json", "*/*"):
        response = site.get(f"{PATH}?secret=1", headers={"Accept": accept})
        assert response.status_code == status
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.text.startswith("<!DOCTYPE html>")
        assert "secret" not in response.text
    assert ("Retry-After" in response.headers) == (status == 503)


def test_what_zope_has_read_is_not_answered(site: Any) -> None:
    """The same page under a path that is not prepared."""
    assert site.get("/front-test").status_code == 404


def test_no_secret_of_the_request_reaches_the_error_log(
    site: Any, view: type[View], caplog: pytest.LogCaptureFixture
) -> None:
    """It keeps the whole request of a failure."""
    view.error = RuntimeError("x")
    site.get(f"{PATH}?state=canary", headers={"Authorization": "Bearer canary"})
    log = site.portal.error_log
    site.sync()
    entries = [log.getLogEntryById(each["id"]) for each in log.getLogEntries()]
    assert entries
    assert not [each for each in entries if "canary" in str(each)]
    assert "canary" not in caplog.text


def test_a_path_behind_the_page_leads_nowhere(site: Any) -> None:
    url = urlsplit(site.url)
    connection = HTTPConnection(url.netloc, timeout=30)
    connection.request("GET", f"{url.path}{PATH}/x?a=b")
    answer = connection.getresponse()
    assert answer.status == 404
    assert b"nothing here" in answer.read()
    connection.close()
