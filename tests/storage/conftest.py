"""Real databases, and sessions of several processes at once."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pas.plugins import tokenauth
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pathlib import Path
from transaction import TransactionManager
from typing import Any
from xml.etree import ElementTree
from ZODB.DemoStorage import DemoStorage
from ZODB.FileStorage import FileStorage

import hashlib
import pytest
import ZODB


def _registered_stores() -> Iterator[tuple[str, Any]]:
    """What the ZCML of each package registers of what is kept in storage."""
    package = Path(tokenauth.__file__).parent
    for file in sorted(package.glob("*/configure.zcml")):
        for utility in ElementTree.parse(file).iter(f"{ZOPE}utility"):
            module, _, name = utility.get("component", "").rpartition(".")
            if not utility.get("provides", "").endswith("IStoreFactory"):
                continue
            if module.startswith("..storage.") or file.parent.name == "storage":
                here = import_module(module, f"{tokenauth.__name__}.{file.parent.name}")
                yield utility.get("name", ""), getattr(here, name)


ZOPE = "{http://namespaces.zope.org/zope}"
STORES: dict[str, Any] = dict(_registered_stores())
#: The moment at which the tests happen.
NOW = 1_800_000_000


def new_storage() -> TokenAuthStorage:
    """An empty storage with all stores."""
    return TokenAuthStorage(STORES.items())


def digest_of(number: int) -> bytes:
    """A digest as a token has one: random, and always the same for a number."""
    return hashlib.sha256(str(number).encode()).digest()


def digest_in(shard: int, number: int) -> bytes:
    """A digest that is kept in a certain shard."""
    return bytes([shard]) + digest_of(number)[1:]


@dataclass
class Session:
    """One process at work: a connection with a transaction of its own."""

    connection: Any
    manager: TransactionManager

    @property
    def root(self) -> TokenAuthStorage:
        storage = self.connection.root()["tokenauth"]
        assert isinstance(storage, TokenAuthStorage)
        return storage

    def commit(self) -> None:
        self.manager.commit()

    def abort(self) -> None:
        self.manager.abort()

    def transfers(self) -> tuple[int, int]:
        """Objects read and written since the last time somebody asked."""
        loads, stores = self.connection.getTransferCounts(True)
        return loads, stores


class Database:
    """A database with our storage in it."""

    def __init__(self, storage: Any = None) -> None:
        # Unlike a MappingStorage it resolves conflicts, as FileStorage and ZEO do.
        self.db = ZODB.DB(DemoStorage() if storage is None else storage)
        session = self.session()
        if "tokenauth" not in session.connection.root():
            session.connection.root()["tokenauth"] = new_storage()
            session.commit()

    def session(self) -> Session:
        """A new one that has read nothing yet."""
        manager = TransactionManager()
        connection = self.db.open(manager)
        connection.cacheMinimize()
        connection.getTransferCounts(True)
        return Session(connection, manager)

    def run(self, change: Callable[[TokenAuthStorage], Any]) -> None:
        """Change something in a transaction of its own."""
        session = self.session()
        change(session.root)
        session.commit()
        session.connection.close()

    def records(self) -> list[tuple[bytes, bytes]]:
        """Object id and pickle of everything in the file that this database is in."""
        with closing(self.db.storage.iterator()) as transactions:
            return [
                (record.oid, record.data)
                for transaction in transactions
                for record in transaction
            ]

    def close(self) -> None:
        self.db.close()


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    yield found
    found.close()


@pytest.fixture
def restarted(tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """A database in a file; every call stops it and starts it again."""
    running: list[Database] = []

    def restart() -> Database:
        if running:
            running.pop().close()
        running.append(Database(FileStorage(str(tmp_path / "Data.fs"))))
        return running[-1]

    yield restart
    running.pop().close()
