"""A mapping whose entries end by themselves."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.storage.expiring import ExpiringMap
from pas.plugins.tokenauth.storage.expiring import SHARDS
from tests.storage.conftest import Database
from tests.storage.conftest import digest_in
from tests.storage.conftest import digest_of
from typing import Any

import pytest


PROPERTY = settings(deadline=None, derandomize=True, database=None)
PERIOD = 100


@pytest.fixture
def entries() -> ExpiringMap:
    return ExpiringMap(PERIOD)


def test_an_entry_is_found_until_its_time(entries: ExpiringMap) -> None:
    """JW-04: at the moment it expires, it has expired."""
    entries.insert(b"digest", ("value",), 250.5)
    assert entries.get(b"digest", 0) == (250.5, "value")
    assert entries.get(b"digest", 250.4) == (250.5, "value")
    assert entries.get(b"digest", 250.5) is None
    assert entries.get(b"digest", 1000) is None
    assert entries.get(b"other", 0) is None


@pytest.mark.parametrize("expires_at", [100, 200, 300.0, 99.999, 100.001])
def test_the_border_between_two_groups_is_no_gap(
    entries: ExpiringMap, expires_at: float
) -> None:
    """Groups are how it is kept, not what it means."""
    entries.insert(b"digest", ("value",), expires_at)
    for now in (0, 99.9, expires_at - 0.0001):
        assert entries.get(b"digest", now) == (expires_at, "value")
        entries.drop_expired(now)
    assert entries.get(b"digest", expires_at) is None


def test_a_digest_is_inserted_once(entries: ExpiringMap) -> None:
    """What makes single use atomic."""
    entries.insert(b"digest", ("first",), 250)
    with pytest.raises(KeyError, match=r"The digest is known already\.'$"):
        entries.insert(b"digest", ("second",), 250)
    assert entries.get(b"digest", 0) == (250, "first")


def test_what_neighbours_have_in_common_is_stored_once(database: Database) -> None:
    """Most tokens of a moment have the same scope, for the same application."""
    session = database.session()
    root = session.connection.root()
    entries = root["entries"] = ExpiringMap(PERIOD)
    for number in range(10):
        # Made anew each time, as by requests.
        value = (number, " ".join(["plone.read", "plone.write"]), b"x")
        entries.insert(digest_in(1, number), value, 250 + number)
    session.commit()
    group = entries._shards[1][2]
    data, _ = database.db.storage.load(group._p_oid)
    assert data.count(b"plone.read plone.write") == 1
    for number in range(10):
        found = entries.get(digest_in(1, number), 0)
        assert found == (250 + number, number, "plone.read plone.write", b"x")


def test_an_expired_entry_does_not_hide_a_live_one(entries: ExpiringMap) -> None:
    """JB-14: the same digest in two groups, the first one not dropped yet."""
    entries.insert(b"digest", ("first",), 210)
    entries.insert(b"digest", ("second",), 350)
    assert entries.get(b"digest", 200) == (210, "first")
    assert entries.get(b"digest", 220) == (350, "second")


def test_nothing_is_a_value(entries: ExpiringMap) -> None:
    """JB-14: the replay set keeps nothing but the digest."""
    entries.insert(b"digest", (), 250)
    assert entries.get(b"digest", 0) == (250,)


def test_an_entry_can_be_removed_before_its_time(entries: ExpiringMap) -> None:
    """RV-10: from every group it is in; removing nothing is no error."""
    entries.insert(b"digest", ("first",), 210)
    entries.insert(b"digest", ("second",), 350)
    entries.insert(b"digest 2", ("other",), 350)
    for _ in range(2):
        entries.remove(b"digest")
        assert entries.get(b"digest", 0) is None
    assert entries.get(b"digest 2", 0) == (350, "other")
    entries.insert(b"digest", ("again",), 210)
    assert entries.get(b"digest", 0) == (210, "again")


def test_a_group_goes_when_everything_in_it_has_expired(entries: ExpiringMap) -> None:
    """Dropping never looks at single entries."""
    entries.insert(b"digest", ("value",), 250)
    entries.drop_expired(299.9)
    assert groups_in(entries) == 1
    entries.drop_expired(300)
    assert groups_in(entries) == 0


def groups_in(entries: ExpiringMap) -> int:
    return sum(len(shard) for shard in entries._shards)


def test_more_groups_than_a_bucket_holds_are_all_dropped(entries: ExpiringMap) -> None:
    """Deleting while iterating a BTree skips entries."""
    for number in range(1000):
        entries.insert(digest_in(7, number), (number,), number * PERIOD)
    assert groups_in(entries) == 1000
    entries.drop_expired(900 * PERIOD)
    assert groups_in(entries) == 100
    assert entries.get(digest_in(7, 950), 0) == (950 * PERIOD, 950)


def test_a_writer_drops_only_in_the_shard_it_touches(entries: ExpiringMap) -> None:
    """So that two writers do not conflict."""
    entries.insert(digest_in(1, 1), ("one",), 100)
    entries.insert(digest_in(2, 2), ("two",), 100)
    entries.drop_expired_beside(digest_in(1, 3), 1000)
    assert entries.get(digest_in(1, 1), 0) is None
    assert entries.get(digest_in(2, 2), 0) is not None


def test_random_digests_spread_over_all_shards(entries: ExpiringMap) -> None:
    """64 of them, evenly."""
    for number in range(SHARDS * 50):
        entries.insert(digest_of(number), (number,), 50)
    sizes = [len(shard[0]) for shard in entries._shards]
    assert len(sizes) == SHARDS
    assert min(sizes) > 20
    assert max(sizes) < 100


@PROPERTY
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["insert", "get", "remove", "drop", "drop beside"]),
            st.integers(0, 9),
            st.integers(0, 400),
        ),
        max_size=40,
    )
)
def test_an_expiring_map_behaves_like_a_list_of_entries(
    steps: list[tuple[str, int, int]],
) -> None:
    """Compared with the simplest thing that could work."""
    entries = ExpiringMap(PERIOD)
    model: dict[tuple[bytes, int], tuple[float, Any]] = {}
    now = 0.0
    for step, (name, number, amount) in enumerate(steps):
        digest = digest_of(number)
        now += 7.5
        if name == "insert":
            key = (digest, int((now + amount) // PERIOD))
            if key in model:
                with pytest.raises(KeyError):
                    entries.insert(digest, (step,), now + amount)
            else:
                entries.insert(digest, (step,), now + amount)
                model[key] = (now + amount, step)
        elif name == "remove":
            entries.remove(digest)
            model = {key: value for key, value in model.items() if key[0] != digest}
        elif name == "drop":
            entries.drop_expired(now)
            model = {
                key: value for key, value in model.items() if key[1] >= now // PERIOD
            }
        elif name == "drop beside":
            entries.drop_expired_beside(digest, now)
            model = {
                key: value
                for key, value in model.items()
                if key[1] >= now // PERIOD or key[0][0] % SHARDS != digest[0] % SHARDS
            }
        live = [value for key, value in sorted(model.items()) if key[0] == digest]
        expected = next((value for value in live if now < value[0]), None)
        assert entries.get(digest, now) == expected
        assert entries.starting_with(digest[:12], now) == expected
