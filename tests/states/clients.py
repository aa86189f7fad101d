"""Databases that are closed and opened again: in memory, and behind a ZEO server."""

from databases import ZEO
from ZEO.ClientStorage import ClientStorage
from ZODB.DB import DB
from ZODB.DemoStorage import DemoStorage


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

    def __init__(self, server: ZEO) -> None:
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
