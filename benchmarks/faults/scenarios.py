"""One function for each kind of fault: injects some and returns what came of them."""

from checks import check_database
from checks import check_promises
from checks import seconds_to_recover
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from databases import Address
from databases import FileAddress
from databases import Missing
from databases import PostgreSQL
from databases import PostgreSQLAddress
from databases import ZEO
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timezone
from instance import Zope
from ledger import Credential
from ledger import Ledger
from load import Client
from load import Load
from pathlib import Path
from servers import Server
from signins import SignIns
from template import copied_database
from template import USER
from template import WORK

import os
import random
import shutil
import subprocess
import sys
import time


CLIENTS = 4
#: Between two Zopes with one database, news is on its way for a moment.
GRACE = 3.0
HOUR = 60 * 60
#: Seconds after which a use is written, in the scenario that is about that.
RECORDED_EVERY = 60
MEGABYTE = 1024 * 1024


class Skipped(Exception):
    """This machine lacks something; the message says what."""


@dataclass
class Result:
    name: str
    ledger: Ledger
    faults: int = 0
    #: Seconds from a fault, or the start of what was killed, until all works again.
    recoveries: list[float] = field(default_factory=list)
    databases: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def check(self, data: Path, everything: bool = True) -> None:
        self.problems += check_database(data, everything)
        self.databases += 1

    @property
    def failures(self) -> list[str]:
        return self.problems + self.ledger.violations


def kill_zope(faults: int) -> Result:
    """`kill -9` of a Zope that has the database file open."""
    home = WORK / "kill-zope"
    data = copied_database(home)
    zope = Zope(home / "zope", database=FileAddress(data))
    result = Result("kill -9 of Zope", Ledger())
    with _running(zope), _load(result.ledger, [zope]) as load:
        for number in range(faults):
            _work_for_a_while(load)
            zope.kill()
            result.faults += 1
            killed_at = time.monotonic()
            load.pause()
            result.check(data, everything=_is_turn(number, faults))
            started_at = time.monotonic()
            zope.start()
            _recover(result, [zope], started_at, killed_at)
        _check_everything(result, [zope])
    return result


def kill_zeo(faults: int) -> Result:
    """`kill -9` of the ZEO server of two Zopes, which are started anew after it.

    Zopes that stay use ids of objects that the new server gives to others, as the
    documentation says; this is so with any package.
    """
    home = WORK / "kill-zeo"
    zeo = ZEO(home / "zeo", data=copied_database(home))
    result = Result("kill -9 of ZEO", Ledger(GRACE))
    with _running(zeo):
        zopes = _two_zopes(home, zeo.address)
        with _running(*zopes), _load(result.ledger, zopes) as load:
            for number in range(faults):
                _work_for_a_while(load)
                zeo.kill()
                result.faults += 1
                killed_at = time.monotonic()
                # Requests that come meanwhile get no answer, or an error.
                time.sleep(random.uniform(0, 3))
                load.pause()
                for zope in zopes:
                    zope.kill()
                result.check(zeo.data, everything=_is_turn(number, faults))
                started_at = time.monotonic()
                for server in (zeo, *zopes):
                    server.start()
                _recover(result, zopes, started_at, killed_at)
            _check_everything(result, zopes)
    return result


def full_disk(faults: int) -> Result:
    """No space left on the device of the database, while Zope writes."""
    result = Result("full disk under Zope", Ledger())
    with _small_disk("full-disk") as disk:
        data = copied_database(disk.folder)
        home = WORK / "full-disk"
        zope = Zope(home / "zope", database=FileAddress(data))
        with _running(zope), _load(result.ledger, [zope]) as load:
            _fill(result, load, disk, [zope], faults)
        result.check(data)
    return result


def full_disk_of_zeo(faults: int) -> Result:
    """The same below a ZEO server with two Zopes."""
    result = Result("full disk under ZEO", Ledger(GRACE))
    with _small_disk("full-disk-zeo") as disk:
        home = WORK / "full-disk-zeo"
        zeo = ZEO(home / "zeo", data=copied_database(disk.folder))
        with _running(zeo):
            zopes = _two_zopes(home, zeo.address)
            with _running(*zopes), _load(result.ledger, zopes) as load:
                _fill(result, load, disk, zopes, faults)
        result.check(zeo.data)
    return result


def clock(faults: int) -> Result:
    """The clock of the server steps an hour forward or back, and back again."""
    home = WORK / "clock"
    data = copied_database(home)
    offset = home / "offset"
    _step(offset, 0)
    environment = {
        "PYTHONPATH": str(Path(__file__).parent / "shim"),
        "TOKENAUTH_CLOCK_OFFSET": str(offset),
    }
    zope = Zope(
        home / "zope",
        database=FileAddress(data),
        environment=environment,
    )
    result = Result("clock steps by an hour", Ledger())
    # Programs see the same time, or no grant of theirs would be accepted.
    steps = [0]

    def now() -> float:
        return time.time() + steps[0]

    with _running(zope), _load(result.ledger, [zope], now) as load:
        for number in range(faults):
            _work_for_a_while(load)
            load.pause()
            steps[0] = (HOUR, 0, -HOUR, 0)[number % 4]
            _step(offset, steps[0])
            result.faults += 1
            _check_clock(result, zope, now)
            load.go()
            stepped_at = time.monotonic()
            _recover(result, [zope], stepped_at, stepped_at, now)
        _check_everything(result, [zope], now)
    result.check(data)
    return result


def postgresql(faults: int) -> Result:
    """PostgreSQL is restarted, or killed, under two Zopes with RelStorage."""
    home = WORK / "postgresql"
    shutil.rmtree(home, ignore_errors=True)
    try:
        database = PostgreSQL()
    except Missing as missing:
        raise Skipped(str(missing)) from None
    result = Result("PostgreSQL restarted", Ledger(GRACE))
    address = database.address
    try:
        database.start()
        _converted(home, address)
        zopes = _two_zopes(home, address)
        with _running(*zopes), _load(result.ledger, zopes) as load:
            for number in range(faults):
                _work_for_a_while(load)
                if number % 2:
                    started_at = time.monotonic()
                    database.stop()
                    database.start()
                else:
                    database.kill()
                    started_at = time.monotonic()
                    database.start()
                result.faults += 1
                load.pause()
                _recover(result, zopes, started_at, started_at)
            _check_everything(result, zopes)
        result.check(_converted(home, address, back=True))
    finally:
        database.remove()
    return result


def recorder(faults: int) -> Result:
    """Uses of personal tokens wait in memory: what is lost when Zope ends."""
    home = WORK / "recorder"
    data = copied_database(home)
    _set_recording_interval(data, minutes=1)
    zope = Zope(home / "zope", database=FileAddress(data))
    result = Result("uses that wait in memory", Ledger())
    with _running(zope):
        client = Client(zope.url, result.ledger, USER)
        token = client.issue_personal()
        for number in range(faults):
            used_at = _use_for(client, token, RECORDED_EVERY + 15)
            ended_at = time.monotonic()
            if number % 2:
                zope.stop()
            else:
                zope.kill()
            result.faults += 1
            zope.start()
            # A commit, and the second for which the thread collects.
            written = ended_at - RECORDED_EVERY - 3
            lost_at_most = sum(moment > written for moment in used_at)
            found = client.usage(token)
            lost = token.uses - found
            how = "stop" if number % 2 else "kill"
            result.notes.append(
                f"{how}: {lost} of {len(used_at)} uses lost, documented {lost_at_most}"
            )
            if not 0 <= lost <= lost_at_most:
                result.problems.append(result.notes[-1])
            result.ledger.count("promises checked")
            token.uses = found
    result.check(data)
    return result


def backup(faults: int) -> Result:
    """A backup revives what was revoked; the command line ends it."""
    home = WORK / "backup"
    data = copied_database(home)
    kept = home / "backup.fs"
    zope = Zope(home / "zope", database=FileAddress(data))
    ledger = Ledger()
    result = Result("restored backup", ledger)
    client = Client(zope.url, ledger, USER)
    people = SignIns(client)
    with _running(zope):
        people.prepare()
    for _ in range(faults):
        with _running(zope):
            keys = [client.issue_key() for _ in range(3)]
            tokens = [client.exchange(key) for key in keys]
            personal = client.issue_personal()
            application = people.register()
            family = people.sign_in(people.log_in(), application)
            people.share()
        shutil.copy(data, kept)
        uses = {each: each.uses for each in ledger.credentials}
        with _running(zope):
            for credential in (*keys, personal, ledger.links[-1]):
                client.revoke(credential)
            people.end_all(application)
            _check_everything(result, [zope])
        shutil.copy(kept, data)
        # Those of later are unknown now, and the others will be revoked.
        ledger.applications.clear()
        for credential in uses:
            # What has come since is in no log any more.
            credential.uses = uses[credential]
        result.faults += 1
        with _running(zope):
            alive = [client.answers(token.value) for token in tokens if token]
            alive.append(client.answers(personal.token))
            alive += [
                client.answers(token.value)
                for token in ledger.tokens
                if token.credential is family
            ]
            result.notes.append(f"{sum(alive)} of {len(alive)} tokens are revived")
        _revoke_on_the_command_line(zope)
        for credential in ledger.credentials:
            credential.end()
        with _running(zope):
            _check_everything(result, [zope])
            client.exchange(client.issue_key())
    result.check(data)
    return result


SCENARIOS: dict[str, Callable[[int], Result]] = {
    each.__name__: each
    for each in (
        kill_zope,
        kill_zeo,
        full_disk,
        full_disk_of_zeo,
        clock,
        postgresql,
        recorder,
        backup,
    )
}


# -- what they have in common -------------------------------------------------------


def _two_zopes(home: Path, database: Address) -> list[Zope]:
    first, second = (Zope(home / name, database=database) for name in ("one", "two"))
    second.seal_like(first)
    return [first, second]


@contextmanager
def _running(*servers: Server) -> Iterator[None]:
    try:
        for server in servers:
            server.launch()
        for server in servers:
            server.wait()
        yield
    finally:
        for server in servers:
            server.stop()


@contextmanager
def _load(
    ledger: Ledger, zopes: list[Zope], now: Callable[[], float] = time.time
) -> Iterator[Load]:
    SignIns(Client(zopes[0].url, ledger, USER, now)).prepare()
    urls = [zopes[number % len(zopes)].url for number in range(CLIENTS)]
    load = Load([lambda url=url: Client(url, ledger, USER, now) for url in urls])
    try:
        yield load
    finally:
        load.stop()


def _work_for_a_while(load: Load) -> None:
    load.go()
    time.sleep(random.uniform(3, 6))


def _is_turn(number: int, faults: int) -> bool:
    """Whether to do what takes long: now and then."""
    return number % 10 == 0


def _recover(
    result: Result,
    zopes: list[Zope],
    started_at: float,
    killed_at: float,
    now: Callable[[], float] = time.time,
) -> None:
    clients = [Client(zope.url, result.ledger, USER, now) for zope in zopes]
    slowest = max(seconds_to_recover(client, started_at) for client in clients)
    result.recoveries.append(slowest)
    print(f"{result.name}: works again after {slowest:.1f} s", flush=True)
    for client in clients:
        check_promises(client, since=killed_at - 3)


def _check_everything(
    result: Result, zopes: list[Zope], now: Callable[[], float] = time.time
) -> None:
    for zope in zopes[:1]:
        client = Client(zope.url, result.ledger, USER, now)
        check_promises(client, everything=True)


def _use_for(client: Client, token: Credential, seconds: float) -> list[float]:
    """Use a token again and again; when."""
    moments: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        client.use_personal(token)
        moments.append(time.monotonic())
        time.sleep(0.5)
    return moments


def _set_recording_interval(data: Path, minutes: int) -> None:
    script = Path(__file__).parent / "interval.py"
    command = [sys.executable, str(script), str(data), str(minutes)]
    subprocess.run(command, check=True, capture_output=True)


def _revoke_on_the_command_line(zope: Zope) -> None:
    """What the documentation says is to be done after a backup was restored."""
    tokenauth = Path(sys.executable).parent / "tokenauth"
    when = datetime.fromtimestamp(time.time() + 60, timezone.utc)
    subprocess.run(
        [
            *(str(tokenauth), "--conf", str(zope.conf)),
            *("--site", "/Plone", "revoke"),
            *("--issued-before", when.isoformat(timespec="minutes")),
        ],
        check=True,
        capture_output=True,
    )


def _step(offset: Path, seconds: int) -> None:
    """Let a process see another time, all at once."""
    new = offset.with_name("new-offset")
    new.write_text(str(seconds))
    new.replace(offset)


def _check_clock(result: Result, zope: Zope, now: Callable[[], float]) -> None:
    """Right after a step: the server has seen it, nothing revoked is accepted."""
    client = Client(zope.url, result.ledger, USER, now)
    ledger = result.ledger
    for token in ledger.tokens[-20:]:
        if now() >= token.expires_at:
            # It may be gone for good when the clock is set back.
            token.expires_at = 0
    for token in ledger.tokens[-50:]:
        client.use(token)
    for key in ledger.keys[-20:]:
        client.exchange(key)


# -- disks --------------------------------------------------------------------------


@dataclass
class Disk:
    """A file system in memory, which is as large as it is told to be."""

    folder: Path

    def resize(self, free: int) -> None:
        """Let there be about so many bytes left."""
        status = os.statvfs(self.folder)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        self._call("mount", "-o", f"remount,size={used + free}", str(self.folder))

    def mount(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={200 * MEGABYTE}"
        self._call("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder))

    def unmount(self) -> None:
        self._call("umount", str(self.folder))

    def _call(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True)


@contextmanager
def _small_disk(name: str) -> Iterator[Disk]:
    disk = Disk(WORK / f"{name}-disk")
    try:
        disk.mount()
    except (subprocess.CalledProcessError, OSError):
        raise Skipped("mounting a file system is not allowed here") from None
    try:
        yield disk
    finally:
        disk.unmount()


def _fill(
    result: Result, load: Load, disk: Disk, zopes: list[Zope], faults: int
) -> None:
    """Let the disk fill up, watch, and make room again."""
    for number in range(faults):
        _work_for_a_while(load)
        disk.resize(free=random.randrange(64, 512) * 1024)
        failures = result.ledger.counts["answers 500"]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.2)
            if result.ledger.counts["answers 500"] > failures + 5:
                result.faults += 1
                break
        else:
            result.problems.append("The disk did not fill up.")
        _read_while_full(result, zopes)
        load.pause()
        if number % 5 == 0:
            result.check(disk.folder / "Data.fs", everything=False)
        room_at = time.monotonic()
        disk.resize(free=50 * MEGABYTE)
        _recover(result, zopes, room_at, room_at)
    _check_everything(result, zopes)


def _read_while_full(result: Result, zopes: list[Zope]) -> None:
    """Tokens go on working, because checking them writes nothing."""
    for zope in zopes:
        client = Client(zope.url, result.ledger, USER)
        for token in result.ledger.tokens[-10:]:
            client.use(token)
    result.notes = ["tokens work while the disk is full"]


# -- RelStorage ---------------------------------------------------------------------


def _converted(home: Path, address: PostgreSQLAddress, back: bool = False) -> Path:
    """Copy the site into PostgreSQL, or what is there into a file."""
    data = home / "back.fs" if back else copied_database(home)
    file, here = FileAddress(data).zope_conf(home), address.zope_conf(home)
    ends = ("destination", "source") if back else ("source", "destination")
    configuration = home / "convert.conf"
    configuration.write_text(
        file.replace("<blobstorage>", f"<blobstorage {ends[0]}>")
        + here.replace("<relstorage>", f"<relstorage {ends[1]}>")
    )
    subprocess.run(
        [sys.executable, "-m", "relstorage.zodbconvert", str(configuration)],
        check=True,
        capture_output=True,
    )
    return data
