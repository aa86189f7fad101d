"""Sessions end with Plone's own log-out, wherever that is."""

from collections.abc import Callable
from pas.plugins.tokenauth.credentials.maintenance import orphan
from pas.plugins.tokenauth.signin.interfaces import ISessionEndedEvent
from tests.plone_fixtures import PASSWORD
from tests.signin.conftest import SessionBrowser
from typing import Any

import pytest
import time


Listen = Callable[[Any], list[Any]]


@pytest.fixture
def logged_in(browser: SessionBrowser) -> SessionBrowser:
    browser.log_in("alice")
    browser.record.join("test", "site-1", {"ticket": "t-1"})
    browser.site.commit()
    return browser


def by_form(browser: SessionBrowser) -> Any:
    return browser.get(f"{browser.site.url}/logout")


def by_rest(browser: SessionBrowser) -> Any:
    return browser.post(
        f"{browser.site.url}/@logout", None, headers={"Accept": "application/json"}
    )


def by_management(browser: SessionBrowser) -> Any:
    return browser.get(f"{browser.site.url}/manage_zmi_logout")


@pytest.mark.parametrize("log_out", [by_form, by_rest, by_management])
def test_a_log_out_ends_the_session(
    log_out: Callable[[SessionBrowser], Any], logged_in: SessionBrowser, listen: Listen
) -> None:
    """Conformance: LO-17, LO-21, PL-12, PL-04: also by a GET, which may write nothing
    else."""
    record, events = logged_in.record, listen(ISessionEndedEvent)
    assert log_out(logged_in).status_code in (200, 204, 302)
    assert [event.session.user_id for event in events] == ["alice"]
    assert events[0].session.members("test") == {"site-1": {"ticket": "t-1"}}
    assert "__ac" not in logged_in.session.cookies
    assert logged_in.cookies == {}
    logged_in.site.sync()
    store = logged_in.site.context.storage["sessions"]
    assert store.get(record.digest, time.time()) is None


def test_a_log_out_ends_the_session_of_somebody_whom_plone_has_forgotten(
    logged_in: SessionBrowser, listen: Listen
) -> None:
    """Conformance: LO-17: Plone's own session ends after two hours without a word."""
    events = listen(ISessionEndedEvent)
    logged_in.session.cookies.pop("__ac")
    by_form(logged_in)
    assert [event.session.user_id for event in events] == ["alice"]


def test_a_log_out_ends_no_session_in_another_browser(
    logged_in: SessionBrowser, listen: Listen
) -> None:
    """Conformance: LO-18."""
    other = SessionBrowser(logged_in.site)
    other.log_in("alice")
    by_form(logged_in)
    assert other.record.user_id == "alice"


def test_whoever_logs_in_next_ends_the_session_of_who_was_there(
    logged_in: SessionBrowser, listen: Listen
) -> None:
    events = listen(ISessionEndedEvent)
    logged_in.session.cookies.pop("__ac")
    logged_in.log_in("bob")
    assert [event.session.user_id for event in events] == ["alice"]


def test_a_log_out_without_a_session_works(browser: SessionBrowser) -> None:
    assert by_form(browser).status_code == 302


def test_all_sessions_of_a_user_end_who_is_gone(
    logged_in: SessionBrowser, listen: Listen
) -> None:
    """Conformance: LO-17."""
    site, events = logged_in.site, listen(ISessionEndedEvent)
    SessionBrowser(site).log_in("alice")
    SessionBrowser(site).log_in("bob")
    site.sync()
    orphan(site.context, "alice", time.time())
    site.commit()
    assert [event.session.user_id for event in events] == ["alice", "alice"]
    assert logged_in.record is None


def test_the_password_opens_nothing_that_has_ended(logged_in: SessionBrowser) -> None:
    """A later log-in begins a session with nobody in it."""
    by_form(logged_in)
    logged_in.log_in("alice")
    assert logged_in.record.members("test") == {}
    assert PASSWORD not in str(logged_in.record.__dict__)
