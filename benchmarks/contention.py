"""Many writers at once: how often they conflict, and what they get done.

Every writer is a thread with a connection of its own, as in Zope. It exchanges grants
or refresh tokens for access tokens, each in a transaction, and repeats one that
conflicted, as often as Zope does. Between one and the next it does not rest.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import closing
from contextlib import contextmanager
from databases import Address
from databases import FileAddress
from databases import Missing
from databases import postgresql_server
from databases import zeo_server
from dataclasses import dataclass
from dataclasses import replace
from measuring import heading
from measuring import show
from multiprocessing import get_context
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.delegation.refreshing import RefreshTokenGrant
from pathlib import Path
from stand_in import CLIENT
from stand_in import DEVICE
from stand_in import HOUR
from stand_in import new_storage
from stand_in import NOW
from stand_in import register_utilities
from stand_in import Server
from stand_in import service_key
from stand_in import sign_in
from stand_in import signed_grant
from tempfile import TemporaryDirectory
from threading import Barrier
from threading import Thread
from transaction import TransactionManager
from typing import Any
from ZODB.POSException import ConflictError

import sys
import time


WRITERS = 8
ISSUES = 20_000
#: Repetitions of a request before Zope gives up.
RETRIES = 3
#: For the comparison with one writer.
ALONE = 2_000
#: Obtains a token; what to send the next time.
Exchange = Callable[[Any, str, float], str]


@dataclass(frozen=True)
class Task:
    """What one process does.

    :param grants: each writer takes them in turn
    :param refreshes: whether they are refresh tokens, each of one writer only
    :param first: number of the first writer here, of all
    """

    address: Address
    grants: Sequence[str]
    writers: int
    issues_each: int
    now: float
    refreshes: bool = False
    first: int = 0

    def grants_of(self, writer: int) -> list[str]:
        """What one writer here begins with."""
        if not self.refreshes:
            return list(self.grants)
        return list(self.grants[self.first + writer :: WRITERS])


@dataclass
class Outcome:
    """What became of it.

    :param issued: tokens that were issued
    :param repeated: transactions that conflicted
    :param failed: requests that Zope would have given up
    :param busy: seconds, added up, in which a transaction was open
    :param seconds: how long it took
    """

    issued: int = 0
    repeated: int = 0
    failed: int = 0
    busy: float = 0
    seconds: float = 0

    def add(self, other: "Outcome") -> None:
        self.issued += other.issued
        self.repeated += other.repeated
        self.failed += other.failed
        self.busy += other.busy
        self.seconds = max(self.seconds, other.seconds)

    @property
    def open_on_average(self) -> float:
        return self.busy / self.seconds

    @property
    def share_repeated(self) -> float:
        return self.repeated / self.issued

    @property
    def per_second(self) -> float:
        return self.issued / self.seconds


def main() -> None:
    """Measure every database that is there, with one key and with a hundred."""
    heading(f"{WRITERS} writers, {ISSUES:,} tokens issued")
    for name, processes, database in databases():
        try:
            with database as address:
                for keys in (1, 100):
                    measure(f"{name}, {keys} keys", address, processes, keys)
                for families in (WRITERS, 100 * WRITERS):
                    what = f"{name}, {families} families"
                    measure_refreshes(what, address, processes, families)
        except Missing as missing:
            show(name, f"left out: {missing}")


def databases() -> Iterator[tuple[str, int, Any]]:
    """Name, number of processes, and how to start it."""
    yield "FileStorage, 1 process", 1, file_database()
    yield "ZEO, 2 processes", 2, zeo_database()
    yield "RelStorage on PostgreSQL, 2 processes", 2, postgresql_server()


@contextmanager
def file_database() -> Iterator[Address]:
    with TemporaryDirectory() as folder:
        yield FileAddress(Path(folder) / "Data.fs")


@contextmanager
def zeo_database() -> Iterator[Address]:
    with TemporaryDirectory() as folder, zeo_server(Path(folder)) as address:
        yield address


def measure(name: str, address: Address, processes: int, keys: int) -> None:
    """Print what many writers do to an empty and to a used database."""
    grants = make_keys(address, keys)
    alone = run(Task(address, grants, 1, ALONE, NOW), 1)
    make_keys(address, keys)
    each = ISSUES // WRITERS
    writers = WRITERS // processes
    task = Task(address, grants, writers, each, NOW)
    for state in ("empty", "used"):
        before = entries(address)
        outcome = run(task, processes)
        lost = outcome.issued - (entries(address) - before)
        show(
            f"{name}, {state}",
            f"{outcome.share_repeated:.2%} repeated, {outcome.failed} failed,"
            f" {lost} entries lost, {outcome.open_on_average:.1f} open,"
            f" {outcome.per_second / alone.per_second:.2f} of one writer"
            f" ({outcome.per_second:,.0f}/s)",
        )


def measure_refreshes(
    name: str, address: Address, processes: int, families: int
) -> None:
    """Print what many writers do that refresh, each its own devices."""
    tokens = make_families(address, families)
    alone = run(Task(address, tokens[:1], 1, ALONE, NOW, refreshes=True), 1)
    tokens = make_families(address, families)
    each, writers = ISSUES // WRITERS, WRITERS // processes
    outcome = run(Task(address, tokens, writers, each, NOW, refreshes=True), processes)
    show(
        name,
        f"{outcome.share_repeated:.2%} repeated, {outcome.failed} failed,"
        f" {outcome.open_on_average:.1f} open,"
        f" {outcome.per_second / alone.per_second:.2f} of one writer"
        f" ({outcome.per_second:,.0f}/s)",
    )


def make_families(address: Address, families: int) -> list[str]:
    """A storage in which each of some people is signed in; their refresh tokens."""
    with closing(address.open()) as db, db.transaction() as connection:
        storage = connection.root.storage = new_storage()
        return [sign_in(storage, f"user-{number}") for number in range(families)]


def make_keys(address: Address, keys: int) -> list[str]:
    """An empty storage with some keys, and a grant of each."""
    clients = [f"svc-{number}" for number in range(keys)]
    with closing(address.open()) as db, db.transaction() as connection:
        storage = connection.root.storage = new_storage()
        for client_id in clients:
            storage["service_key"].add(service_key(client_id))
    return [signed_grant(client_id) for client_id in clients]


def entries(address: Address) -> int:
    """How many entries all usage logs have."""
    with closing(address.open()) as db, db.transaction() as connection:
        storage = connection.root.storage
        return sum(
            storage["usage_log"].count(key.client_id, 0, NOW + HOUR)
            for key in storage["service_key"].all()
        )


def run(task: Task, processes: int) -> Outcome:
    """Let several processes work on it at once."""
    if processes == 1:
        return work(task)
    context = get_context("spawn")
    ready = context.Barrier(processes)
    results = context.Queue()
    started = [
        context.Process(
            target=work_in_process,
            args=(replace(task, first=number * task.writers), ready, results),
        )
        for number in range(processes)
    ]
    for process in started:
        process.start()
    outcome = Outcome()
    for _ in started:
        outcome.add(results.get())
    for process in started:
        process.join()
    return outcome


def work_in_process(task: Task, ready: Any, results: Any) -> None:
    results.put(work(task, ready))


def work(task: Task, ready: Any = None) -> Outcome:
    """What one process does."""
    register_utilities()
    with closing(task.address.open()) as db:
        if ready is not None:
            ready.wait()
        start = Barrier(task.writers + 1)
        outcomes = [Outcome() for _ in range(task.writers)]
        threads = [
            Thread(target=write, args=(db, task, number, outcome, start))
            for number, outcome in enumerate(outcomes)
        ]
        for thread in threads:
            thread.start()
        start.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
    total = Outcome(seconds=seconds)
    for outcome in outcomes:
        total.add(outcome)
    return total


def write(db: Any, task: Task, writer: int, outcome: Outcome, start: Barrier) -> None:
    """What one writer does."""
    manager = TransactionManager()
    connection = db.open(manager)
    grants = task.grants_of(writer)
    exchange = refreshed if task.refreshes else exchanged
    start.wait()
    for number in range(task.issues_each):
        at = number % len(grants)
        # The clock goes on: by as much as it would with as many requests, or until an
        # application refreshes again.
        gone = number // len(grants) * (HOUR - 60) if task.refreshes else number / 100
        now = task.now + gone
        grants[at] = issue(connection, manager, exchange, grants[at], now, outcome)
    manager.abort()
    connection.close()


def issue(
    connection: Any,
    manager: Any,
    exchange: Exchange,
    grant: str,
    now: float,
    outcome: Outcome,
) -> str:
    """One request, repeated as Zope repeats it; what is sent the next time."""
    for _ in range(1 + RETRIES):
        began = time.perf_counter()
        manager.begin()
        try:
            following = exchange(Server(connection.root.storage), grant, now)
            manager.commit()
        except ConflictError:
            manager.abort()
            outcome.repeated += 1
        else:
            outcome.issued += 1
            return following
        finally:
            outcome.busy += time.perf_counter() - began
    outcome.failed += 1
    return grant


def exchanged(server: Any, grant: str, now: float) -> str:
    """Exchange a grant, which can be used again."""
    JWTBearerGrant(server)({"assertion": grant}, CLIENT, now)
    return grant


def refreshed(server: Any, token: str, now: float) -> str:
    """Exchange a refresh token, which is replaced."""
    response = RefreshTokenGrant(server)({"refresh_token": token}, DEVICE, now)
    return str(response.more["refresh_token"])


if __name__ == "__main__":
    sys.exit(main())
