"""Signing a person out everywhere."""

from collections.abc import Callable
from pas.plugins.tokenauth.signin.interfaces import ISessionEndedEvent
from pas.plugins.tokenauth.signin.interfaces import ISignedOutEvent
from pas.plugins.tokenauth.signin.signout import sign_out_everywhere
from pas.plugins.tokenauth.site.errors import CalledByToken
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from tests.plone_fixtures import PASSWORD
from tests.signin.conftest import SessionBrowser
from typing import Any
from zope.interface.verify import verifyObject

import pytest
import time


Listen = Callable[[Any], list[Any]]


@pytest.fixture
def browsers(browser: SessionBrowser) -> list[SessionBrowser]:
    """Two browsers of alice, and one of bob."""
    found = [browser, SessionBrowser(browser.site), SessionBrowser(browser.site)]
    for each, user_id in zip(found, ("alice", "alice", "bob"), strict=True):
        each.log_in(user_id)
    browser.site.add_user("boss", "Site Administrator")
    browser.site.sync()
    return found


def sign_out(site: Any, requester: str, user_id: str = "alice") -> Any:
    site.sync()
    done = sign_out_everywhere(
        site.context, site.requester(requester), user_id, time.time()
    )
    site.commit()
    return done


def is_known(browser: SessionBrowser) -> bool:
    """Whether Plone knows who the browser belongs to."""
    answer = browser.get(f"{browser.site.url}/@@change-password")
    return bool(answer.status_code == 200)


@pytest.mark.parametrize("requester", ["alice", "boss"])
def test_the_sessions_of_a_person_end_in_every_browser(
    site: Any, browsers: list[SessionBrowser], listen: Listen, requester: str
) -> None:
    """Conformance: LO-17, LO-18: by themselves or by an administrator, and of nobody
    else."""
    ended, said = listen(ISessionEndedEvent), listen(ISignedOutEvent)
    done = sign_out(site, requester)
    assert (done.sessions, done.user_id, done.requester) == (2, "alice", requester)
    assert said == [done]
    assert verifyObject(ISignedOutEvent, done)
    assert [event.session.user_id for event in ended] == ["alice", "alice"]
    assert [each.record is None for each in browsers] == [True, True, False]
    assert sign_out(site, requester).sessions == 0


def test_nobody_else_signs_a_person_out(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    """Conformance: LO-17."""
    with pytest.raises(NotAllowed):
        sign_out(site, "bob")
    owner = site.requester("alice")
    token = Requester(owner._user, site.context, by_token=True)
    with pytest.raises(CalledByToken):
        sign_out_everywhere(site.context, token, "alice", time.time())
    assert browsers[0].record is not None


@pytest.mark.parametrize("user_id", ["nobody", ""])
def test_somebody_who_does_not_exist_is_not_signed_out(
    site: Any, browsers: list[SessionBrowser], user_id: str
) -> None:
    with pytest.raises(InvalidInput, match="no such user"):
        sign_out(site, "boss", user_id)


def test_the_log_in_of_plone_goes_on_where_all_share_its_secret(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    """Conformance: LO-17: nothing ends it for one person, and that is said."""
    assert not sign_out(site, "boss").ends_log_in
    assert is_known(browsers[0])


def test_the_log_in_of_plone_ends_where_each_has_a_secret(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    """Conformance: LO-17: also one from before that; whoever logs in again is in."""
    site.portal.acl_users.session.per_user_keyring = True
    site.commit()
    # One cookie has the secret of all, and the other one of alice.
    browsers[1].log_in("alice")
    browsers[2].log_in("bob")
    assert all(is_known(each) for each in browsers[1:])
    done = sign_out(site, "boss")
    assert done.ends_log_in
    assert [is_known(each) for each in browsers] == [False, False, True]
    browsers[0].log_in("alice")
    assert is_known(browsers[0])
    assert sign_out(site, "boss", "boss").ends_log_in


def test_a_secret_from_outside_ends_for_nobody(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    """Conformance: LO-17: it is not in the site."""
    session = site.portal.acl_users.session
    session.per_user_keyring, session._shared_secret = True, b"shared"
    site.commit()
    assert not sign_out(site, "boss").ends_log_in


def jwt(site: Any, user_id: str) -> str:
    """A token of plone.restapi, as its log-in gives it."""
    data = {"login": user_id, "password": PASSWORD}
    answer = site.api("POST", "/@login", json=data)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def is_in(site: Any, user_id: str, token: str) -> bool:
    return bool(site.api("GET", f"/@users/{user_id}", token).status_code == 200)


def live_longer(site: Any) -> None:
    """Let the next token be another one than one of the same second."""
    site.sync()
    site.portal.acl_users.jwt_auth.token_timeout += 60
    site.commit()


def test_tokens_of_plone_restapi_go_on_where_it_keeps_none(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    """Conformance: LO-17: nothing ends them for one person, and that is said."""
    token = jwt(site, "alice")
    assert not sign_out(site, "boss").ends_jwts
    assert is_in(site, "alice", token)


def test_tokens_of_plone_restapi_end_where_it_keeps_them(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    """Conformance: LO-17: of this person, also those that were renewed."""
    site.portal.acl_users.jwt_auth.store_tokens = True
    site.commit()
    assert sign_out(site, "boss").ends_jwts
    first, other = jwt(site, "alice"), jwt(site, "bob")
    live_longer(site)
    renewed = site.api("POST", "/@login-renew", first).json()["token"]
    live_longer(site)
    second = jwt(site, "alice")
    assert is_in(site, "alice", renewed) and is_in(site, "alice", second)
    assert sign_out(site, "boss").ends_jwts
    assert not any(is_in(site, "alice", each) for each in (first, renewed, second))
    assert is_in(site, "bob", other)
    assert is_in(site, "alice", jwt(site, "alice"))


def test_a_site_without_tokens_of_plone_restapi_has_none_that_go_on(
    site: Any, browsers: list[SessionBrowser]
) -> None:
    site.portal.acl_users.plugins.deactivatePlugin(IAuthenticationPlugin, "jwt_auth")
    site.commit()
    assert sign_out(site, "boss").ends_jwts
