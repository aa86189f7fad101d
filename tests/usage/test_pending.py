"""Uses of tokens that are not in the usage log yet."""

from concurrent.futures import ThreadPoolExecutor
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.usage.pending import MAX_ADDRESSES
from pas.plugins.tokenauth.usage.pending import MAX_TEXT_LENGTH
from pas.plugins.tokenauth.usage.pending import PendingUse
from pas.plugins.tokenauth.usage.pending import PendingUses

import pytest


NOW = 1_800_000_000.0
INTERVAL = 300.0


def note(
    pending: PendingUses, now: float = NOW, key: str = "token-1", address: str = "::1"
) -> bool:
    return pending.note(key, address, "agent/1.0", "jane", now)


def totals(uses: list[PendingUse]) -> dict[tuple[str, str], int]:
    return {(use.key, use.address): use.uses for use in uses}


@pytest.fixture
def pending() -> PendingUses:
    return PendingUses()


def test_the_first_use_is_due_at_once(pending: PendingUses) -> None:
    note(pending)
    assert pending.next_due(INTERVAL) < NOW
    assert pending.due(INTERVAL, NOW) == [
        PendingUse(
            key="token-1",
            subject="jane",
            address="::1",
            user_agent="agent/1.0",
            time=NOW,
            uses=1,
        )
    ]


def test_uses_that_are_taken_out_are_gone(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    assert pending.next_due(INTERVAL) is None
    assert pending.due(0, NOW + 1) == []


def test_later_uses_wait_until_the_interval_is_over(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    for second in range(1, 251):
        note(pending, NOW + second)
    assert pending.next_due(INTERVAL) == NOW + INTERVAL
    assert pending.due(INTERVAL, NOW + INTERVAL - 0.001) == []
    (use,) = pending.due(INTERVAL, NOW + INTERVAL)
    assert (use.uses, use.time) == (250, NOW + 250)


def test_a_token_that_rested_is_due_at_once(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    note(pending, NOW + 2 * INTERVAL)
    assert len(pending.due(INTERVAL, NOW + 2 * INTERVAL)) == 1


def test_tokens_wait_for_themselves_alone(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    note(pending, NOW + 1)
    note(pending, NOW + 1, key="token-2")
    assert totals(pending.due(INTERVAL, NOW + 1)) == {("token-2", "::1"): 1}
    assert totals(pending.due(INTERVAL, NOW + INTERVAL)) == {("token-1", "::1"): 1}


def test_a_clock_that_is_set_back_keeps_nobody_waiting(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    note(pending, NOW - 7200)
    assert len(pending.due(INTERVAL, NOW - 7200)) == 1


def test_the_moment_of_a_write_is_within_its_interval(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    note(pending)
    assert pending.due(INTERVAL, NOW) == []


def test_noting_a_use_tells_whether_the_thread_may_have_to_wake_up(
    pending: PendingUses,
) -> None:
    assert note(pending)
    assert not note(pending, address="192.0.2.1")
    assert note(pending, key="token-2")
    pending.due(INTERVAL, NOW)
    assert note(pending)


def test_the_token_that_waits_least_is_the_next_one(pending: PendingUses) -> None:
    note(pending)
    pending.due(INTERVAL, NOW)
    note(pending, NOW + 1, key="token-2")
    pending.due(INTERVAL, NOW + 1)
    for key in ("token-2", "token-1"):
        note(pending, NOW + 2, key=key)
    assert pending.next_due(INTERVAL) == NOW + INTERVAL


def test_addresses_are_told_apart_and_the_newest_client_is_named(
    pending: PendingUses,
) -> None:
    pending.note("token-1", "::1", "old", "jane", NOW)
    pending.note("token-1", "::2", "other", "jane", NOW)
    pending.note("token-1", "::1", "new", "jane", NOW + 1)
    pending.note("token-1", "::1", "newer", "jane", NOW + 1)
    found = {use.address: use for use in pending.due(INTERVAL, NOW + 1)}
    assert found["::1"].uses == 3
    assert found["::1"].user_agent == "newer"
    assert found["::2"].user_agent == "other"


def test_a_hundred_thousand_addresses_take_no_more_memory_than_a_few(
    pending: PendingUses,
) -> None:
    for number in range(100_000):
        note(pending, address=f"2001:db8::{number:x}")
    found = pending.due(INTERVAL, NOW)
    assert len(found) == MAX_ADDRESSES + 1
    assert totals(found)["token-1", ""] == 100_000 - MAX_ADDRESSES
    assert sum(use.uses for use in found) == 100_000


def test_an_address_that_is_known_is_told_apart_however_many_follow(
    pending: PendingUses,
) -> None:
    for number in range(2 * MAX_ADDRESSES):
        note(pending, address=f"::{number}")
    note(pending, address="::0")
    assert totals(pending.due(INTERVAL, NOW))["token-1", "::0"] == 2


def test_a_client_does_not_decide_how_much_is_kept_of_its_texts(
    pending: PendingUses,
) -> None:
    pending.note("token-1", "a" * 10**6, "b" * 10**6, "jane", NOW)
    (use,) = pending.due(INTERVAL, NOW)
    assert len(use.address) == len(use.user_agent) == MAX_TEXT_LENGTH


def test_a_hundred_thousand_idle_tokens_are_forgotten(
    pending: PendingUses,
) -> None:
    for number in range(100_000):
        note(pending, key=f"token-{number}")
    assert len(pending.due(INTERVAL, NOW)) == 100_000
    pending.due(INTERVAL, NOW + INTERVAL - 1)
    assert len(pending._tokens) == 100_000
    pending.due(INTERVAL, NOW + INTERVAL)
    assert pending._tokens == {}


def test_uses_that_are_put_back_are_due_again_with_newer_ones(
    pending: PendingUses,
) -> None:
    note(pending)
    note(pending)
    taken = pending.due(INTERVAL, NOW)
    note(pending, NOW + 1)
    note(pending, NOW + 1, address="192.0.2.1")
    pending.put_back(taken)
    found = pending.due(INTERVAL, NOW + 2)
    assert totals(found) == {("token-1", "::1"): 3, ("token-1", "192.0.2.1"): 1}
    assert {use.time for use in found} == {NOW + 1}


def test_a_use_that_is_put_back_is_no_newer_than_it_was(pending: PendingUses) -> None:
    pending.note("token-1", "::1", "old", "jane", NOW)
    taken = pending.due(INTERVAL, NOW)
    pending.note("token-1", "::1", "new", "jane", NOW + 1)
    pending.put_back(taken)
    (use,) = pending.due(INTERVAL, NOW + 2)
    assert (use.user_agent, use.time, use.uses) == ("new", NOW + 1, 2)


def test_putting_back_again_and_again_takes_no_more_memory(
    pending: PendingUses,
) -> None:
    for hour in range(50):
        for number in range(MAX_ADDRESSES):
            note(pending, address=f"2001:db8::{hour}:{number}")
        pending.put_back(pending.due(INTERVAL, NOW))
    found = pending.due(INTERVAL, NOW)
    assert len(found) == MAX_ADDRESSES + 1
    assert sum(use.uses for use in found) == 50 * MAX_ADDRESSES


def test_threads_lose_nothing() -> None:
    pending = PendingUses()
    taken: list[PendingUse] = []

    def use(thread: int) -> None:
        for number in range(5000):
            note(pending, key=f"token-{number % 7}", address=f"::{thread}")

    def take() -> None:
        for number in range(500):
            found = pending.due(0, NOW)
            if number % 3:
                taken.extend(found)
            else:
                pending.put_back(found)

    with ThreadPoolExecutor() as executor:
        jobs = [executor.submit(use, thread) for thread in range(4)]
        jobs += [executor.submit(take) for _ in range(2)]
    for job in jobs:
        job.result()
    taken += pending.due(0, NOW)
    assert sum(use.uses for use in taken) == 20_000


@settings(deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("note"), st.integers(0, 3), st.integers(0, 20)),
            st.tuples(st.just("write"), st.booleans(), st.just(0)),
            st.tuples(st.just("wait"), st.integers(0, 400), st.just(0)),
        ),
        max_size=60,
    )
)
def test_every_use_comes_out_once_and_not_too_often(
    steps: list[tuple[str, int, int]],
) -> None:
    pending, now, noted, written = PendingUses(), NOW, 0, 0
    last: dict[str, float] = {}
    for step, first, second in steps:
        if step == "note":
            note(pending, now, key=f"token-{first}", address=f"::{second}")
            noted += 1
        elif step == "wait":
            now += first
        else:
            found = pending.due(INTERVAL, now)
            if first:
                pending.put_back(found)
                # Who was not written may be written at any time.
                last = {}
                continue
            written += sum(use.uses for use in found)
            for key in {use.key for use in found}:
                assert now - last.get(key, 0) >= INTERVAL
                last[key] = now
    rest = pending.due(0, now)
    assert written + sum(use.uses for use in rest) == noted
