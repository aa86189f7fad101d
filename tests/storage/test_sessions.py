"""The sessions of people in their browsers."""

from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.storage.interfaces import ISession
from pas.plugins.tokenauth.storage.sessions import LIFETIME
from pas.plugins.tokenauth.storage.sessions import MAX_MEMBERS
from pas.plugins.tokenauth.storage.sessions import MAX_SESSIONS
from pas.plugins.tokenauth.storage.sessions import Session
from pas.plugins.tokenauth.storage.sessions import Sessions
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from zope.interface.verify import verifyObject

import pytest


@pytest.fixture
def session() -> Session:
    return Session(digest_of("cookie"), "alice")


@pytest.fixture
def sessions(session: Session) -> Sessions:
    found = Sessions()
    found.add(session, NOW)
    return found


def test_a_session_keeps_its_contract(session: Session, sessions: Sessions) -> None:
    assert verifyObject(ISession, session)


def test_nobody_knows_at_first_how_a_person_has_logged_in(session: Session) -> None:
    assert session.auth_time is None
    assert session.methods == ()


def test_a_session_is_found_by_the_digest_of_its_cookie(
    session: Session, sessions: Sessions
) -> None:
    assert sessions.get(session.digest, NOW) is session
    assert sessions.get(digest_of("another"), NOW) is None


def test_a_session_is_known_for_thirty_days(
    session: Session, sessions: Sessions
) -> None:
    assert LIFETIME == 30 * DAY
    assert sessions.get(session.digest, NOW + LIFETIME - 1) is session
    assert sessions.get(session.digest, NOW + LIFETIME) is None


def test_a_session_that_was_removed_is_unknown(
    session: Session, sessions: Sessions
) -> None:
    sessions.remove(session)
    sessions.remove(session)
    assert sessions.get(session.digest, NOW) is None


def test_the_sessions_of_a_user_are_found(session: Session, sessions: Sessions) -> None:
    second = Session(digest_of("second"), "alice")
    sessions.add(second, NOW)
    sessions.add(Session(digest_of("third"), "bob"), NOW)
    assert {each.digest for each in sessions.of_user("alice", NOW)} == {
        session.digest,
        second.digest,
    }
    assert sessions.of_user("alice", NOW + LIFETIME) == []


def test_what_has_expired_is_dropped(session: Session, sessions: Sessions) -> None:
    sessions.drop_expired(NOW + 2 * LIFETIME)
    assert sessions.get(session.digest, NOW) is None


def test_of_too_many_sessions_of_a_user_those_go_that_were_used_longest_ago(
    session: Session, sessions: Sessions
) -> None:
    """Threat: whoever is logged in begins any number, in as many browsers."""
    for number in range(1, MAX_SESSIONS + 1):
        sessions.add(Session(digest_of(number), "alice"), NOW + number)
    sessions.add(Session(digest_of("bob"), "bob"), NOW)
    sessions.drop_expired(NOW)
    assert sessions.get(session.digest, NOW) is None
    assert len(sessions.of_user("alice", NOW)) == MAX_SESSIONS
    assert len(sessions.of_user("bob", NOW)) == 1


def test_each_protocol_sees_its_own_members(session: Session) -> None:
    session.join("openid", "app-1", {"sid": "s-1"})
    session.join("cas", "app-1", {"ticket": "t-1"})
    session.join("openid", "app-2", {"sid": "s-2"})
    assert session.members("openid") == {
        "app-1": {"sid": "s-1"},
        "app-2": {"sid": "s-2"},
    }
    assert session.members("cas") == {"app-1": {"ticket": "t-1"}}
    assert session.members("other") == {}


def test_who_joins_again_replaces_what_is_kept(session: Session) -> None:
    session.join("cas", "app-1", {"ticket": "t-1"})
    session.join("cas", "app-1", {"ticket": "t-2"})
    assert session.members("cas") == {"app-1": {"ticket": "t-2"}}


def test_of_too_many_members_the_first_goes(session: Session) -> None:
    for number in range(MAX_MEMBERS + 1):
        session.join("cas", f"app-{number}", {"ticket": "t"})
    members = list(session.members("cas"))
    assert len(members) == MAX_MEMBERS
    assert members[0] == "app-1"


def test_a_protocol_with_many_members_leaves_those_of_others(session: Session) -> None:
    session.join("openid", "app", {"sid": "s-1"})
    for number in range(MAX_MEMBERS + 1):
        session.join("cas", f"app-{number}", {"ticket": "t"})
    assert session.members("openid") == {"app": {"sid": "s-1"}}
    assert len(session.members("cas")) == MAX_MEMBERS


def test_members_about_which_nothing_is_kept_go_before_others(
    session: Session,
) -> None:
    """Tickets are issued to anybody, but used by services only."""
    session.join("cas", "used", {"ticket": "t"})
    for number in range(MAX_MEMBERS + 1):
        session.join("cas", f"unused-{number}", {})
    members = list(session.members("cas"))
    assert len(members) == MAX_MEMBERS
    assert members[:2] == ["used", "unused-2"]


def test_who_has_just_joined_does_not_go(session: Session) -> None:
    for number in range(MAX_MEMBERS):
        session.join("cas", f"used-{number}", {"ticket": "t"})
    session.join("cas", "unused", {})
    assert list(session.members("cas"))[-1] == "unused"
    assert "used-0" not in session.members("cas")
