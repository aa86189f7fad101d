"""Recording uses of tokens without a write in the request."""

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.credentials.settings import USAGE
from pas.plugins.tokenauth.plugin.plugin import TokenAuthPlugin
from pas.plugins.tokenauth.site.sections import declare_settings
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage import writer
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.recorder import RETRY_AFTER
from pas.plugins.tokenauth.usage.recorder import UseRecorder
from pas.plugins.tokenauth.usage.writer import TRIES
from pas.plugins.tokenauth.usage.writer import USED_GRAIN
from pathlib import Path
from tests.storage.conftest import STORES
from transaction import TransactionManager
from typing import Any
from weakref import ref
from ZEO.Exceptions import ClientDisconnected
from ZODB.Connection import Connection
from ZODB.DB import DB
from ZODB.DemoStorage import DemoStorage
from ZODB.FileStorage import FileStorage
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadOnlyError
from ZODB.tests.MVCCMappingStorage import MVCCMappingStorage

import gc
import logging
import os
import pytest
import subprocess
import sys
import threading
import time


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
#: The default of the setting.
INTERVAL = 300.0
CLIENT = ClientInfo(address="192.0.2.1", user_agent="agent/1.0")


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Database:
    """A database with a plugin that knows some tokens."""

    def __init__(self, storage: Any, tokens: int = 3) -> None:
        self.db = DB(storage, pool_size=50)
        with self.changing() as root:
            if hasattr(root, "plugin"):
                return
            root.plugin = new_plugin()
            for number in range(tokens):
                root.plugin._storage["personal_access_token"].add(token(number))

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A connection as a request has it, with a transaction of its own."""
        manager = TransactionManager()
        connection = self.db.open(manager)
        try:
            yield connection
        finally:
            manager.abort()
            connection.close()

    @contextmanager
    def changing(self) -> Iterator[Any]:
        """The root of the database, for a change that is committed."""
        with self.session() as connection:
            yield connection.root
            connection.transaction_manager.commit()

    def entries(self, number: int = 0) -> list[UsageEntry]:
        with self.session() as connection:
            log = connection.root.plugin._storage["usage_log"]
            return list(log.entries(f"pat-{number}"))

    def request(
        self,
        recorder: UseRecorder,
        number: int = 0,
        now: float = NOW,
        client: ClientInfo = CLIENT,
    ) -> None:
        """A request with a token that does nothing else."""
        with self.session() as connection:
            plugin = connection.root.plugin
            credential = plugin._storage.credential(f"pat-{number}")
            recorder.note_use(
                plugin, credential.credential_id, credential.owner, client, now
            )

    def transactions(self) -> list[Any]:
        return list(self.db.storage.iterator())


def new_plugin() -> TokenAuthPlugin:
    """A plugin with all stores, whether ZCML was read or not."""
    plugin = TokenAuthPlugin("token_auth")
    plugin._storage.add_missing(STORES.items())
    return plugin


def token(number: int) -> PersonalAccessToken:
    return PersonalAccessToken(
        f"pat-{number}",
        digest=TokenDigest(number.to_bytes(32, "big")),
        owner="jane",
        title="A token",
        issued_at=NOW,
    )


@pytest.fixture(scope="module", autouse=True)
def usage_settings() -> None:
    """Give plugins the settings that are read here, as ZCML does for a site."""
    declare_settings(USAGE)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(clock: Clock) -> UseRecorder:
    return UseRecorder(clock, in_background=False)


@pytest.fixture
def open_database() -> Iterator[Callable[..., Database]]:
    opened: list[Database] = []

    def open_database(storage: Any = None, tokens: int = 3) -> Database:
        # An empty storage is false.
        storage = DemoStorage() if storage is None else storage
        opened.append(Database(storage, tokens))
        return opened[-1]

    yield open_database
    for database in opened:
        database.db.close()


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database()


class TestTheRequest:
    """It counts, and does nothing else."""

    def test_a_request_starts_no_thread_where_none_may_run(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        before = threading.active_count()
        database.request(recorder)
        assert threading.active_count() == before

    def test_noting_a_use_loads_and_registers_nothing(
        self,
        database: Database,
        recorder: UseRecorder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        registered: list[str] = []
        monkeypatch.setattr(
            Connection, "register", lambda self, obj: registered.append(str(obj))
        )
        with database.session() as connection:
            plugin = connection.root.plugin
            credential = plugin._storage.credential("pat-0")
            assert credential.owner == "jane"
            connection.getTransferCounts(True)
            # As cold as it can be: the plugin itself is not even loaded.
            plugin._p_deactivate()
            recorder.note_use(
                plugin, credential.credential_id, credential.owner, CLIENT, NOW
            )
            assert connection.getTransferCounts() == (0, 0)
            assert plugin._p_changed is None
            assert connection.transaction_manager.get()._resources == []
        assert registered == []

    def test_noting_a_use_opens_no_connection(
        self,
        database: Database,
        recorder: UseRecorder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with database.session() as connection:
            plugin = connection.root.plugin
            credential = plugin._storage.credential("pat-0")
            monkeypatch.setattr(DB, "open", None)
            recorder.note_use(
                plugin, credential.credential_id, credential.owner, CLIENT, NOW
            )

    def test_a_plugin_that_is_not_stored_is_nothing_to_find_again(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        recorder.note_use(
            TokenAuthPlugin("token_auth"),
            token(0).credential_id,
            token(0).owner,
            CLIENT,
            NOW,
        )
        recorder.flush()
        assert database.entries() == []

    def test_a_request_that_is_aborted_was_a_use_all_the_same(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        # Database.request() aborts, as a refused or a read-only request does.
        database.request(recorder)
        recorder.flush()
        assert len(database.entries()) == 1

    def test_importing_and_making_a_recorder_starts_nothing(self) -> None:
        assert UseRecorder()._background._thread is None


class TestWriting:
    """What is due goes to the usage log, in one transaction."""

    def test_the_first_use_is_written_at_once(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        database.request(recorder)
        recorder.flush()
        assert database.entries() == [
            UsageEntry(
                credential_id="pat-0",
                time=NOW,
                subject="jane",
                address="192.0.2.1",
                user_agent="agent/1.0",
                uses=1,
            )
        ]

    def test_uses_within_the_interval_are_one_transaction_and_one_entry(
        self, database: Database, recorder: UseRecorder, clock: Clock
    ) -> None:
        database.request(recorder)
        recorder.flush()
        before = len(database.transactions())
        for second in range(1, 251):
            clock.now = NOW + second
            database.request(recorder, now=clock.now)
            recorder.flush()
        assert len(database.transactions()) == before
        clock.now = NOW + INTERVAL
        recorder.flush()
        recorder.flush()
        assert len(database.transactions()) == before + 1
        newest, first = database.entries()
        assert (newest.uses, newest.time) == (250, NOW + 250)
        assert (first.uses, first.time) == (1, NOW)

    def test_all_tokens_of_a_site_share_a_transaction_that_says_what_it_is(
        self, open_database: Callable[..., Database], recorder: UseRecorder
    ) -> None:
        database = open_database(tokens=40)
        before = len(database.transactions())
        for number in range(40):
            database.request(recorder, number)
        database.request(recorder, client=ClientInfo(address="::1", user_agent=""))
        recorder.flush()
        (transaction,) = database.transactions()[before:]
        assert transaction.description == b"tokenauth: uses of 40 tokens"
        assert transaction.user == b""
        assert all(database.entries(number) for number in range(40))
        assert {entry.address for entry in database.entries()} == {"192.0.2.1", "::1"}

    def test_the_setting_decides_how_often(
        self, database: Database, recorder: UseRecorder, clock: Clock
    ) -> None:
        with database.changing() as root:
            root.plugin.usage_recording_interval = 1
        for seconds in (0, 59, 60):
            clock.now = NOW + seconds
            database.request(recorder, now=clock.now)
            recorder.flush()
        assert [entry.uses for entry in database.entries()] == [2, 1]

    def test_nothing_is_written_when_nobody_came(
        self, database: Database, recorder: UseRecorder, clock: Clock
    ) -> None:
        database.request(recorder)
        recorder.flush()
        before = len(database.transactions())
        for seconds in range(0, 3000, 60):
            clock.now = NOW + seconds
            recorder.flush()
        assert len(database.transactions()) == before

    def test_values_of_a_client_are_cleaned(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        client = ClientInfo(address="::1\x00", user_agent="a\n\ud800b" + "x" * 10_000)
        database.request(recorder, client=client)
        recorder.flush()
        (entry,) = database.entries()
        assert entry.address == "::1"
        assert entry.user_agent == "ab" + "x" * 198

    def test_uses_before_the_end_of_a_token_are_evidence(
        self, database: Database, recorder: UseRecorder, clock: Clock
    ) -> None:
        database.request(recorder, 0)
        database.request(recorder, 1)
        with database.changing() as root:
            tokens = root.plugin._storage["personal_access_token"]
            tokens.mark_revoked("pat-0", "jane", NOW + 1)
            tokens.mark_orphaned("jane", NOW + 1)
        clock.now = NOW + 2
        recorder.flush()
        assert [entry.time for entry in database.entries(0)] == [NOW]
        assert [entry.time for entry in database.entries(1)] == [NOW]

    def test_nothing_is_written_for_a_token_that_was_forgotten(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        database.request(recorder, 0)
        with database.changing() as root:
            root.plugin._storage["personal_access_token"].remove("pat-0")
        before = len(database.transactions())
        recorder.flush()
        assert len(database.transactions()) == before
        assert database.entries(0) == []

    def test_uses_of_other_tokens_are_written_all_the_same(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        for number in range(3):
            database.request(recorder, number)
        with database.changing() as root:
            root.plugin._storage["personal_access_token"].remove("pat-1")
        recorder.flush()
        assert [len(database.entries(number)) for number in range(3)] == [1, 0, 1]

    def test_the_log_of_a_token_is_trimmed_now_and_then(
        self,
        database: Database,
        recorder: UseRecorder,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(writer, "_TIDY_EVERY", 1)
        database.request(recorder)
        recorder.flush()
        clock.now = NOW + 8 * DAY
        database.request(recorder, now=clock.now)
        recorder.flush()
        assert [entry.time for entry in database.entries()] == [clock.now]

    def test_the_log_of_a_token_that_has_ended_stays_as_it_was(
        self,
        database: Database,
        recorder: UseRecorder,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(writer, "_TIDY_EVERY", 1)
        database.request(recorder)
        recorder.flush()
        clock.now = NOW + 8 * DAY
        database.request(recorder, now=clock.now)
        with database.changing() as root:
            tokens = root.plugin._storage["personal_access_token"]
            tokens.mark_revoked("pat-0", "jane", clock.now)
        recorder.flush()
        assert len(database.entries()) == 2

    def test_a_flush_leaves_no_connection_open(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        database.request(recorder)
        recorder.flush()
        assert not any(c.opened for c in database.db.pool)


class Unreliable(DemoStorage):
    """A storage that fails whenever it is told to."""

    failure: Exception | None = None
    votes = 0

    def tpc_vote(self, *args: Any) -> Any:
        self.votes += 1
        if self.failure is not None:
            raise self.failure
        return super().tpc_vote(*args)


class TestFailure:
    """Nothing is lost, nothing is repeated, and the log stays readable."""

    @pytest.fixture
    def storage(self) -> Unreliable:
        return Unreliable()

    @pytest.fixture
    def database(
        self, open_database: Callable[..., Database], storage: Unreliable
    ) -> Database:
        return open_database(storage)

    @pytest.mark.parametrize(
        "failure",
        [
            OSError(28, "No space left on device"),
            ReadOnlyError(),
            ClientDisconnected(),
            ConflictError(),
            RuntimeError("anything"),
        ],
        ids=lambda failure: type(failure).__name__,
    )
    def test_uses_wait_until_they_can_be_written(
        self,
        database: Database,
        storage: Unreliable,
        recorder: UseRecorder,
        clock: Clock,
        failure: Exception,
    ) -> None:
        storage.failure = failure
        database.request(recorder)
        recorder.flush()
        database.request(recorder, now=NOW + 1)
        assert database.entries() == []
        storage.failure = None
        clock.now = NOW + RETRY_AFTER
        recorder.flush()
        (entry,) = database.entries()
        assert (entry.uses, entry.time) == (2, NOW + 1)

    def test_after_a_failure_the_database_is_left_alone_for_a_minute(
        self,
        database: Database,
        storage: Unreliable,
        recorder: UseRecorder,
        clock: Clock,
    ) -> None:
        storage.failure = OSError()
        database.request(recorder)
        recorder.flush()
        before = storage.votes
        for seconds in range(int(RETRY_AFTER)):
            clock.now = NOW + seconds
            database.request(recorder, now=clock.now)
            recorder.flush()
        assert storage.votes == before
        assert recorder._seconds_to_wait() == 1

    def test_a_clock_that_is_set_back_makes_nobody_wait_longer(
        self,
        database: Database,
        storage: Unreliable,
        recorder: UseRecorder,
        clock: Clock,
    ) -> None:
        storage.failure = OSError()
        database.request(recorder)
        recorder.flush()
        storage.failure = None
        clock.now = NOW - 7200
        recorder.flush()
        assert len(database.entries()) == 1

    def test_a_conflict_is_tried_again_at_once(
        self, database: Database, storage: Unreliable, recorder: UseRecorder
    ) -> None:
        storage.failure = ConflictError()
        before = storage.votes
        database.request(recorder)
        recorder.flush()
        assert storage.votes == before + TRIES

    @pytest.mark.parametrize(
        ("failure", "is_explained"),
        [(ReadOnlyError(), False), (OSError(), False), (RuntimeError(), True)],
    )
    def test_a_lasting_failure_is_one_line_in_the_log(
        self,
        database: Database,
        storage: Unreliable,
        recorder: UseRecorder,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
        failure: Exception,
        is_explained: bool,
    ) -> None:
        storage.failure = failure
        caplog.set_level(logging.INFO, "pas.plugins.tokenauth")
        for minute in range(60):
            clock.now = NOW + minute * RETRY_AFTER
            database.request(recorder, now=clock.now)
            recorder.flush()
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert record.getMessage() == (
            "Uses of tokens wait in memory, the usage log cannot be written."
            f" {type(failure).__name__}: {failure}"
        )
        assert bool(record.exc_info) == is_explained

    def test_the_next_failure_is_another_line(
        self,
        database: Database,
        storage: Unreliable,
        recorder: UseRecorder,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        for minute, failure in enumerate((OSError(), None, OSError())):
            storage.failure = failure
            clock.now = NOW + minute * INTERVAL
            database.request(recorder, now=clock.now)
            recorder.flush()
        assert len(caplog.records) == 2

    def test_the_first_that_is_due_is_waited_for(
        self,
        database: Database,
        storage: Unreliable,
        open_database: Callable[..., Database],
        recorder: UseRecorder,
        clock: Clock,
    ) -> None:
        """Whatever others there are: a site that rests, and one without uses."""
        rests, idle, other = (open_database() for _ in range(3))
        storage.failure = OSError()
        for site in (database, idle, rests):
            site.request(recorder)
        recorder.flush()
        rests.request(recorder, now=NOW)
        assert recorder._seconds_to_wait() == RETRY_AFTER
        other.request(recorder)
        assert recorder._seconds_to_wait() == 0

    def test_a_site_that_fails_does_not_keep_others_from_writing(
        self,
        database: Database,
        storage: Unreliable,
        open_database: Callable[..., Database],
        recorder: UseRecorder,
    ) -> None:
        other = open_database()
        storage.failure = OSError()
        database.request(recorder)
        other.request(recorder)
        recorder.flush()
        assert (len(database.entries()), len(other.entries())) == (0, 1)

    def test_a_read_only_database_stays_as_it_is(
        self,
        tmp_path: Path,
        open_database: Callable[..., Database],
        recorder: UseRecorder,
        clock: Clock,
    ) -> None:
        path = str(tmp_path / "Data.fs")
        Database(FileStorage(path)).db.close()
        before = Path(path).read_bytes()
        database = DB(FileStorage(path, read_only=True))
        connection = database.open(TransactionManager())
        plugin = connection.root.plugin
        for minute in range(10):
            clock.now = NOW + minute * INTERVAL
            credential = plugin._storage.credential("pat-0")
            recorder.note_use(
                plugin, credential.credential_id, credential.owner, CLIENT, clock.now
            )
            recorder.flush()
        assert Path(path).read_bytes() == before
        connection.close()
        database.close()


class TestDatabases:
    """A recorder serves whatever databases there are, and holds none of them."""

    def test_a_database_that_is_closed_is_forgotten(
        self, recorder: UseRecorder, caplog: pytest.LogCaptureFixture
    ) -> None:
        database = Database(DemoStorage())
        database.request(recorder)
        database.db.close()
        recorder.flush()
        assert recorder._sites == {}
        assert caplog.records == []

    def test_a_database_is_not_kept_alive(self, recorder: UseRecorder) -> None:
        database = Database(DemoStorage())
        database.request(recorder)
        recorder.flush()
        assert len(database.entries()) == 1
        database.request(recorder, now=NOW + 1)
        database.db.close()
        alive = ref(database.db)
        del database
        # What a finalizer touches in the first round goes in the second.
        for _ in range(2):
            gc.collect()
        assert alive() is None
        recorder.flush()
        assert recorder._sites == {}

    def test_a_plugin_that_was_packed_away_is_no_failure(
        self,
        tmp_path: Path,
        open_database: Callable[..., Database],
        recorder: UseRecorder,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        database = open_database(FileStorage(str(tmp_path / "Data.fs")))
        database.request(recorder)
        with database.changing() as root:
            gone = root.plugin
            del root.plugin
        database.db.pack()
        database.db.cacheMinimize()
        for number in range(2):
            recorder.flush()
            assert recorder._seconds_to_wait() is None
            recorder.note_use(gone, "pat-0", "jane", CLIENT, NOW + number)
        recorder.flush()
        assert "Uses of tokens wait" not in caplog.text

    def test_two_plugins_in_one_database_have_a_log_each(
        self, database: Database, recorder: UseRecorder
    ) -> None:
        with database.changing() as root:
            root.other = new_plugin()
            root.other._storage["personal_access_token"].add(token(0))
        database.request(recorder)
        with database.session() as connection:
            other = connection.root.other
            credential = other._storage.credential("pat-0")
            recorder.note_use(
                other, credential.credential_id, credential.owner, CLIENT, NOW
            )
            recorder.note_use(
                other, credential.credential_id, credential.owner, CLIENT, NOW
            )
        recorder.flush()
        assert [entry.uses for entry in database.entries()] == [1]
        with database.session() as connection:
            (entry,) = connection.root.other._storage["usage_log"].entries("pat-0")
        assert entry.uses == 2


class TestSeveralProcesses:
    """Each writes on its own, and hardly ever conflicts."""

    @pytest.mark.parametrize("kind", ["file", "memory"])
    def test_two_processes_that_write_at_once_do_not_conflict(
        self,
        kind: str,
        tmp_path: Path,
        open_database: Callable[..., Database],
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The same busy tokens through both, a write for each at every turn."""
        file = str(tmp_path / "Data.fs")
        storage = FileStorage(file) if kind == "file" else MVCCMappingStorage()
        database = open_database(storage, tokens=20)
        recorders = [UseRecorder(clock, in_background=False) for _ in range(2)]
        conflicts = count_conflicts(monkeypatch)
        turns = 20
        with ThreadPoolExecutor(2) as executor:
            for turn in range(turns):
                clock.now = NOW + turn * INTERVAL
                for recorder in recorders:
                    for number in range(20):
                        database.request(recorder, number, clock.now)
                list(executor.map(UseRecorder.flush, recorders))
        for number in range(20):
            assert len(database.entries(number)) == 2 * turns
        # One in 64 by chance; sixteen threads at once in the benchmark. And once in an
        # hour, when both note the last use for lists.
        assert len(conflicts) <= 5 + turns * INTERVAL / USED_GRAIN + 1

    def test_a_conflict_costs_no_use(
        self, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All of them are sent to one place, where they conflict for certain."""
        monkeypatch.setattr(
            "pas.plugins.tokenauth.usage.writer.secrets.token_bytes",
            lambda length: b"\0" if length == 1 else os.urandom(length),
        )
        recorders = [UseRecorder(clock, in_background=False) for _ in range(4)]
        with ThreadPoolExecutor(4) as executor:
            for turn in range(20):
                clock.now = NOW + turn * (INTERVAL + RETRY_AFTER)
                for recorder in recorders:
                    database.request(recorder, now=clock.now)
                list(executor.map(UseRecorder.flush, recorders))
        clock.now += RETRY_AFTER
        for recorder in recorders:
            recorder.flush()
        assert sum(entry.uses for entry in database.entries()) == 80


def count_conflicts(monkeypatch: pytest.MonkeyPatch) -> list[ConflictError]:
    """All conflicts from now on, also those that are tried again."""
    conflicts: list[ConflictError] = []
    original = ConflictError.__init__

    def init(self: ConflictError, *args: Any, **kwargs: Any) -> None:
        conflicts.append(self)
        original(self, *args, **kwargs)

    monkeypatch.setattr(ConflictError, "__init__", init)
    return conflicts


class TestInBackground:
    """A thread of its own does it, from the first use to the end of the process."""

    def test_a_use_is_written_without_anybody_asking(self, database: Database) -> None:
        recorder = UseRecorder()
        database.request(recorder, now=time.time())
        recorder.stop()
        assert len(database.entries()) == 1

    def test_the_end_of_the_process_writes_what_waits(self, database: Database) -> None:
        recorder = UseRecorder()
        now = time.time()
        database.request(recorder, now=now)
        recorder.flush()
        database.request(recorder, now=now + 1)
        recorder.stop()
        assert [entry.uses for entry in database.entries()] == [1, 1]

    def test_the_end_comes_after_the_database_was_closed(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        database = Database(DemoStorage())
        recorder = UseRecorder()
        database.request(recorder, now=time.time())
        database.db.close()
        recorder.stop()
        assert caplog.records == []

    def test_a_failure_does_not_end_the_thread(
        self, open_database: Callable[..., Database]
    ) -> None:
        storage = Unreliable()
        database = open_database(storage)
        recorder = UseRecorder()
        storage.failure = OSError()
        database.request(recorder, now=time.time())
        recorder.flush()
        storage.failure = None
        recorder.stop()
        assert len(database.entries()) == 1

    def test_a_process_that_ends_writes_what_waits(self, tmp_path: Path) -> None:
        """Nobody tells the recorder; the database is still open at that time."""
        path = str(tmp_path / "Data.fs")
        Database(FileStorage(path)).db.close()
        arguments = [sys.executable, "-c", PROGRAM, path]
        subprocess.run(arguments, check=True, timeout=120)
        database = Database(FileStorage(path))
        assert [entry.uses for entry in database.entries()] == [2]
        database.db.close()


#: Ends before the thread gets to its first write.
PROGRAM = """
from pas.plugins.tokenauth.credentials.settings import USAGE
from pas.plugins.tokenauth.site.sections import declare_settings
from pas.plugins.tokenauth.tokens.issue import ClientInfo
from pas.plugins.tokenauth.usage.recorder import recorder
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage

import sys
import threading
import time

declare_settings(USAGE)
db = DB(FileStorage(sys.argv[1]))
plugin = db.open().root.plugin
token = plugin._storage.credential("pat-0")
client = ClientInfo(address="192.0.2.1", user_agent="agent/1.0")
recorder.note_use(plugin, token.credential_id, token.owner, client, time.time())
recorder.note_use(plugin, token.credential_id, token.owner, client, time.time())
"""
