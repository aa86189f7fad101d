"""``@@cas/login``: a person's browser gets a ticket for a service, or a page."""

from pas.plugins.tokenauth.cas.service import SERVICE_TICKET
from pas.plugins.tokenauth.credentials.service import change_credential
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.site.requester import Operator
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from tests.cas.conftest import login_url
from tests.cas.conftest import Register
from tests.cas.conftest import SERVICE
from tests.cas.conftest import ticket_for
from tests.cas.conftest import ticket_in
from tests.cas.conftest import URL
from tests.delegation.conftest import Browser
from tests.delegation.conftest import parameters_of
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import time


def check_page(answer: requests.Response, status: int) -> str:
    """The text of a page that sends nobody anywhere."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Location" not in answer.headers
    return answer.text


# -- the way there -----------------------------------------------------------


def test_who_is_logged_in_is_sent_back_with_a_ticket(
    service: Any, alice: Browser
) -> None:
    """CP-02, CP-05: at once, to the very URL that was asked for."""
    answer = alice.get(login_url(alice.site))
    location = answer.headers["Location"]
    assert location == f"{SERVICE}&ticket={ticket_in(answer)}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_two_tickets_are_never_the_same(service: Any, alice: Browser) -> None:
    """CP-05: 256 random bits, and none is kept as it is."""
    first, second = ticket_for(alice), ticket_for(alice)
    assert first != second
    pickles = b"".join(
        record.data or b""
        for written in alice.site.app._p_jar.db().storage.iterator()
        for record in written
    )
    assert SERVICE.encode() in pickles
    assert first.encode() not in pickles


def test_a_service_beyond_ascii_is_sent_back_to_in_ascii(
    service: Any, alice: Browser
) -> None:
    """CP-04: a header holds nothing else."""
    answer = alice.get(login_url(alice.site, service=f"{URL}?q=ü b"))
    assert answer.headers["Location"].startswith(f"{URL}?q=%C3%BC%20b&ticket=ST-")


def test_who_is_not_logged_in_comes_back_from_the_log_in(
    service: Any, stranger: Browser
) -> None:
    """CP-02: by Plone's own form, with its theme and its add-ons."""
    stranger.site.add_user("alice")
    answer = stranger.get(login_url(stranger.site))
    assert answer.status_code == 303
    login = answer.headers["Location"]
    assert login.startswith(f"{stranger.site.url}/login?")
    came_from = parameters_of(login)["came_from"]
    assert f'value="{came_from}"'.replace("&", "&amp;") in stranger.get(login).text
    back = stranger.log_in(came_from=came_from)
    assert back.headers["Location"] == came_from
    assert ticket_in(stranger.get(came_from)).startswith("ST-")


def test_a_service_that_only_wants_to_know_gets_no_log_in(
    service: Any, stranger: Browser, alice: Browser
) -> None:
    """CP-07: gateway; without a ticket it knows that nobody is logged in."""
    answer = stranger.get(login_url(stranger.site, gateway="true"))
    assert (answer.status_code, answer.headers["Location"]) == (303, SERVICE)
    assert ticket_for(alice, gateway="true")


def test_somebody_can_log_in_without_a_service(
    service: Any, stranger: Browser, alice: Browser
) -> None:
    """CP-02: the service is optional (section 2.1.1)."""
    url = f"{alice.site.url}/@@cas/login"
    assert "/login?came_from=" in stranger.get(url).headers["Location"]
    assert "You are logged in" in check_page(alice.get(url), 200)


def test_a_browser_at_another_url_is_sent_to_that_of_the_pages(
    service: Any, alice: Browser
) -> None:
    """The session's cookie is there, and nowhere else."""
    site = alice.site
    site.plugin.pages_url = "https://pages.example.org"
    site.commit()
    location = alice.get(login_url(site, renew="true")).headers["Location"]
    assert location.startswith("https://pages.example.org/@@cas/login?")
    assert parameters_of(location) == {"service": SERVICE, "renew": "true"}


# -- who is refused ------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        "https://evil.example/",
        "https://app.example.org.evil.example/",
        "https://app.example.org@evil.example/",
        "http://app.example.org/",
        "https://app.example.org",
        f"{URL}../",
        f"{URL}%2e%2e/x",
        f"{URL}\\@evil.example",
        f"{URL}#x",
        f"{URL}?ticket=ST-{'a' * 43}",
        f"{URL}\r\nX: y",
        "javascript:alert(1)",
        "//app.example.org/",
    ],
)
def test_a_service_that_is_not_registered_is_a_page(
    service: Any, alice: Browser, stranger: Browser, sent: str
) -> None:
    """CP-06: nobody is sent where an administrator has not said so, by nothing."""
    for browser in (alice, stranger):
        for flags in ({}, {"gateway": "true"}):
            answer = browser.get(login_url(browser.site, service=sent, **flags))
            assert "does not know the web site" in check_page(answer, 403)


@pytest.mark.parametrize(
    "query", ["service=a&service=b", "service=%ff", f"service={'x' * 6000}"]
)
def test_a_request_that_cannot_be_read_is_a_page(
    service: Any, alice: Browser, query: str
) -> None:
    """CP-03: it is no failure of the site."""
    answer = alice.get(f"{alice.site.url}/@@cas/login?{query}")
    check_page(answer, 400)


def test_a_service_that_was_disabled_gets_nobody(service: Any, alice: Browser) -> None:
    """In force at once."""
    alice.site.sync()
    service.disabled_at = time.time()
    alice.site.commit()
    check_page(alice.get(login_url(alice.site)), 403)


def test_a_service_is_for_the_users_and_groups_that_are_named(
    register: Register, alice: Browser, listen: Any
) -> None:
    """CP-08: whoever else is logged in reads that it is not for them."""
    site = alice.site
    site.portal.portal_groups.addGroup("staff")
    site.add_user("bob")
    service = register(users=("bob",), groups=("staff",))
    refused = listen(IRefusedEvent)
    assert "Shop" in check_page(alice.get(login_url(site)), 403)
    assert [each.credential_id for each in refused] == [service.credential_id]
    site.sync()
    site.portal.portal_groups.addPrincipalToGroup("alice", "staff")
    site.commit()
    assert ticket_for(alice)


def test_a_user_of_the_zope_root_is_none_of_the_site(
    service: Any, stranger: Browser
) -> None:
    """Nor does a password in a header count, which a browser sends by itself."""
    auth = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    answer = stranger.get(login_url(stranger.site), auth=auth)
    assert "/login?" in answer.headers["Location"]


def test_a_token_logs_nobody_in(service: Any, stranger: Browser) -> None:
    """Threat: a program that may read becomes its owner elsewhere."""
    token = stranger.site.personal_access_token()
    headers = {"Authorization": f"Bearer {token}"}
    answer = stranger.get(login_url(stranger.site), headers=headers)
    assert "/login?" in answer.headers["Location"]


def test_a_log_in_can_only_be_asked_for_by_get(service: Any, alice: Browser) -> None:
    """No form of another site brings anything."""
    answer = alice.post(login_url(alice.site), {"service": SERVICE})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_nothing_is_there_while_cas_is_off(site: Any) -> None:
    """CP-01: it is off unless somebody switches it on."""
    for name in ("login", "logout", "serviceValidate", "p3/serviceValidate", "proxy"):
        assert (
            site.get(f"/@@cas/{name}?{urlencode({'service': SERVICE})}").status_code
            == 404
        )
    assert site.get("/@@cas-resume").status_code == 404


def test_there_is_nothing_but_what_cas_has(server: Any) -> None:
    """No other path leads to a view, prepared for it or not."""
    for name in ("", "login/", "p3", "p3/login", "login/login", "samlValidate", "x"):
        assert server.get(f"/@@cas/{name}").status_code == 404
    assert server.get("/cas/login").status_code == 404
    assert server.get("/@@cas/p3/../login").status_code in (303, 404)


# -- what is recorded ------------------------------------------------------------


def test_each_ticket_is_on_record(service: Any, alice: Browser, listen: Any) -> None:
    """CP-23: who, where to, and from where; not the ticket."""
    issued = listen(IIssuedEvent)
    ticket = ticket_for(alice)
    (event,) = issued
    assert (event.kind, event.credential_id) == (SERVICE_TICKET, service.credential_id)
    assert event.details == {"subject": "alice", "address": "127.0.0.1"}
    assert ticket not in repr(event)


def test_a_service_that_is_changed_gets_tickets_where_it_is_then(
    service: Any, alice: Browser
) -> None:
    """In force at once."""
    site = alice.site
    site.sync()
    options = {"urls": ("https://other.example.org/",)}
    change_credential(site.context, Operator("tests"), service, options, time.time())
    site.commit()
    check_page(alice.get(login_url(site)), 403)
    assert ticket_for(alice, service="https://other.example.org/x")
