"""The usage log: who obtained a token, when, from where."""

from collections.abc import Callable
from dataclasses import replace
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from itertools import count
from itertools import islice
from pas.plugins.tokenauth.storage import usagelog
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.usagelog import Seen
from pas.plugins.tokenauth.storage.usagelog import SHARDS
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.storage.usagelog import UsageLog
from pas.plugins.tokenauth.storage.usagelog import VERSION
from tests.storage.conftest import Database
from tests.storage.conftest import digest_in
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW

import pytest


Restart = Callable[[], Database]

PROPERTY = settings(deadline=None, derandomize=True, database=None)


def entry(time: float = NOW, credential_id: str = "client-1") -> UsageEntry:
    return UsageEntry(
        credential_id=credential_id,
        time=time,
        subject="jane",
        address="192.0.2.1",
        user_agent="agent/1.0",
    )


def times(
    log: UsageLog, credential_id: str = "client-1", since: float = 0
) -> list[float]:
    return [found.time for found in log.entries(credential_id, since)]


def fill(
    log: UsageLog, count: int, start: float = NOW, credential_id: str = "client-1"
) -> None:
    """One entry a second, distributed over the shards."""
    for number in range(count):
        log.add(entry(start + number, credential_id), digest_of(number)[:8])


@pytest.fixture
def log() -> UsageLog:
    return UsageLog()


def test_an_entry_comes_back_as_it_was(log: UsageLog) -> None:
    """Who, when, from where, with what."""
    kept = UsageEntry(
        credential_id="client-1",
        time=NOW + 0.5,
        subject="jürgen",
        address="2001:db8::1",
        user_agent="",
        uses=3,
        kid="x" * 43,
    )
    log.add(kept, b"12345678")
    assert list(log.entries("client-1")) == [kept]
    assert log.newest("client-1") == kept


def test_an_unused_credential_has_no_entries(log: UsageLog) -> None:
    """Nothing is no error."""
    fill(log, 10, credential_id="client-2")
    assert list(log.entries("client-1")) == []
    assert log.newest("client-1") is None
    assert log.remove_older("client-1", NOW * 2, 100) == 0
    log.remove_all("client-1")
    assert len(times(log, "client-2")) == 10


def test_entries_come_newest_first_from_all_shards(log: UsageLog) -> None:
    """Shards are how it is kept, not what is seen."""
    fill(log, 1000)
    assert times(log) == [NOW + number for number in reversed(range(1000))]
    assert all(len(shard) > 0 for shard in log._shards)


def test_entries_of_one_moment_are_all_kept(log: UsageLog) -> None:
    """What is unique tells them apart."""
    for number in range(100):
        log.add(entry(), digest_of(number)[:8])
    for number in range(100):
        log.add(entry(), digest_in(3, -number)[:8])
    assert times(log) == [NOW] * 200


def test_entries_can_be_asked_for_from_a_time_on(log: UsageLog) -> None:
    """The retention time; its first moment is included."""
    fill(log, 100)
    assert times(log, since=NOW + 98) == [NOW + 99, NOW + 98]
    assert times(log, since=NOW + 98.5) == [NOW + 99]
    assert times(log, since=NOW + 99.5) == []
    assert len(times(log, since=0)) == 100


def test_entries_of_the_first_second_of_time_are_seen(log: UsageLog) -> None:
    """Zero is a time."""
    log.add(entry(0.5), b"12345678")
    assert list(log.entries("client-1")) == [entry(0.5)]


def test_the_newest_entry_is_found_in_whatever_shard_it_is(log: UsageLog) -> None:
    """The last use of a key."""
    for number in range(SHARDS):
        log.add(entry(NOW + number), digest_in(number, 0)[:8])
        newest = log.newest("client-1")
        assert newest is not None
        assert newest.time == NOW + number
    log.add(entry(NOW - 1), digest_in(5, 1)[:8])
    newest = log.newest("client-1")
    assert newest is not None
    assert newest.time == NOW + SHARDS - 1


@pytest.mark.parametrize(
    "other",
    ["client-", "client-11", "client-1\0", "client-1 ", "client-0", "client-2", ""],
)
def test_credentials_with_similar_ids_do_not_mix(log: UsageLog, other: str) -> None:
    """JB-05: ids are compared whole, also where one is the start of another."""
    fill(log, 200, NOW, "client-1")
    fill(log, 200, NOW + 1000, other)
    assert times(log) == [NOW + number for number in reversed(range(200))]
    assert times(log, other)[0] == NOW + 1199
    newest = log.newest("client-1")
    assert newest is not None
    assert newest.time == NOW + 199
    assert log.remove_older("client-1", NOW * 2, 1000) == 199
    log.remove_all("client-1")
    assert log.newest("client-1") is None
    assert len(times(log, other)) == 200


def test_old_entries_are_removed_and_the_time_itself_is_kept(log: UsageLog) -> None:
    """Older than a time, not as old."""
    fill(log, 100)
    assert log.remove_older("client-1", NOW + 40, 1000) == 40
    assert times(log)[-1] == NOW + 40
    assert log.remove_older("client-1", NOW + 40, 1000) == 0


def test_the_newest_entry_is_never_too_old(log: UsageLog) -> None:
    """The last use stays visible, however long ago it was."""
    fill(log, 100)
    assert log.remove_older("client-1", NOW * 2, 1000) == 99
    assert times(log) == [NOW + 99]
    assert log.remove_older("client-1", NOW * 2, 1000) == 0


def test_several_newest_entries_of_one_moment_all_stay(log: UsageLog) -> None:
    """Rather one too many."""
    for number in range(10):
        log.add(entry(), digest_of(number)[:8])
    assert log.remove_older("client-1", NOW * 2, 1000) == 0
    assert len(times(log)) == 10


@pytest.mark.parametrize("limit", [0, 1, 7, 64, 99, 100, 5000])
def test_no_more_entries_are_removed_than_allowed(log: UsageLog, limit: int) -> None:
    """Forgetting is done a little at a time."""
    fill(log, 200)
    assert log.remove_older("client-1", NOW + 100, limit) == min(limit, 100)
    assert len(times(log)) == 200 - min(limit, 100)
    assert log.remove_older("client-1", NOW + 100, 5000) == 100 - min(limit, 100)


def test_more_entries_than_a_bucket_holds_are_all_removed(log: UsageLog) -> None:
    """Deleting while iterating a BTree skips entries."""
    for number in range(2000):
        log.add(entry(NOW + number), digest_in(9, number)[:8])
    assert log.remove_older("client-1", NOW + 1000, 5000) == 1000
    assert len(times(log)) == 1000
    log.remove_all("client-1")
    assert times(log) == []
    assert all(len(shard) == 0 for shard in log._shards)


def test_entries_may_be_removed_while_they_are_read(log: UsageLog) -> None:
    """What is being shown does not fall apart."""
    fill(log, 1000)
    seen: list[float] = []
    for found in log.entries("client-1"):
        if not seen:
            log.remove_all("client-1")
        seen.append(found.time)
    # What was not looked up yet is gone, and nothing is seen twice.
    assert seen == [NOW + 999 - number for number in range(len(seen))]


@pytest.mark.parametrize("gap", [0.001, 1, 60, 3600, 40 * 24 * 3600])
def test_entries_are_found_however_far_apart_they_are(
    log: UsageLog, gap: float
) -> None:
    """It is looked through in pieces, and nothing falls between them."""
    expected = [NOW + number * gap for number in range(500)]
    for number, time in enumerate(expected):
        log.add(entry(time), digest_of(number)[:8])
    assert times(log) == expected[::-1]
    assert times(log, since=expected[123]) == expected[:122:-1]


def test_the_first_page_of_a_busy_key_does_not_load_the_others(
    restarted: Restart,
) -> None:
    """Who looks at fifty entries does not wait for half a million."""
    database = restarted()
    database.run(lambda storage: fill(storage["usage_log"], 20_000))
    session = database.session()
    entries = session.root["usage_log"].entries("client-1")
    page = [next(entries).time for _ in range(50)]
    assert page == [NOW + 19_999 - number for number in range(50)]
    few, _ = session.transfers()
    assert len(list(entries)) == 19_950
    others, _ = session.transfers()
    assert few < others / 2


def test_entries_are_counted_by_period(log: UsageLog) -> None:
    """Uses per day; the first moment counts, the last does not."""
    fill(log, 100)
    fill(log, 100, credential_id="client-2")
    assert log.count("client-1", NOW, NOW + 100) == 100
    assert log.count("client-1", NOW + 10, NOW + 20) == 10
    assert log.count("client-1", NOW + 100, NOW + 200) == 0
    assert log.count("client-3", 0, NOW * 2) == 0


def test_entries_are_there_after_a_restart(restarted: Restart) -> None:
    """The log outlives the process."""
    restarted().run(lambda storage: fill(storage["usage_log"], 10))
    assert len(times(restarted().session().root["usage_log"])) == 10


def test_an_entry_writes_little_however_long_the_log_is(restarted: Restart) -> None:
    """Conformance: CR-34: it is written with others of its leaf, and these are few."""
    database = restarted()
    lane = bytes([1])

    def add(storage: TokenAuthStorage, start: int, many: int) -> None:
        for number in range(start, start + many):
            unique = lane + digest_of(number)[:7]
            used = entry(NOW + number, f"client-{number % 97}")
            storage["usage_log"].add(used, unique)

    database.run(lambda storage: add(storage, 0, 5000))
    before, many = len(database.records()), 100
    for number in range(many):
        database.run(lambda storage, at=5000 + number: add(storage, at, 1))
    written = sum(len(data) for _, data in database.records()[before:])
    assert written / many < 1_500


def test_an_entry_writes_one_object_of_each_tree(database: Database) -> None:
    """One usage entry, found by credential and by time, and nothing else."""
    database.run(lambda storage: fill(storage["usage_log"], 10_000))
    session = database.session()
    session.root["usage_log"].add(entry(NOW + 10_000), digest_of(-1)[:8])
    session.commit()
    loads, stores = session.transfers()
    assert stores <= 4  # two for each when a bucket is split
    # The root, the storage, the log, two shards and at most two levels below each.
    assert loads <= 9


def test_values_that_entries_share_are_stored_once(database: Database) -> None:
    """Most programs use a key in the same way each time."""
    many = 10
    session = database.session()
    for number in range(many):
        client, agent = f"client-{1:0100}", f"agent/{1:0100}"
        used = replace(entry(NOW + number, client), user_agent=agent)
        session.root["usage_log"].add(used, digest_in(1, number)[:8])
    session.commit()
    data = session.connection.db().storage.load(
        session.root["usage_log"]._shards[1]._p_oid
    )[0]
    assert data.count(b"agent/000") == data.count(b"client-000") == 1


def test_reading_writes_nothing(database: Database) -> None:
    """Nor does asking for the last use."""
    database.run(lambda storage: fill(storage["usage_log"], 100))
    session = database.session()
    assert len(times(session.root["usage_log"])) == 100
    assert session.root["usage_log"].newest("client-1") is not None
    assert session.root["usage_log"].newest("client-2") is None
    assert session.connection._registered_objects == []


def test_the_last_use_is_found_without_reading_the_log(database: Database) -> None:
    """Three objects a shard at most, however long the log is."""
    database.run(lambda storage: fill(storage["usage_log"], 20_000))
    session = database.session()
    assert session.root["usage_log"].newest("client-1") is not None
    assert session.transfers()[0] <= 3 + 3 * SHARDS


@pytest.mark.parametrize("shards", [(1, 2), (1, 1)])
def test_two_uses_at_once_are_both_kept(
    database: Database, shards: tuple[int, int]
) -> None:
    """Of one credential, in two shards and in one."""
    database.run(lambda storage: storage["usage_log"].add(entry(), digest_in(1, 0)[:8]))
    first, second = database.session(), database.session()
    first.root["usage_log"].add(entry(NOW + 1), digest_in(shards[0], 1)[:8])
    second.root["usage_log"].add(entry(NOW + 1), digest_in(shards[1], 2)[:8])
    first.commit()
    second.commit()
    assert times(database.session().root["usage_log"]) == [NOW + 1, NOW + 1, NOW]


def test_two_programs_use_one_key_all_day_without_a_conflict(
    database: Database,
) -> None:
    """Entries of one key are distributed like those of many."""

    def warm_up(storage: TokenAuthStorage) -> None:
        for shard in range(SHARDS):
            storage["usage_log"].add(entry(NOW - 1), digest_in(shard, 0)[:8])

    database.run(warm_up)
    first, second = database.session(), database.session()
    for number in range(300):
        first.root["usage_log"].add(entry(NOW + number), digest_of(number)[:8])
        second.root["usage_log"].add(entry(NOW + number), digest_of(number)[8:16])
        first.commit()
        second.commit()
    assert len(times(database.session().root["usage_log"])) == SHARDS + 600


class TestLanes:
    """Where a connection writes, so that it conflicts with no other."""

    def test_a_connection_keeps_to_its_lane(self, database: Database) -> None:
        session = database.session()
        lane = session.root["usage_log"].lane()
        for _ in range(10):
            session.root["usage_log"].add(
                entry(), session.root["usage_log"].lane() + b"x"
            )
            session.commit()
            assert session.root["usage_log"].lane() == lane

    def test_the_connections_of_a_process_have_different_ones(
        self, database: Database
    ) -> None:
        sessions = [database.session() for _ in range(SHARDS)]
        lanes = {session.root["usage_log"].lane() for session in sessions}
        assert len(lanes) == SHARDS
        assert {len(lane) for lane in lanes} == {1}

    def test_a_transaction_that_conflicted_moves_to_a_random_lane(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(usagelog, "_lanes", count(5))
        monkeypatch.setattr("secrets.randbelow", lambda end: end - 1)
        session = database.session()
        assert session.root["usage_log"].lane() == bytes([5])
        session.abort()
        assert session.root["usage_log"].lane() == bytes([SHARDS - 1])

    def test_a_lane_is_written_nowhere(self, database: Database) -> None:
        session = database.session()
        session.root["usage_log"].lane()
        session.commit()
        session.root["usage_log"].lane()
        session.abort()
        assert session.transfers()[1] == 0

    def test_a_log_that_is_not_stored_yet_has_one(self, log: UsageLog) -> None:
        assert log.lane() == log.lane()

    def test_two_programs_use_a_new_key_all_day_without_a_conflict(
        self, database: Database
    ) -> None:
        first, second = database.session(), database.session()
        for number in range(300):
            for session in (first, second):
                log = session.root["usage_log"]
                log.add(entry(NOW + number), log.lane() + digest_of(number)[:7])
            first.commit()
            second.commit()
        assert len(times(database.session().root["usage_log"])) == 600


@PROPERTY
@given(
    added=st.lists(
        st.tuples(st.sampled_from(["a", "a\0", "aa", "b"]), st.integers(0, 30)),
        max_size=60,
    ),
    before=st.integers(0, 30),
    limit=st.integers(0, 60),
)
def test_a_usage_log_behaves_like_a_sorted_list(
    added: list[tuple[str, int]], before: int, limit: int
) -> None:
    """Compared with the simplest thing that could work."""
    log = UsageLog()
    for number, (credential_id, time) in enumerate(added):
        log.add(entry(time, credential_id), digest_of(number)[:8])
    for credential_id in ("a", "a\0", "aa", "b", "c"):
        model = sorted((time for name, time in added if name == credential_id))
        assert times(log, credential_id) == model[::-1]
        assert times(log, credential_id, before) == [
            time for time in model[::-1] if time >= before
        ]
        old = [time for time in model if time < min(before, model[-1])]
        removed = log.remove_older(credential_id, before, limit)
        assert removed == min(len(old), limit)
        left = times(log, credential_id)
        assert len(left) == len(model) - removed
        assert [time for time in left if time >= before] == [
            time for time in model[::-1] if time >= before
        ]
        assert left[:1] == model[-1:]


def test_an_entry_may_stand_for_many_uses(log: UsageLog) -> None:
    kept = replace(entry(), uses=250)
    log.add(kept, b"12345678")
    assert list(log.entries("client-1")) == [kept]
    assert log.newest("client-1") == kept


def test_uses_are_added_up_by_period(log: UsageLog) -> None:
    for number in range(100):
        log.add(replace(entry(NOW + number), uses=number), digest_of(number)[:8])
    fill(log, 100, credential_id="client-2")
    assert log.uses("client-1", NOW + 10, NOW + 20) == sum(range(10, 20))
    assert log.uses("client-1", 0, NOW * 2) == sum(range(100))
    assert log.uses("client-2", 0, NOW * 2) == 100
    assert log.uses("client-3", 0, NOW * 2) == 0
    assert log.count("client-1", 0, NOW * 2) == 100


def test_an_entry_names_its_version(log: UsageLog) -> None:
    """So that a later version can tell it from its own."""
    log.add(entry(), b"12345678")
    ((_, value),) = log._shards[b"12345678"[0] % SHARDS].items()
    assert value[0] == VERSION


class TestOfAllCredentials:
    """One list over all, by time, of which a page loads little."""

    def test_entries_of_all_come_newest_first(self, log: UsageLog) -> None:
        fill(log, 200, credential_id="client-1")
        fill(log, 200, NOW + 0.5, credential_id="client-2")
        found = [(each.time, each.credential_id) for each in log.everybodys(0, NOW * 2)]
        assert len(found) == 400
        assert found == sorted(found, reverse=True)
        some = list(log.everybodys(NOW + 10, NOW + 20))
        assert [each.time for each in some][:2] == [NOW + 20, NOW + 19.5]
        assert some[-1].time == NOW + 10
        assert list(log.everybodys(NOW * 2, NOW * 3)) == []

    def test_an_empty_log_has_none(self, log: UsageLog) -> None:
        assert list(log.everybodys(0, NOW)) == []
        assert log.summary("client-1", 0) == ({}, {})

    def test_what_is_removed_is_gone_from_it(self, log: UsageLog) -> None:
        fill(log, 100, credential_id="client-1")
        fill(log, 100, credential_id="client-2")
        log.remove_all("client-1")
        log.remove_older("client-2", NOW + 90, 1000)
        found = list(log.everybodys(0, NOW * 2))
        assert {each.credential_id for each in found} == {"client-2"}
        assert len(found) == 10

    def test_entries_end_at_a_time(self, log: UsageLog) -> None:
        fill(log, 100)
        found = [each.time for each in log.entries("client-1", NOW + 5, NOW + 7)]
        assert found == [NOW + 7, NOW + 6, NOW + 5]

    def test_the_newest_page_loads_little(self, restarted: Restart) -> None:
        def use(storage: TokenAuthStorage) -> None:
            for number in range(5000):
                used = entry(NOW + number, f"client-{number % 100}")
                storage["usage_log"].add(used, digest_of(number)[:8])

        restarted().run(use)
        session = restarted().session()
        log = session.root["usage_log"]
        assert len(list(islice(log.everybodys(0, NOW * 2), 50))) == 50
        loaded, _ = session.transfers()
        # Two trees and a bucket or two for each of 64 shards, not the 5,000 entries.
        assert loaded < 64 * 6


def test_only_the_newest_are_kept(log: UsageLog) -> None:
    """Of refusals, whoever sends how many."""
    fill(log, 30)
    fill(log, 3, credential_id="client-2")
    log.keep_newest("client-1", 10)
    log.keep_newest("client-2", 10)
    assert times(log) == [NOW + number for number in range(29, 19, -1)]
    assert len(times(log, "client-2")) == 3


def test_what_only_names_a_credential_pushes_nothing_else_out(log: UsageLog) -> None:
    """Threat: anybody can name an id, as often as they like."""
    log.add(entry(NOW), digest_of(0)[:8])
    for number in range(1, 121):
        named = replace(entry(NOW + number), only_named=True)
        log.add(named, digest_of(number)[:8])
        log.keep_newest("client-1", 10)
    kept = list(log.entries("client-1"))
    assert [(each.time - NOW, each.only_named) for each in kept] == [
        *((float(number), True) for number in range(120, 111, -1)),
        (0.0, False),
    ]


def test_a_summary_says_what_was_seen_first_and_last(log: UsageLog) -> None:
    """Addresses and programs of one credential, each with its uses."""
    for number, address in enumerate(("::1", "::2", "::1", "::1")):
        used = replace(entry(NOW + number), address=address, uses=number + 1)
        log.add(used, digest_of(number)[:8])
    addresses, agents = log.summary("client-1", 0)
    assert addresses == {
        "::1": Seen(first=NOW, last=NOW + 3, uses=8),
        "::2": Seen(first=NOW + 1, last=NOW + 1, uses=2),
    }
    assert agents == {"agent/1.0": Seen(first=NOW, last=NOW + 3, uses=10)}
    assert log.summary("client-1", NOW + 2)[0] == {
        "::1": Seen(first=NOW + 2, last=NOW + 3, uses=7)
    }


def test_a_refusal_keeps_its_reason(log: UsageLog) -> None:
    log.add(replace(entry(), reason="credential has ended"), b"12345678")
    (found,) = log.entries("client-1")
    assert found.reason == "credential has ended"
    assert found.mark == (NOW, b"12345678")
