"""Seeing what another process has just committed, without a server to ask it."""

from collections.abc import Iterator
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.sync import sync_storage
from tests.storage.conftest import Database
from tests.storage.conftest import new_storage
from tests.storage.conftest import NOW
from ZODB.DemoStorage import DemoStorage

import pytest


class Answering(DemoStorage):
    """A storage that can be asked whether it has told everything, as that of ZEO."""

    pings = 0
    syncs = 0

    def ping(self) -> None:
        self.pings += 1

    def sync(self, force: bool = True) -> None:
        self.syncs += 1


@pytest.fixture
def answering() -> Iterator[Database]:
    database = Database(Answering())
    yield database
    database.close()


def use_up(storage: TokenAuthStorage) -> None:
    storage["replay"].add("svc-1", "jti", NOW + 60, NOW)


def test_a_commit_of_another_process_is_seen(answering: Database) -> None:
    session = answering.session()
    answering.run(lambda storage: setattr(storage, "canary", True))
    assert not hasattr(session.root, "canary")
    syncs = answering.db.storage.syncs
    assert sync_storage(session.root) is True
    assert hasattr(session.root, "canary")
    assert answering.db.storage.pings == 1
    # That would be a round trip more.
    assert answering.db.storage.syncs == syncs


def test_a_transaction_with_changes_keeps_its_view(
    answering: Database,
) -> None:
    session = answering.session()
    use_up(session.root)
    assert sync_storage(session.root) is False
    session.manager.savepoint()
    assert sync_storage(session.root) is False
    assert answering.db.storage.pings == 0


def test_a_single_process_has_no_server_to_ask(database: Database) -> None:
    assert sync_storage(database.session().root) is False
    assert sync_storage(new_storage()) is False
