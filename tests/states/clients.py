"""Databases that are closed and opened again: in memory, and behind a ZEO server."""

from contextlib import closing
from pathlib import Path
from typing import Any
from ZEO.ClientStorage import ClientStorage
from ZODB.DB import DB
from ZODB.DemoStorage import DemoStorage

import socket
import subprocess
import sys


START_TIMEOUT = 60


class MemoryDatabase:
    """Two connections to one database, which outlives its storage being closed."""

    def __init__(self) -> None:
        self._storage = _Lasting()
        self._open()

    def _open(self) -> None:
        self._db = DB(self._storage)
        self.connections = [self._db.open(), self._db.open()]

    def restart(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        for connection in self.connections:
            connection.close()
        self._db.close()


class _Lasting(DemoStorage):
    def close(self) -> None:
        """Stay."""


class ZEODatabase:
    """Two clients of one server, as two Zope processes are.

    They ask the server for news before each transaction (`server-sync`), because a
    model knows nothing of messages on their way.
    """

    def __init__(self, server: "ZEOServer") -> None:
        self._server = server
        self._open()

    def _open(self) -> None:
        self._dbs = [DB(self._storage()) for _ in range(2)]
        self.connections = [db.open() for db in self._dbs]

    def _storage(self) -> ClientStorage:
        address = ("127.0.0.1", self._server.port)
        return ClientStorage(address, server_sync=True, wait_timeout=START_TIMEOUT)

    def restart(self) -> None:
        """Stop all three, and start them again."""
        self.close()
        self._server.stop()
        self._server.start()
        self._open()

    def close(self) -> None:
        for connection, db in zip(self.connections, self._dbs, strict=True):
            connection.close()
            db.close()


class ZEOServer:
    """A server in a process of its own, on the loopback interface."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "ZEO.runzeo"]
        options = ["-a", f"127.0.0.1:{self.port}", "-f", str(self._folder / "Data.fs")]
        with (self._folder / "zeo.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options], stdout=log, stderr=log, cwd=self._folder
            )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_TIMEOUT)
            self._process = None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: Any = probe.getsockname()[1]
        return int(port)
