"""Databases that several processes share: ZEO and PostgreSQL, on loopback ports.

Benchmarks and tests use them like this::

    with zeo_server(folder) as address:
        database = address.open()

An address can be handed to another process. PostgreSQL is the one of the system; where
it is missing, `postgresql_server` raises Missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import Protocol

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time


START_TIMEOUT = 60
STOP_TIMEOUT = 20
#: Connections that one process may have open without a warning.
POOL_SIZE = 300


class Missing(Exception):
    """What the database needs is not installed here; the message tells what."""


class Address(Protocol):
    """Where a database is, for any process of this machine."""

    def open(self, **options: Any) -> Any:
        """The ZODB.DB. Options are those of the storage."""

    def zope_conf(self, home: Path) -> str:
        """What stands in <zodb_db> of zope.conf; caches are kept below `home`."""


@dataclass(frozen=True)
class FileAddress:
    """A FileStorage, for one process at a time."""

    path: Path

    def open(self, **options: Any) -> Any:
        from ZODB.DB import DB
        from ZODB.FileStorage import FileStorage

        return DB(FileStorage(str(self.path), **options), pool_size=POOL_SIZE)

    def zope_conf(self, home: Path) -> str:
        return f"""\
            <blobstorage>
              blob-dir {home}/blobstorage
              <filestorage>
                path {self.path}
              </filestorage>
            </blobstorage>
            """


@dataclass(frozen=True)
class ZEOAddress:
    """A ZEO server, or a relay in front of one."""

    port: int

    def open(self, **options: Any) -> Any:
        from ZEO.ClientStorage import ClientStorage
        from ZODB.DB import DB

        options.setdefault("wait_timeout", START_TIMEOUT)
        storage = ClientStorage(("127.0.0.1", self.port), **options)
        return DB(storage, pool_size=POOL_SIZE)

    def zope_conf(self, home: Path) -> str:
        return f"""\
            <zeoclient>
              server 127.0.0.1:{self.port}
              blob-dir {home}/blobcache
            </zeoclient>
            """


@dataclass(frozen=True)
class PostgreSQLAddress:
    """A database of PostgreSQL with RelStorage's tables."""

    port: int
    user: str

    @property
    def dsn(self) -> str:
        return f"host=127.0.0.1 port={self.port} user={self.user} dbname=postgres"

    def open(self, **options: Any) -> Any:
        from relstorage.adapters.postgresql import PostgreSQLAdapter
        from relstorage.options import Options
        from relstorage.storage import RelStorage
        from ZODB.DB import DB

        chosen = Options(keep_history=False, **options)
        storage = RelStorage(
            PostgreSQLAdapter(self.dsn, options=chosen), options=chosen
        )
        return DB(storage, pool_size=POOL_SIZE)

    def zope_conf(self, home: Path) -> str:
        return f"""\
            %import relstorage
            <relstorage>
              keep-history false
              blob-dir {home}/blobcache
              shared-blob-dir false
              <postgresql>
                dsn {self.dsn}
              </postgresql>
            </relstorage>
            """


@contextmanager
def zeo_server(folder: Path) -> Iterator[ZEOAddress]:
    """Run a ZEO server with a FileStorage in `folder`."""
    port = free_port()
    process = start_zeo(folder, port)
    try:
        yield ZEOAddress(port)
    finally:
        stop(process)


def start_zeo(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a ZEO server; the caller stops it."""
    configuration = folder / "zeo.conf"
    configuration.write_text(
        f"""
        <zeo>
          address 127.0.0.1:{port}
        </zeo>
        <blobstorage 1>
          blob-dir {folder}/blobstorage
          <filestorage>
            path {folder}/Data.fs
          </filestorage>
        </blobstorage>
        """
    )
    with (folder / "zeo.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ZEO.runzeo", "-C", str(configuration)],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    wait_for_port(port, process)
    return process


@contextmanager
def postgresql_server() -> Iterator[PostgreSQLAddress]:
    """Run a PostgreSQL server with an empty database.

    :raises Missing: when server or client are not installed
    """
    server = PostgreSQLServer()
    try:
        server.start()
        yield server.address
    finally:
        server.remove()


class PostgreSQLServer:
    """A PostgreSQL of its own, in a temporary folder. It does not run as root.

    :raises Missing: when server or client are not installed
    """

    def __init__(self) -> None:
        self._programs = _postgresql_programs()
        _check_relstorage()
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())[0]
        self._folder = Path(tempfile.mkdtemp(prefix="tokenauth-postgresql-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, self._user)
        self._data = self._folder / "data"
        self.address = PostgreSQLAddress(free_port(), self._user)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "-D", str(self._data))

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = (
            f"-p {self.address.port} -c listen_addresses=127.0.0.1"
            f" -c unix_socket_directories={self._folder} -c max_connections=200"
        )
        log = str(self._folder / "server.log")
        self._control("start", "-l", log, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; the mode "immediate" is a crash."""
        self._control("stop", "-m", mode)

    def remove(self) -> None:
        """Stop the server if it runs, and forget the database."""
        with suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self._folder)

    def _control(self, command: str, *options: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", *options, command)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self._user, "--", *command]
        # Not a pipe: the server would inherit and hold it.
        subprocess.run(
            command,
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process listens.

    :raises RuntimeError: when it does not
    """
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    stop(process)
    raise RuntimeError(f"Nobody listens at port {port}.")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that was started here."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _postgresql_programs() -> Path:
    # Debian keeps them out of the search path.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (str(found[-1]) if found else None)
    if initdb is None:
        raise Missing("PostgreSQL is not installed; on Debian: apt install postgresql")
    return Path(initdb).resolve().parent


def _check_relstorage() -> None:
    try:
        import psycopg2  # noqa: F401
        import relstorage  # noqa: F401
    except ImportError as error:
        raise Missing("pip install RelStorage psycopg2-binary") from error
