"""Work off the path of requests."""

from collections.abc import Iterator
from pas.plugins.tokenauth.core import background
from pas.plugins.tokenauth.core.background import BackgroundWork
from threading import Semaphore
from threading import Thread

import pytest
import sys
import threading


#: Seconds after which a test gives up; nothing takes so long.
PATIENCE = 30


class Work:
    """Something that is to be done as often as it was ordered."""

    def __init__(self) -> None:
        self.ordered = 0
        self.dies = False
        self.seconds: float = 0
        self.done: list[str] = []
        self.threads: set[Thread] = set()
        self._progress = Semaphore(0)
        self.background = BackgroundWork(
            "test", self.work, self.last_work, self.seconds_to_wait
        )

    def order(self) -> None:
        self.ordered += 1
        self.background.wake_up()

    def wait(self) -> None:
        assert self._progress.acquire(timeout=PATIENCE)

    def work(self) -> None:
        self.threads.add(threading.current_thread())
        self.ordered -= 1
        self.done.append("work")
        self._progress.release()
        if self.dies:
            sys.exit()

    def last_work(self) -> None:
        self.done.append("last")

    def seconds_to_wait(self) -> float | None:
        return self.seconds if self.ordered else None


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    monkeypatch.setattr(background, "PAUSE", 0)
    work = Work()
    yield work
    work.background.stop()


def test_no_thread_is_started_before_it_is_needed(work: Work) -> None:
    before = threading.active_count()
    work.background.stop()
    assert threading.active_count() == before
    assert work.done == []


def test_one_thread_that_does_not_hold_the_process_does_the_work(
    work: Work,
) -> None:
    for _ in range(3):
        work.order()
        work.wait()
    assert work.done == ["work"] * 3
    (thread,) = work.threads
    assert thread.daemon
    assert thread is not threading.current_thread()


def test_stopping_does_the_remaining_work_and_ends_the_thread(work: Work) -> None:
    work.order()
    work.wait()
    work.background.stop()
    assert work.done == ["work", "last"]
    assert not any(thread.is_alive() for thread in work.threads)


def test_the_work_goes_on_after_an_end(work: Work) -> None:
    work.order()
    work.wait()
    work.background.stop()
    work.order()
    work.wait()
    assert work.done == ["work", "last", "work"]


def test_orders_that_come_together_are_done_together(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "PAUSE", PATIENCE)
    for _ in range(100):
        work.order()
    work.background.stop()
    assert work.done == ["last"]


def test_the_thread_pauses_before_each_piece_of_work(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(background, "PAUSE", 7)
    monkeypatch.setattr(
        work.background._condition,
        "wait_for",
        lambda _, seconds: pauses.append(seconds),
    )
    work.order()
    work.wait()
    work.background.stop()
    assert set(pauses) == {7}


def test_a_process_that_ends_stops_the_thread_once(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_exit: list[object] = []
    monkeypatch.setattr(background.atexit, "register", at_exit.append)
    monkeypatch.setattr(
        background.atexit,
        "unregister",
        lambda stop: at_exit.remove(stop) if stop in at_exit else None,
    )
    for _ in range(2):
        work.order()
        work.wait()
        work.background.stop()
    assert at_exit == [work.background.stop]


def test_a_thread_that_has_waited_looks_what_is_due(work: Work) -> None:
    """Whatever it is told then: a clock may have been set back."""
    work.seconds = 0.001
    work.order()
    work.wait()
    assert work.done == ["work"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_gone_is_replaced(work: Work) -> None:
    """As in the child of a fork, where the threads of the parent are dead."""
    work.dies = True
    work.order()
    work.wait()
    (gone,) = work.threads
    gone.join(PATIENCE)
    work.dies = False
    work.order()
    work.wait()
    assert len(work.threads) == 2
