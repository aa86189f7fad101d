"""What recording the uses of personal access tokens costs: the request and the thread.

The database is a real FileStorage in a temporary folder, whose commits wait for
the disk. Times depend on the machine, ratios hardly do.
"""

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from measuring import heading
from measuring import median
from measuring import show
from pas.plugins.tokenauth.core.background import PAUSE
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.plugin.plugin import TokenAuthPlugin
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage import writer as usewriting
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.recorder import UseRecorder
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage

import logging
import os
import secrets
import statistics
import time
import transaction


NOW = 1_800_000_000.0
INTERVAL = 300.0
CLIENT = ClientInfo(address="192.0.2.1", user_agent="python-requests/2.32.5")
TOKENS = 1_000
#: What is called as often takes so long that the clock can tell.
CALLS = 10_000
REPEAT = 30
REQUESTS_PER_SECOND = 200
PROCESSES = 4
TURNS = 20
#: Tokens that are in use for as long as their log is kept, all of the time.
BUSY_TOKENS = 100
DAYS = 7


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def main() -> None:
    # Conflicts are counted here, nobody wants to read each.
    logging.disable()
    heading("Recording the uses of personal access tokens")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "Data.fs"
        db = DB(FileStorage(str(path)), pool_size=50)
        connection = db.open()
        plugin = connection.root.plugin = TokenAuthPlugin("token_auth")
        for number in range(TOKENS):
            plugin._storage["personal_access_token"].add(personal_access_token(number))
        transaction.commit()

        noting = in_the_request(plugin)
        several_processes(plugin)
        in_the_thread(plugin, path, noting)
        connection.close()
        db.close()


def in_the_request(plugin: Any) -> float:
    """What a request pays, in microseconds."""
    recorder = UseRecorder(in_background=False)
    storage = plugin._storage
    credential = storage.credential("pat-0")
    token = "ptp_" + "x" * 49
    noting = of_one(
        lambda: recorder.note_use(
            plugin, credential.credential_id, credential.owner, CLIENT, NOW
        )
    )
    finding = of_one(lambda: storage["personal_access_token"].by_digest(digest(token)))
    share = noting * REQUESTS_PER_SECOND / 1e6
    show("SHA-256 and look-up of a token", f"{finding:.2f} µs")
    show("note_use", f"{noting:.2f} µs = {noting / finding:.2f} look-ups")
    show(f"of one core, at {REQUESTS_PER_SECOND} requests/s", f"{share:.3%}")
    return noting


def of_one(function: Callable[[], Any]) -> float:
    """The median time of a call in microseconds, when the clock cannot tell so few."""

    def many() -> None:
        for _ in range(CALLS):
            function()

    return median(many, repeat=REPEAT) / CALLS


def in_the_thread(plugin: Any, path: Path, noting: float) -> None:
    """What the thread does meanwhile."""
    show_flush(plugin, path, TOKENS)
    fill(plugin)
    show_flush(plugin, path, BUSY_TOKENS, f", after {DAYS} busy days")
    # Each second some of them are due.
    due = round(TOKENS / INTERVAL * PAUSE)
    seconds = show_flush(plugin, path, due, f", after {DAYS} busy days") / PAUSE
    show(f"of one core, with {TOKENS:,} tokens busy all the time", f"{seconds:.2%}")
    each = noting / 1e6 + seconds / REQUESTS_PER_SECOND
    show("for each request, all in all", f"{each * 1e6:.1f} µs")


def show_flush(plugin: Any, path: Path, tokens: int, when: str = "") -> float:
    """Show and return the seconds it takes."""
    clock = Clock()
    recorder = UseRecorder(clock, in_background=False)
    flushes = [flush(recorder, plugin, clock, path, tokens) for _ in range(REPEAT)]
    seconds = statistics.median(found[0] for found in flushes)
    size = statistics.median(found[1] for found in flushes)
    show(
        f"writing the uses of {tokens:,} tokens{when}",
        f"{seconds * 1000:.1f} ms, {size / tokens:,.0f} bytes for each",
    )
    return seconds


def fill(plugin: Any) -> None:
    """All that the log keeps of tokens that are busy all the time."""
    transaction.begin()
    log = plugin._storage["usage_log"]
    for number in range(BUSY_TOKENS):
        for entry in range(int(DAYS * 86400 / INTERVAL)):
            log.add(
                UsageEntry(
                    credential_id=f"pat-{number}",
                    time=NOW - entry * INTERVAL,
                    subject="jane",
                    address=CLIENT.address,
                    user_agent=CLIENT.user_agent,
                    uses=100,
                ),
                secrets.token_bytes(8),
            )
        transaction.commit()


def flush(
    recorder: UseRecorder, plugin: Any, clock: Clock, path: Path, tokens: int
) -> tuple[float, int]:
    """Seconds and bytes that it takes to write the uses of some tokens."""
    clock.now += INTERVAL
    use(recorder, plugin, clock.now, tokens)
    size = os.path.getsize(path)
    start = time.perf_counter()
    recorder.flush()
    return time.perf_counter() - start, os.path.getsize(path) - size


def several_processes(plugin: Any) -> None:
    """How often they conflict."""
    with counted_transactions() as begun:
        write_at_once(plugin)
    show(
        f"{PROCESSES} processes at once, {PROCESSES * TURNS} writes",
        f"{len(begun) - PROCESSES * TURNS} repeated",
    )


def write_at_once(plugin: Any) -> None:
    clock = Clock()
    recorders = [UseRecorder(clock, in_background=False) for _ in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as executor:
        for _ in range(TURNS):
            clock.now += INTERVAL
            for recorder in recorders:
                use(recorder, plugin, clock.now, 100)
            list(executor.map(UseRecorder.flush, recorders))


@contextmanager
def counted_transactions() -> Iterator[list[Any]]:
    """Every attempt to write, also those that are repeated."""
    begun: list[Any] = []
    original = usewriting._add

    def add(*args: Any) -> None:
        begun.append(args)
        original(*args)

    usewriting._add = add
    yield begun
    usewriting._add = original


def use(recorder: UseRecorder, plugin: Any, now: float, tokens: int) -> None:
    for number in range(tokens):
        credential = plugin._storage.credential(f"pat-{number}")
        recorder.note_use(
            plugin, credential.credential_id, credential.owner, CLIENT, now
        )


def personal_access_token(number: int) -> PersonalAccessToken:
    return PersonalAccessToken(
        f"pat-{number}",
        digest=TokenDigest(secrets.token_bytes(32)),
        owner="jane",
        title="A token",
        issued_at=NOW,
    )


if __name__ == "__main__":
    main()
