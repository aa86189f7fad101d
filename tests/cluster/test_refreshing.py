"""Refreshes at the same time at several Zopes: no family is forked, and none ends."""

from collections.abc import Iterator
from contextlib import closing
from contextlib import ExitStack
from databases import Address
from pas.plugins.tokenauth.core.refreshtokens import family_name
from pas.plugins.tokenauth.storage.families import RefreshFamilies
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from tests.storage.conftest import NOW
from tests.storage.conftest import Session
from tests.storage.test_families import make_family
from tests.storage.test_families import refresh
from tests.storage.test_families import shared
from tests.storage.test_families import successor_at_once
from transaction import TransactionManager

import pytest


pytestmark = pytest.mark.long

FAMILIES = 300
THREADS = 6


@pytest.fixture
def sessions(address: Address) -> Iterator[list[Session]]:
    """Half of them at one client of the database, half at another."""
    with closing(address.open()) as db, db.transaction() as connection:
        storage = TokenAuthStorage([("families", RefreshFamilies)])
        connection.root.tokenauth = storage
        for number in range(FAMILIES):
            storage["families"].add(family_name(shared(number)), make_family(number))
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(address.open())) for _ in range(2)]
        found = []
        for number in range(THREADS):
            manager = TransactionManager()
            connection = clients[number % 2].open(manager)
            stack.callback(connection.close)
            stack.callback(manager.abort)
            found.append(Session(connection, manager))
        yield found


def test_two_clients_with_one_token_get_one_successor(sessions: list[Session]) -> None:
    """Conformance: CR-22, CR-23, RT-06: and each goes on with it."""
    for number in range(FAMILIES):
        successor = successor_at_once(sessions, number)
        # The other client has not heard of the last rotation yet, maybe.
        assert refresh(sessions[number % 2], number, successor, NOW + 3600)
