"""Identifiers of grants that were used."""

from collections.abc import Callable
from hashlib import sha256
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.storage.expiring import SHARDS
from pas.plugins.tokenauth.storage.replay import CLOCK_STEP
from pas.plugins.tokenauth.storage.replay import PERIOD
from pas.plugins.tokenauth.storage.replay import ReplaySet
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from tests.storage.conftest import Database
from tests.storage.conftest import NOW
from ZODB.POSException import ConflictError

import pytest


Restart = Callable[[], Database]

#: The start of a period; grants that expire within it share a group.
START = NOW // PERIOD * PERIOD + PERIOD
#: When what was used at the start is forgotten.
LATER = START + PERIOD + CLOCK_STEP
EXPIRES = START + 600


@pytest.fixture
def used() -> ReplaySet:
    return ReplaySet()


def test_an_identifier_is_good_for_one_time(used: ReplaySet) -> None:
    """JB-14; threat: Hydra CVE-2020-5300 and others, sequential."""
    used.add("client-1", "once", EXPIRES, START)
    for now in (START, START + 1, EXPIRES - 0.001):
        with pytest.raises(InvalidGrant, match=r"^The claim jti was used before\.$"):
            used.add("client-1", "once", EXPIRES, now)


def test_a_record_of_another_release_is_recognised(used: ReplaySet) -> None:
    """JB-14: a digest is computed in the same way for ever."""
    used._used.insert(sha256(b"client-1\0once").digest(), (), EXPIRES)
    with pytest.raises(InvalidGrant, match="jti"):
        used.add("client-1", "once", EXPIRES, START)


def test_a_longer_grant_does_not_make_a_used_identifier_good_again(
    used: ReplaySet,
) -> None:
    """JB-14: the identifier counts, whenever its grant expires."""
    used.add("client-1", "once", EXPIRES, START)
    for expires_at in (EXPIRES - 1, EXPIRES + 1, EXPIRES + PERIOD):
        with pytest.raises(InvalidGrant, match="jti"):
            used.add("client-1", "once", expires_at, START)


def test_every_client_has_identifiers_of_its_own(used: ReplaySet) -> None:
    """JB-14: keyed on (iss, jti); nobody can use up those of another client."""
    used.add("client-1", "once", EXPIRES, START)
    used.add("client-2", "once", EXPIRES, START)
    used.add("client-1", "Once", EXPIRES, START)
    used.add("client", "-1once", EXPIRES, START)
    used.add("client-1on", "ce", EXPIRES, START)


def test_an_identifier_may_be_any_string(used: ReplaySet) -> None:
    """JW-12: long, of any language, never normalised."""
    for jti in ("x" * 256, "用户", "na\u00efve", "nai\u0308ve", " ", "🔑"):
        used.add("client-1", jti, EXPIRES, START)
        with pytest.raises(InvalidGrant):
            used.add("client-1", jti, EXPIRES, START)


def test_an_identifier_whose_grant_has_expired_is_never_a_server_error(
    used: ReplaySet,
) -> None:
    """JB-14: a client that counts from 1 after each restart gets an answer."""
    used.add("client-1", "once", EXPIRES, START)
    # Expired, but in a group that is still there: refused like any reuse.
    with pytest.raises(InvalidGrant, match="jti"):
        used.add("client-1", "once", EXPIRES + 60, EXPIRES + 1)


def test_a_replay_is_noticed_beside_an_expired_record(used: ReplaySet) -> None:
    """JB-14: the record of an older grant does not hide that of a newer one."""
    used.add("client-1", "once", EXPIRES, START)
    used.add("client-1", "once", EXPIRES + PERIOD, EXPIRES + 1)
    for expires_at in (EXPIRES + PERIOD, EXPIRES + PERIOD + 1, EXPIRES + 900):
        with pytest.raises(InvalidGrant, match="jti"):
            used.add("client-1", "once", expires_at, EXPIRES + 2)


def test_an_identifier_is_forgotten_after_its_grant(used: ReplaySet) -> None:
    """JB-14: kept some hours longer than exp and the leeway, not for ever."""
    used.add("client-1", "once", EXPIRES, START)
    used.drop_expired(START + PERIOD + CLOCK_STEP)
    assert all(len(shard) == 0 for shard in used._used._shards)
    used.add("client-1", "once", EXPIRES + PERIOD, START + PERIOD)


def test_an_identifier_is_kept_for_three_hours_and_four_at_most(
    used: ReplaySet,
) -> None:
    """JB-14: what a clock that is set back may need, in bounded memory."""
    # A day, so that some grants end at the very start or end of a group.
    ends = [NOW + quarter * 900 for quarter in range(96)]
    for end in ends:
        used.add("client-1", f"jti-{end}", end, end - 60)
        used.drop_expired(end + 3 * 3600 - 1)
        with pytest.raises(InvalidGrant, match="jti"):
            used.add("client-1", f"jti-{end}", end, end - 60)
        used.drop_expired(end + 4 * 3600)
        used.add("client-1", f"jti-{end}", end, end - 60)


@pytest.mark.parametrize("purged", [True, False])
def test_a_clock_that_went_ahead_makes_no_grant_new(
    used: ReplaySet, purged: bool
) -> None:
    """JB-14: it is set back within the life of a grant that was used."""
    used.add("client-1", "once", EXPIRES, START)
    ahead = START + CLOCK_STEP
    for number in range(SHARDS * 20):
        used.add("client-1", f"ahead-{number}", ahead + 300, ahead)
    if purged:
        used.drop_expired(ahead)
    with pytest.raises(InvalidGrant, match="jti"):
        used.add("client-1", "once", EXPIRES, START + 1)


def test_identifiers_are_forgotten_as_new_ones_come(used: ReplaySet) -> None:
    """JB-14: without any scheduled job."""
    for number in range(SHARDS * 20):
        used.add("client-1", f"old-{number}", EXPIRES, START)
    for number in range(SHARDS * 20):
        used.add("client-1", f"new-{number}", LATER + 300, LATER)
    assert all(len(shard) == 1 for shard in used._used._shards)


def test_dropping_keeps_what_could_still_be_replayed(used: ReplaySet) -> None:
    """JB-14: until the last moment."""
    used.add("client-1", "once", EXPIRES, START)
    used.drop_expired(EXPIRES - 0.001)
    with pytest.raises(InvalidGrant):
        used.add("client-1", "once", EXPIRES, EXPIRES - 0.001)


@pytest.mark.parametrize("others", [0, 1, 200])
def test_one_of_two_uses_at_once_conflicts_and_is_then_refused(
    database: Database, others: int
) -> None:
    """JB-14; threat: two threads, two ZEO clients. The database decides."""

    def add_others(storage: TokenAuthStorage) -> None:
        for number in range(others):
            storage["replay"].add("client-1", f"other-{number}", EXPIRES, START)

    database.run(add_others)
    first, second = database.session(), database.session()
    first.root["replay"].add("client-1", "once", EXPIRES, START)
    second.root["replay"].add("client-1", "once", EXPIRES, START)
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
    second.abort()
    with pytest.raises(InvalidGrant, match="jti"):
        second.root["replay"].add("client-1", "once", EXPIRES, START)


def test_a_replay_after_a_restart_is_refused(restarted: Restart) -> None:
    """JB-14; threat: Keycloak CVE-2026-9802."""
    restarted().run(
        lambda storage: storage["replay"].add("client-1", "once", EXPIRES, START)
    )
    with pytest.raises(InvalidGrant, match="jti"):
        restarted().session().root["replay"].add("client-1", "once", EXPIRES, START)


def test_an_aborted_request_uses_up_nothing(database: Database) -> None:
    """Raising aborts, so the grant can be sent again."""
    session = database.session()
    session.root["replay"].add("client-1", "once", EXPIRES, START)
    session.abort()
    session.root["replay"].add("client-1", "once", EXPIRES, START)


def test_noting_an_identifier_writes_one_object(database: Database) -> None:
    """A jti record if there is one, and nothing else."""

    def fill(storage: TokenAuthStorage) -> None:
        for number in range(SHARDS * 10):
            storage["replay"].add("client-1", f"old-{number}", EXPIRES, START)

    database.run(fill)
    session = database.session()
    session.root["replay"].add("client-1", "once", EXPIRES, START)
    session.commit()
    assert session.transfers()[1] == 1


def test_a_refused_replay_writes_nothing(database: Database) -> None:
    """Threat senaite PR#90: not even to forget what is due beside it."""

    def fill(storage: TokenAuthStorage) -> None:
        for number in range(SHARDS * 20):
            storage["replay"].add("client-1", f"old-{number}", EXPIRES, START)
        storage["replay"].add("client-1", "once", EXPIRES + PERIOD, START)

    database.run(fill)
    session = database.session()
    with pytest.raises(InvalidGrant):
        session.root["replay"].add("client-1", "once", EXPIRES + PERIOD, START + PERIOD)
    assert session.connection._registered_objects == []
