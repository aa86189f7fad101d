"""Many writers at once: nobody fails, nothing is lost, hardly anything is repeated."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contention import entries
from contention import make_families
from contention import make_keys
from contention import Outcome
from contention import run
from contention import Task
from contextlib import closing
from contextlib import contextmanager
from databases import Address
from databases import FileAddress
from databases import ZEOAddress
from frontends import FrontEnd
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pathlib import Path
from servers import free_port
from servers import Server
from stand_in import NOW
from threading import Event
from ZODB.POSException import ConflictError

import hashlib
import pytest
import sys


pytestmark = pytest.mark.long

WRITERS = 8
ISSUES_EACH = 300
REFRESHES_EACH = 150
#: An empty database costs a handful, however many tokens follow. Without lanes and
#: with 64 shards it is five times as many.
REPEATED_AT_MOST = WRITERS * ISSUES_EACH // 100


def issue_at_once(address: Address, processes: int, keys: int = 1) -> Outcome:
    """Let eight writers issue tokens, and check what has come of it."""
    grants = make_keys(address, keys)
    task = Task(address, grants, WRITERS // processes, ISSUES_EACH, NOW)
    outcome = run(task, processes)
    assert outcome.failed == 0
    assert outcome.issued == WRITERS * ISSUES_EACH
    assert entries(address) == outcome.issued
    # Else they did not conflict because they took turns.
    assert outcome.open_on_average > WRITERS / 2
    return outcome


@pytest.mark.parametrize("keys", [1, 100])
def test_threads_of_one_process_hardly_conflict(tmp_path: Path, keys: int) -> None:
    outcome = issue_at_once(FileAddress(tmp_path / "Data.fs"), 1, keys)
    assert outcome.repeated <= REPEATED_AT_MOST


def test_two_processes_hardly_conflict(address: Address) -> None:
    outcome = issue_at_once(address, 2)
    assert outcome.repeated <= REPEATED_AT_MOST


@pytest.mark.parametrize("processes", [1, 2])
def test_refreshes_of_different_devices_hardly_conflict(
    zeo: ZEOAddress, tmp_path: Path, processes: int
) -> None:
    """Threads with a file, or two front ends: and no family ends by that."""
    address = zeo if processes == 2 else FileAddress(tmp_path / "Data.fs")
    tokens = make_families(address, WRITERS)
    writers = WRITERS // processes
    task = Task(address, tokens, writers, REFRESHES_EACH, NOW, refreshes=True)
    outcome = run(task, processes)
    assert outcome.failed == 0
    assert outcome.issued == WRITERS * REFRESHES_EACH
    assert outcome.repeated <= WRITERS * REFRESHES_EACH // 100


def test_a_zeo_server_without_this_package_merges_what_clients_write(
    tmp_path: Path,
) -> None:
    """A ZEO server often has nothing but ZEO installed."""
    with bare_zeo_server(tmp_path) as address:
        outcome = issue_at_once(address, 2)
        assert outcome.repeated <= REPEATED_AT_MOST


@contextmanager
def bare_zeo_server(folder: Path) -> Iterator[ZEOAddress]:
    """A ZEO server that cannot import this package."""
    port = free_port()
    program = (
        "import sys; sys.modules['pas.plugins.tokenauth'] = None\n"
        "from ZEO.runzeo import main; main()"
    )
    arguments = ["-a", f"127.0.0.1:{port}", "-f", str(folder / "Data.fs")]
    command = [sys.executable, "-c", program, *arguments]
    with Server(command, port, folder / "log", folder):
        yield ZEOAddress(port)


def test_revoking_and_purging_meanwhile_lose_nothing(address: Address) -> None:
    """RV-01: what was revoked stays so, what is live stays, every entry is there."""
    grants = make_keys(address, 3)
    make_old(address)
    with closing(FrontEnd(address)) as administrator, ThreadPoolExecutor() as executor:
        kept, ended = (administrator.issue(grants[number]) for number in (1, 2))
        done = Event()
        purging = executor.submit(purge_until, administrator, done)
        revoking = executor.submit(administrator.revoke, "svc-2")
        outcome = run(Task(address, grants[:1], 3, ISSUES_EACH, NOW), 2)
        done.set()
        assert purging.result() == OLD_ENTRIES
        revoking.result()
        assert outcome.failed == 0
        assert outcome.issued == 6 * ISSUES_EACH
        # One of each of the other keys.
        assert entries(address) == outcome.issued + 2
        assert administrator.accepts(kept)
        assert not administrator.accepts(ended)
        with administrator.request() as (server, _):
            assert live_tokens(server.storage) == outcome.issued + 2


#: Within the retention, else who issues a token removes some of them now and then.
OLD = NOW - 3 * 24 * 3600
OLD_ENTRIES = 2_000


def make_old(address: Address) -> None:
    """Tokens that have expired, and entries that nobody needs any more."""
    with closing(address.open()) as db, db.transaction() as connection:
        storage = connection.root.storage
        key = storage["service_key"].get("svc-0")
        for number in range(OLD_ENTRIES):
            digest = hashlib.sha256(number.to_bytes(4, "big")).digest()
            storage["usage_log"].add(entry(OLD + number), digest[:8])
            storage["access_tokens"].add(TokenDigest(digest), old_token(key))


def old_token(key: ServiceKey) -> AccessToken:
    return AccessToken(
        credential=key, subject="jane", issued_at=OLD, expires_at=OLD + 3600
    )


def entry(time: float) -> UsageEntry:
    return UsageEntry(
        credential_id="svc-0",
        time=time,
        subject="jane",
        address="192.0.2.1",
        user_agent="agent/1.0",
    )


def purge_until(front_end: FrontEnd, done: Event) -> int:
    """Purge again and again, and at last until nothing is left; tells how much."""
    purged = 0
    while True:
        is_last = done.is_set()
        try:
            with front_end.request() as (server, manager):
                server.storage["access_tokens"].drop_expired(NOW)
                removed = server.storage["usage_log"].remove_older(
                    "svc-0", NOW - 1, PURGE_LIMIT
                )
                manager.commit()
        except ConflictError:
            continue
        purged += removed
        if is_last and not removed:
            return purged


PURGE_LIMIT = 50


def live_tokens(storage: TokenAuthStorage) -> int:
    """All that the storage still has, expired ones included."""
    return sum(
        len(group)
        for shard in storage["access_tokens"]._tokens._shards
        for group in shard.values()
    )
