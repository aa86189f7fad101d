"""Services and tickets of CAS in the database."""

from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.cas import CASTickets
from pas.plugins.tokenauth.storage.cas import ServiceTicket
from pas.plugins.tokenauth.storage.sessions import Session
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from ZODB.POSException import ConflictError

import pytest


DIGEST = TokenDigest(digest_of(1))
TICKET = ServiceTicket(
    service_id="cas-1",
    url="https://app.example.org/?a=b",
    user_id="jane",
    expires_at=NOW + 30,
    is_fresh=True,
    session=Session(DIGEST, "jane"),
)


@pytest.fixture
def tickets() -> CASTickets:
    found = CASTickets()
    found.add(DIGEST, TICKET, NOW)
    return found


def test_a_ticket_is_taken_once(tickets: CASTickets) -> None:
    """CP-16: it is forgotten with that."""
    assert tickets.take(DIGEST, NOW) == TICKET
    assert tickets.take(DIGEST, NOW) is None


def test_a_ticket_expires(tickets: CASTickets) -> None:
    """CP-16: at its very second."""
    assert tickets.take(DIGEST, NOW + 30) is None
    assert tickets.take(DIGEST, NOW + 29) == TICKET


def test_tickets_that_have_expired_are_dropped(tickets: CASTickets) -> None:
    tickets.drop_expired(NOW + 24 * 60 * 60)
    assert tickets.take(DIGEST, NOW) is None


def test_two_transactions_that_take_one_ticket_conflict(database: Database) -> None:
    """CP-16: one of two services that ask at once is told that it is used."""
    database.run(lambda root: root.add_missing([("tickets", CASTickets)]))
    database.run(lambda root: root["tickets"].add(DIGEST, TICKET, NOW))
    first, second = database.session(), database.session()
    for each in (first, second):
        assert each.root["tickets"].take(DIGEST, NOW) is not None
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
