"""``renew``: a service wants people to log in, whether they are logged in or not."""

from binascii import b2a_base64
from pas.plugins.tokenauth.cas.login import _FRESH
from pas.plugins.tokenauth.core.clock import now as clock
from pas.plugins.tokenauth.signin.pending import LIFETIME
from plone.session.tktauth import createTicket
from tests.cas.conftest import login_url
from tests.cas.conftest import Register
from tests.cas.conftest import ticket_in
from tests.cas.conftest import Validate
from tests.cas.test_validation import attributes_in
from tests.cas.test_validation import code_in
from tests.cas.test_validation import user_in
from tests.delegation.conftest import Browser
from tests.delegation.conftest import parameters_of
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def with_key(sealing_key: str) -> None:
    """What waits is sealed."""


def asked(browser: Browser, **parameters: str) -> str:
    """Where the log-in form sends somebody who has to log in again."""
    answer = browser.get(login_url(browser.site, renew="true", **parameters))
    location = answer.headers["Location"]
    assert location.startswith(f"{browser.site.url}/login?"), location
    return parameters_of(location)["came_from"]


def test_whoever_is_logged_in_logs_in_again(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-09: the ticket is good for a service that asks for that, and says so."""
    came_from = asked(alice)
    alice.log_in(came_from=came_from)
    ticket = ticket_in(alice.get(came_from))
    answer = validate(ticket, renew="true")
    assert user_in(answer) == "alice"
    assert attributes_in(answer)["isFromNewLogin"] == ["true"]


@pytest.mark.parametrize("cookie", ["YWFh", "!", "4oKs" * 20])
def test_a_cookie_of_another_site_on_the_host_keeps_nobody_from_logging_in_again(
    service: Any, stranger: Browser, cookie: str
) -> None:
    """CP-09: with keyrings for each user, plone.session reads what it holds."""
    stranger.site.use_keyrings_of_users()
    stranger.session.headers["Cookie"] = f"__ac={cookie}"
    assert asked(stranger)


def test_who_forges_a_cookie_ends_the_log_in_of_nobody(
    service: Any, alice: Browser, stranger: Browser
) -> None:
    """Threat: plone.session does not look who has signed the one that it forgets."""
    alice.site.use_keyrings_of_users()
    alice.session.cookies.pop("__ac")
    alice.log_in()
    ticket = createTicket(secret=b"guessed", userid="alice", timestamp=1)
    forged = b2a_base64(ticket, newline=False).decode()
    stranger.session.headers["Cookie"] = f"__ac={forged}"
    assert asked(stranger)
    assert ticket_in(alice.get(login_url(alice.site)))


def test_renew_is_more_than_gateway(service: Any, alice: Browser) -> None:
    """CP-09: section 2.1.1 recommends it."""
    assert asked(alice, gateway="true")


def test_a_wrong_password_is_no_log_in(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-09; threat: a browser that was left alone."""
    came_from = asked(alice)
    alice.session.post(
        f"{alice.site.url}/login",
        data={
            "__ac_name": "alice",
            "__ac_password": "wrong",
            "came_from": came_from,
            "buttons.login": "Log in",
        },
        timeout=30,
    )
    assert "/login?" in alice.get(came_from).headers["Location"]


def test_a_log_in_before_does_not_count(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-09: whoever keeps the cookie of before has not logged in since."""
    cookies = alice.session.cookies.copy()
    came_from = asked(alice)
    alice.session.cookies = cookies
    answer = alice.get(came_from)
    assert (answer.status_code, "Location" in answer.headers) == (403, False)
    assert "cannot tell that you did" in answer.text


@pytest.mark.parametrize("later", [_FRESH + 1, LIFETIME + 1])
def test_what_waits_cannot_be_gone_on_with_for_long(
    service: Any, alice: Browser, monkeypatch: pytest.MonkeyPatch, later: float
) -> None:
    """CP-09: the way back is no log-in of its own."""
    came_from = asked(alice)
    alice.log_in(came_from=came_from)
    assert ticket_in(alice.get(came_from))
    clock_of_views = "pas.plugins.tokenauth.site.view.now"
    monkeypatch.setattr(clock_of_views, lambda: clock() + later)
    assert alice.get(came_from).status_code in (400, 403)


def test_what_waits_is_checked_again(
    register: Register, service: Any, alice: Browser
) -> None:
    """CP-08: the service may be gone."""
    came_from = asked(alice)
    alice.site.sync()
    service.revoked_at = 1.0
    alice.site.commit()
    alice.log_in(came_from=came_from)
    assert alice.get(came_from).status_code == 403


def test_what_was_not_sealed_here_is_refused(service: Any, alice: Browser) -> None:
    """CP-09: nobody makes up that they were asked long ago."""
    answer = alice.get(f"{alice.site.url}/@@cas-resume?pending=AAAA")
    assert answer.status_code == 400


def test_without_a_sealing_key_nobody_logs_in_again(
    service: Any, alice: Browser, zope_conf: dict[str, str], validate: Validate
) -> None:
    """All else goes on."""
    del zope_conf["sealing-key"]
    answer = alice.get(login_url(alice.site, renew="true"))
    assert (answer.status_code, "Location" in answer.headers) == (503, False)
    ticket = ticket_in(alice.get(login_url(alice.site)))
    assert code_in(validate(ticket)) is None
