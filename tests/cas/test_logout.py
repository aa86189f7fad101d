"""``@@cas/logout``, and what services hear when somebody logs out of the site."""

from collections.abc import Iterator
from pas.plugins.tokenauth.fetching.deliveries import MakeForm
from pas.plugins.tokenauth.fetching.interfaces import IDeliveries
from pas.plugins.tokenauth.signin.signout import sign_out_everywhere
from tests.cas.conftest import login_url
from tests.cas.conftest import Register
from tests.cas.conftest import SERVICE
from tests.cas.conftest import ticket_for
from tests.cas.conftest import URL
from tests.cas.conftest import Validate
from tests.cas.test_validation import code_in
from tests.delegation.conftest import Browser
from typing import Any
from xml.etree import ElementTree
from zope.component import getGlobalSiteManager
from zope.component import getUtility
from zope.interface import implementer

import pytest
import time


Sent = list[tuple[str, str]]


@pytest.fixture
def sent() -> Iterator[Sent]:
    """Messages to other servers, as URL and the ticket that each names."""
    found: Sent = []

    @implementer(IDeliveries)
    class Recorder:
        def post_later(self, url: str, make_form: MakeForm, may_redirect: bool) -> None:
            assert may_redirect
            root = ElementTree.fromstring(make_form()["logoutRequest"])
            found.append((url, root[1].text or ""))

    manager, before = getGlobalSiteManager(), getUtility(IDeliveries)
    manager.registerUtility(Recorder(), IDeliveries)
    yield found
    manager.registerUtility(before, IDeliveries)


def is_logged_in(browser: Browser) -> bool:
    answer = browser.get(f"{browser.site.url}/@@cas/login")
    return answer.status_code == 200


def test_who_is_sent_here_is_logged_out_and_sent_back(
    service: Any, alice: Browser
) -> None:
    """CP-21: by the names of CAS 3 and 2."""
    for name in ("service", "url"):
        alice.log_in()
        answer = alice.get(f"{alice.site.url}/@@cas/logout", params={name: SERVICE})
        assert (answer.status_code, answer.headers["Location"]) == (303, SERVICE)
        assert not is_logged_in(alice)


def test_a_log_in_that_is_older_than_its_keyring_ends(
    service: Any, alice: Browser
) -> None:
    """CP-21: keyrings for each user were turned on meanwhile; plone.session fails."""
    alice.site.use_keyrings_of_users()
    assert is_logged_in(alice)
    alice.get(f"{alice.site.url}/@@cas/logout")
    assert "__ac" not in alice.session.cookies
    assert not is_logged_in(alice)


@pytest.mark.parametrize("sent_url", ["", "https://evil.example/", "javascript:1"])
def test_who_is_logged_out_is_sent_nowhere_that_is_not_registered(
    service: Any, alice: Browser, sent_url: str
) -> None:
    """CP-06; threat: an open redirect."""
    params = {"service": sent_url} if sent_url else {}
    answer = alice.get(f"{alice.site.url}/@@cas/logout", params=params)
    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert "You are logged out" in answer.text
    assert not is_logged_in(alice)


def test_who_is_not_logged_in_is_logged_out_all_the_same(
    service: Any, stranger: Browser
) -> None:
    """It says so, and fails nowhere."""
    answer = stranger.get(f"{stranger.site.url}/@@cas/logout")
    assert "You are logged out" in answer.text


def test_services_are_told_when_plone_has_forgotten_the_person(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-20: Plone's cookie has expired, the session of the browser has not."""
    ticket = ticket_for(alice)
    assert code_in(validate(ticket)) is None
    alice.session.cookies.pop("__ac")
    answer = alice.get(f"{alice.site.url}/@@cas/logout")
    assert "You are logged out" in answer.text
    assert sent == [(SERVICE, ticket)]


@pytest.mark.parametrize("way", ["/@@cas/logout", "/logout"])
def test_services_are_told_of_a_log_out(
    service: Any, alice: Browser, validate: Validate, sent: Sent, way: str
) -> None:
    """CP-20: each with its ticket; also when it is by the site's own link."""
    tickets = []
    for url in (SERVICE, f"{URL}other"):
        tickets.append(ticket_for(alice, service=url))
        assert code_in(validate(tickets[-1], service=url)) is None
    alice.get(f"{alice.site.url}{way}")
    assert sent == [(SERVICE, tickets[0]), (f"{URL}other", tickets[1])]


def test_only_services_that_know_the_person_are_told(
    register: Register, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-20: not those whose ticket was never used, nor those that do not want it."""
    register()
    register(urls=("https://stays.example.org/",), stays_logged_in=True)
    ended = register(urls=("https://ended.example.org/",))
    for name in ("stays", "ended"):
        url = f"https://{name}.example.org/"
        assert code_in(validate(ticket_for(alice, service=url), service=url)) is None
    ticket_for(alice)
    alice.site.sync()
    ended.revoked_at = time.time()
    alice.site.commit()
    alice.get(f"{alice.site.url}/logout")
    assert sent == []


def test_a_place_that_was_taken_away_is_told_nothing(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-20: somebody else may have the host by now."""
    assert code_in(validate(ticket_for(alice))) is None
    alice.site.sync()
    service.urls = ("https://other.example.org/",)
    alice.site.commit()
    alice.get(f"{alice.site.url}/logout")
    assert sent == []


def test_a_ticket_ends_with_the_session(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-22: nobody is logged in anywhere after they have logged out."""
    ticket = ticket_for(alice)
    alice.get(f"{alice.site.url}/logout")
    assert code_in(validate(ticket)) == "INVALID_TICKET"


def test_another_browser_of_the_same_person_stays_logged_in(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-20: a session is that of one browser."""
    other = Browser(alice.site)
    other.log_in()
    validate(ticket_for(other))
    alice.get(f"{alice.site.url}/logout")
    assert sent == []
    assert is_logged_in(other)


def test_services_of_all_browsers_are_told_when_a_person_is_signed_out_everywhere(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-20; conformance: LO-17: tickets that nobody has used end, too."""
    site, other = alice.site, Browser(alice.site)
    other.log_in()
    tickets = [ticket_for(browser) for browser in (alice, other)]
    for ticket in tickets:
        validate(ticket)
    unused = ticket_for(other)
    site.sync()
    sign_out_everywhere(site.context, site.requester("alice"), "alice", time.time())
    site.commit()
    assert sorted(sent) == sorted((SERVICE, ticket) for ticket in tickets)
    assert code_in(validate(unused)) == "INVALID_TICKET"


def test_who_logs_in_as_somebody_else_ends_the_session_before(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-20: the service would go on as the first."""
    ticket = ticket_for(alice)
    validate(ticket)
    alice.site.add_user("bob")
    alice.log_in("bob")
    alice.get(login_url(alice.site))
    assert sent == [(SERVICE, ticket)]


def test_nobody_is_told_while_cas_is_off(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """CP-01: off is off."""
    validate(ticket_for(alice))
    alice.site.sync()
    alice.site.plugin.cas_enabled = False
    alice.site.commit()
    alice.get(f"{alice.site.url}/logout")
    assert sent == []


def test_a_site_that_asks_no_other_logs_out_too(
    service: Any, alice: Browser, validate: Validate, sent: Sent
) -> None:
    """The part that sends messages can be left out."""
    validate(ticket_for(alice))
    manager, recorder = getGlobalSiteManager(), getUtility(IDeliveries)
    manager.unregisterUtility(recorder, IDeliveries)
    try:
        assert alice.get(f"{alice.site.url}/logout").status_code == 302
    finally:
        manager.registerUtility(recorder, IDeliveries)
    assert not is_logged_in(alice)
