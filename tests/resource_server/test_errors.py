"""Refusals: one line in the server's log, and nothing in the site's error log."""

from collections.abc import Callable
from collections.abc import Iterator
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest


@pytest.fixture
def broken() -> Iterator[None]:
    """One that fails."""

    class Broken(BrowserView):
        def __call__(self) -> str:
            raise RuntimeError("a fault of the site")

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(Broken, wanted, Interface, "broken")
    yield
    getGlobalSiteManager().unregisterAdapter(Broken, wanted, Interface, "broken")


def read_only(site: Any) -> str:
    return site.personal_access_token(scopes=frozenset({"plone.read"}))


Ask = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda site: site.get("", "pta_x"), 401),
        (
            lambda site: site.request(
                "POST", "", site.personal_access_token(), data={"access_token": "x"}
            ),
            400,
        ),
        (lambda site: site.get("/acl_users", site.personal_access_token()), 403),
        (lambda site: site.api("POST", "/@login", site.personal_access_token()), 403),
        (
            lambda site: site.api(
                "POST", "", read_only(site), json={"@type": "Document", "title": "x"}
            ),
            403,
        ),
    ],
    ids=["not valid", "two tokens", "user folder", "log-in", "read only"],
)
def test_a_refusal_is_one_line_in_the_log_and_no_error_of_the_site(
    site: Any, caplog: pytest.LogCaptureFixture, ask: Ask, status: int
) -> None:
    """RS-09, RS-10: whatever is refused."""
    before = site.portal.error_log.getLogEntries()
    answer = ask(site)
    assert answer.status_code == status, answer.text
    lines = [text for text in caplog.messages if text.startswith("Refused")]
    assert len(lines) == 1, caplog.messages
    assert "client address 127.0.0.1)" in lines[0]
    if status == 403:
        assert "(key pat-" in lines[0]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert not [record for record in caplog.records if record.exc_info]
    site.sync()
    assert site.portal.error_log.getLogEntries() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/.well-known/oauth-authorization-server"),
        ("DELETE", "/.well-known/oauth-protected-resource"),
        ("GET", "/@@oauth2-token"),
        ("PUT", "/@@oauth2-revoke"),
    ],
)
def test_a_wrong_method_is_no_error_of_the_site(
    site: Any, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    """RS-22."""
    before = site.portal.error_log.getLogEntries()
    answer = site.request(method, path)
    assert (answer.status_code, "Allow" in answer.headers) == (405, True)
    assert answer.headers["Content-Type"] == "application/json"
    assert not [record for record in caplog.records if record.exc_info]
    site.sync()
    assert site.portal.error_log.getLogEntries() == before


def test_an_error_of_the_site_is_in_its_error_log(site: Any, broken: None) -> None:
    """Also where a token has made the request."""
    site.get("/@@broken", site.personal_access_token())
    site.get("/@@broken")
    site.sync()
    entries = site.portal.error_log.getLogEntries()
    assert [entry["type"] for entry in entries[:2]] == ["RuntimeError"] * 2
