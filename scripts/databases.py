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
from dataclasses import dataclass
from pathlib import Path
from servers import free_port
from servers import Server
from servers import ServerError
from typing import Any
from typing import Protocol

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time


#: Seconds that a ZEO client waits for its server.
WAIT_TIMEOUT = 60
DATABASE_USER = "zope"
#: Seconds for which the children of a killed PostgreSQL keep the next one away.
CHILDREN_END = 10
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

        options.setdefault("wait_timeout", WAIT_TIMEOUT)
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

    @property
    def dsn(self) -> str:
        where = f"host=127.0.0.1 port={self.port}"
        return f"{where} user={DATABASE_USER} dbname=postgres"

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


class ZEO(Server):
    """A ZEO server with a FileStorage.

    :param folder: for what the server writes
    :param data: the file, if not Data.fs in that folder
    """

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self._configuration = folder / "zeo.conf"
        self.data = data or folder / "Data.fs"
        command = [sys.executable, "-W", "ignore", "-m", "ZEO.runzeo"]
        super().__init__(
            [*command, "-C", str(self._configuration)],
            free_port(),
            folder / "zeo.log",
            folder,
        )

    @property
    def address(self) -> ZEOAddress:
        return ZEOAddress(self.port)

    def launch(self) -> None:
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text(
            f"""
            <zeo>
              address 127.0.0.1:{self.port}
            </zeo>
            <blobstorage 1>
              blob-dir {self.folder}/blobstorage
              <filestorage>
                path {self.data}
              </filestorage>
            </blobstorage>
            """
        )
        super().launch()


@contextmanager
def zeo_server(folder: Path) -> Iterator[ZEOAddress]:
    """Run a ZEO server with a FileStorage in `folder`."""
    with ZEO(folder) as server:
        yield ZEOAddress(server.port)


class PostgreSQL(Server):
    """A PostgreSQL of its own, in a temporary folder. It does not run as root.

    :raises Missing: when server or client are not installed
    """

    #: What PostgreSQL calls a fast shutdown: all connections end at once.
    STOP_SIGNAL = signal.SIGINT

    def __init__(self) -> None:
        self._programs = _postgresql_programs()
        _check_relstorage()
        folder = Path(tempfile.mkdtemp(prefix="tokenauth-postgresql-"))
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        data, port = str(folder / "data"), free_port()
        options = ["-p", str(port), "-k", str(folder)]
        for setting in ("listen_addresses=127.0.0.1", "max_connections=200"):
            options += ["-c", setting]
        super().__init__(
            [str(self._programs / "postgres"), "-D", data, *options],
            port,
            folder / "server.log",
            folder,
            user=user,
        )
        who = ("-U", DATABASE_USER, "--auth=trust")
        self._run("initdb", "-D", data, *who, "--encoding=UTF8")

    @property
    def address(self) -> PostgreSQLAddress:
        return PostgreSQLAddress(self.port)

    def wait(self) -> None:
        for _ in range(CHILDREN_END):
            try:
                return super().wait()
            except ServerError:
                if self.is_running():
                    raise
            time.sleep(1)
            self.launch()
        super().wait()

    def answers(self) -> bool:
        where = ("-h", "127.0.0.1", "-p", str(self.port))
        return self._run("pg_isready", *where, check=False) == 0

    def remove(self) -> None:
        """Stop the server if it runs, and forget the database."""
        self.stop()
        assert self.folder is not None
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            check=check,
            cwd=self.folder,
            user=self.user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode


@contextmanager
def postgresql_server() -> Iterator[PostgreSQLAddress]:
    """Run a PostgreSQL server with an empty database.

    :raises Missing: when server or client are not installed
    """
    server = PostgreSQL()
    try:
        server.start()
        yield server.address
    finally:
        server.remove()


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
