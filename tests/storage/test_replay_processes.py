"""Identifiers of grants are good for one time in all processes together.

Real processes on a real ZEO server. They go in lockstep: each notes the identifier
before any of them commits, so that they always conflict.
"""

from collections.abc import Iterator
from databases import ZEO
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.storage.expiring import SHARDS
from pas.plugins.tokenauth.storage.replay import CLOCK_STEP
from pas.plugins.tokenauth.storage.replay import PERIOD
from pas.plugins.tokenauth.storage.replay import ReplaySet
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pathlib import Path
from tests.storage.conftest import Database
from tests.storage.conftest import NOW
from threading import Barrier
from threading import Thread

import pytest
import subprocess
import sys


EXPIRES = NOW + 300
#: Periods for which identifiers are kept longer than their grants live.
KEPT = CLOCK_STEP // PERIOD
TIMEOUT = 30

#: One Zope as far as it matters here. It does what it is told, line by line, and like
#: the publisher it repeats a transaction that conflicted.
PROCESS = """\
import sys, transaction, ZEO
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.storage.replay import ReplaySet
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from ZODB.POSException import ConflictError

port, now, expires = map(int, sys.argv[1:])
connection = ZEO.connection(("127.0.0.1", port), wait_timeout=20)
root = connection.root()
if "tokenauth" not in root:
    root["tokenauth"] = TokenAuthStorage([("replay", ReplaySet)])
    transaction.commit()

def add(jti):
    try:
        root["tokenauth"]["replay"].add("client-1", jti, expires, now)
    except InvalidGrant:
        return "refused"
    return "noted"

def commit(jti):
    try:
        transaction.commit()
    except ConflictError:
        transaction.abort()
        answer = add(jti)
        if answer == "noted":
            transaction.commit()
        return answer
    return "noted"

print("ready", flush=True)
for line in sys.stdin:
    command, _, jti = line.strip().partition(" ")
    if command == "begin":
        transaction.begin()
        answer = "begun"
    else:
        answer = {"add": add, "commit": commit}[command](jti)
    print(answer, flush=True)
"""


class Zope:
    """A process that uses the server."""

    def __init__(self, server: ZEO) -> None:
        numbers = map(str, (server.port, NOW, EXPIRES))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", PROCESS, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def tell(self, command: str, jti: str = "") -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command} {jti}\n")
        self._process.stdin.flush()
        return self._answer()

    def use(self, jti: str) -> str:
        """Use an identifier in a transaction of its own."""
        self.tell("begin")
        answer = self.tell("add", jti)
        return answer if answer == "refused" else self.tell("commit", jti)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ZEO]:
    pytest.importorskip("ZEO")
    with ZEO(tmp_path) as server:
        yield server


@pytest.fixture
def zopes(server: ZEO) -> Iterator[list[Zope]]:
    running: list[Zope] = []
    for _ in range(2):
        running.append(Zope(server))
    yield running
    for zope in running:
        zope.stop()


def test_one_of_two_processes_gets_the_identifier(zopes: list[Zope]) -> None:
    """JB-14; threat: jti reuse, two ZEO clients."""
    for number in range(50):
        jti = f"once-{number}"
        for zope in zopes:
            zope.tell("begin")
        assert [zope.tell("add", jti) for zope in zopes] == ["noted", "noted"]
        first, second = zopes if number % 2 else reversed(zopes)
        assert first.tell("commit", jti) == "noted"
        assert second.tell("commit", jti) == "refused"


def test_different_identifiers_do_not_keep_each_other_out(zopes: list[Zope]) -> None:
    """JB-14: conflicts in one bucket are resolved, or the transaction is repeated."""
    for number in range(20):
        jtis = [f"{name}-{number}" for name in ("a", "b")]
        for zope in zopes:
            zope.tell("begin")
        for zope, jti in zip(zopes, jtis, strict=True):
            assert zope.tell("add", jti) == "noted"
        for zope, jti in zip(zopes, jtis, strict=True):
            assert zope.tell("commit", jti) == "noted"


def test_a_killed_database_forgets_nothing(server: ZEO, zopes: list[Zope]) -> None:
    """JB-14; threat: Keycloak CVE-2026-9802, with ``kill -9``."""
    used = [f"once-{number}" for number in range(20)]
    assert {zopes[number % 2].use(jti) for number, jti in enumerate(used)} == {"noted"}
    server.kill()
    server.start()
    later = Zope(server)
    try:
        assert {later.use(jti) for jti in used} == {"refused"}
        assert later.use("another") == "noted"
    finally:
        later.stop()


def test_one_of_eight_threads_gets_the_identifier(database: Database) -> None:
    """JB-14: eight connections of one process, which note before anybody commits."""
    sessions = [database.session() for _ in range(8)]
    noted, committed = Barrier(len(sessions)), []

    def use(number: int) -> None:
        session = sessions[number]
        session.root["replay"].add("client-1", "once", EXPIRES, NOW)
        noted.wait(TIMEOUT)
        try:
            session.commit()
        except Exception:
            session.abort()
        else:
            committed.append(number)

    threads = [Thread(target=use, args=(each,)) for each in range(len(sessions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert len(committed) == 1
    for session in sessions:
        session.abort()
        with pytest.raises(InvalidGrant, match="jti"):
            session.root["replay"].add("client-1", "once", EXPIRES, NOW)


def test_the_set_stays_as_small_as_what_is_live() -> None:
    """JB-14: 3 simulated days, 1,000 grants an hour, without any scheduled job."""
    used, hours, per_hour = ReplaySet(), 72, 1000
    sizes = []
    for hour in range(hours):
        now = NOW // PERIOD * PERIOD + hour * PERIOD
        for number in range(per_hour):
            used.add("client-1", f"{hour}-{number}", now + number + 360, now + number)
        sizes.append(_size(used))
    # Nothing outlives its hour for longer than clocks may step.
    for groups, identifiers in sizes:
        assert groups <= (2 + KEPT) * SHARDS
        assert identifiers <= (2 + KEPT) * per_hour
    used.drop_expired(NOW + (hours + 2 + KEPT) * PERIOD)
    assert _size(used) == (0, 0)


def test_the_longest_grants_a_site_may_allow_are_bounded_too() -> None:
    """JB-14: an hour of lifetime and the leeway reach into three periods."""
    used, per_hour = ReplaySet(), 1500
    for hour in range(24):
        now = NOW // PERIOD * PERIOD + hour * PERIOD
        for number in range(per_hour):
            kept_until = now + number + PERIOD + 60
            used.add("client-1", f"{hour}-{number}", kept_until, now + number)
    groups, identifiers = _size(used)
    assert groups <= (3 + KEPT) * SHARDS
    assert identifiers <= (3 + KEPT) * per_hour


def _size(used: ReplaySet) -> tuple[int, int]:
    """How many groups there are, and identifiers in them."""
    groups = [group for shard in used._used._shards for group in shard.values()]
    return len(groups), sum(map(len, groups))


def test_a_thousand_replays_of_one_grant_leave_one_record(database: Database) -> None:
    """JB-14: what is refused needs no room."""

    def use(storage: TokenAuthStorage) -> None:
        storage["replay"].add("client-1", "once", EXPIRES, NOW)

    database.run(use)
    session = database.session()
    before = len(database.records())
    for _ in range(1000):
        with pytest.raises(InvalidGrant):
            use(session.root)
    session.commit()
    assert len(database.records()) == before
