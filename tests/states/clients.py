"""Databases that are closed and opened again: in memory, and behind a server."""

from databases import PostgreSQL
from databases import ZEO
from typing import Any
from ZODB.DB import DB
from ZODB.DemoStorage import DemoStorage


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


class SharedDatabase:
    """Two clients of one server, as two Zope processes are.

    :param server: runs; it is stopped and started again with them
    :param options: of its storage. Clients of ZEO ask the server for news before each
        transaction (`server_sync`), because a model knows nothing of messages on their
        way.
    """

    def __init__(self, server: ZEO | PostgreSQL, **options: Any) -> None:
        self._server = server
        self._options = options
        self._open()

    def _open(self) -> None:
        address = self._server.address
        self._dbs = [address.open(**self._options) for _ in range(2)]
        self.connections = [db.open() for db in self._dbs]

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
