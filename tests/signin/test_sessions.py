"""The door by which protocols use sessions."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.credentials.maintenance import purge
from pas.plugins.tokenauth.signin import subscribers
from pas.plugins.tokenauth.signin.interfaces import ISessionEndedEvent
from pas.plugins.tokenauth.signin.interfaces import ISignInSessions
from Products.PlonePAS.plugins.cookie_handler import ExtendedCookieAuthHelper
from Products.PluggableAuthService.interfaces.plugins import ICredentialsResetPlugin
from tests.signin.conftest import Request
from tests.signin.conftest import SessionBrowser
from typing import Any
from zope.interface.verify import verifyObject

import pytest


Listen = Callable[[Any], list[Any]]


def test_the_door_keeps_its_contract(site: Any) -> None:
    assert verifyObject(ISignInSessions, ISignInSessions(site.context))


def test_sessions_are_kept_while_something_needs_them(
    site: Any, keeps_sessions: None
) -> None:
    assert ISignInSessions(site.context).is_needed


def test_the_sessions_of_a_user_who_owns_nothing_end_when_they_are_gone(
    site: Any, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sites with CAS alone: nobody has to own a credential there."""
    monkeypatch.setattr(subscribers, "now", lambda: 1000.0 + DAY)
    sessions, events = ISignInSessions(site.context), listen(ISessionEndedEvent)
    session = sessions.ensure(Request(), "from-ldap", 1000.0)
    purge(site.context, 1000.0)
    assert events == []
    purge(site.context, 1000.0 + DAY)
    assert [event.session for event in events] == [session]
    assert session.has_ended


def test_a_protocol_has_a_session_made_where_there_is_none(
    site: Any, listen: Listen
) -> None:
    """Of whoever an add-on has logged in, without proof; made once."""
    sessions, events = ISignInSessions(site.context), listen(ISessionEndedEvent)
    request = Request()
    made = sessions.ensure(request, "alice", 1000.0)
    assert (made.user_id, made.auth_time) == ("alice", None)
    again = Request(**request.response.cookies)
    assert sessions.current(again, "alice", 1001.0) is made
    assert sessions.current(again, "bob", 1001.0) is None
    assert sessions.current(again, None, 1001.0) is made
    assert sessions.current(Request(), None, 1001.0) is None
    assert sessions.ensure(again, "alice", 1001.0) is made
    assert again.response.cookies == {}
    assert events == []
    other = sessions.ensure(again, "bob", 1002.0)
    assert other.user_id == "bob"
    assert [event.session for event in events] == [made]


def test_browsers_take_the_cookie_of_a_site_with_https_for_its_host_alone(
    site: Any,
) -> None:
    """Conformance: PL-04: `__Host-`."""
    request = Request(url="https://www.example.org")
    ISignInSessions(site.context).ensure(request, "alice", 1000.0)
    (name,) = request.response.cookies
    assert name.startswith("__Host-tokenauth-session-")
    assert request.response.attributes[name] == {
        "path": "/",
        "max_age": 30 * 24 * 3600,
        "secure": True,
        "http_only": True,
        "same_site": "Lax",
    }


def test_whoever_must_log_in_again_is_nobody_to_plone_until_then(
    browser: SessionBrowser,
) -> None:
    """Conformance: PL-19: without that, a wrong password would be welcome."""
    site = browser.site
    browser.log_in("alice")
    request = site.portal.REQUEST
    ISignInSessions(site.context).log_in_again(request)
    assert request.response.cookies["__ac"]["value"] == "deleted"
    assert browser.record.user_id == "alice"


@pytest.mark.parametrize("cookie", ["YWFh", "!", "\u20ac"])
def test_a_cookie_that_is_no_ticket_is_taken_away(
    browser: SessionBrowser, cookie: str
) -> None:
    """Another Plone on the host may have set it, beside another log-in of this site."""
    site = browser.site
    site.portal.acl_users.session.per_user_keyring = True
    request = site.portal.REQUEST
    request.cookies["__ac"] = cookie
    ISignInSessions(site.context).log_in_again(request)
    assert request.response.cookies["__ac"]["value"] == "deleted"


def test_a_plugin_that_fails_keeps_no_other_from_forgetting_the_person(
    browser: SessionBrowser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*args: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(ExtendedCookieAuthHelper, "resetCredentials", fail)
    site = browser.site
    plugins = site.portal.acl_users.plugins
    plugins.activatePlugin(ICredentialsResetPlugin, "credentials_cookie_auth")
    plugins.movePluginsTop(ICredentialsResetPlugin, ["credentials_cookie_auth"])
    request = site.portal.REQUEST
    ISignInSessions(site.context).log_in_again(request)
    assert request.response.cookies["__ac"]["value"] == "deleted"
    assert "credentials_cookie_auth does not forget people" in caplog.text
