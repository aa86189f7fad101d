"""Every class keeps the contract it claims to keep, and the measures measure."""

from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.interfaces import ICredential
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from persistent.mapping import PersistentMapping
from tests.storage.conftest import Database
from typing import Any
from zope.interface import Interface
from zope.interface.verify import verifyClass
from zope.interface.verify import verifyObject

import pytest


def service_key() -> ServiceKey:
    return ServiceKey(
        "client-1",
        owner="jane",
        title="Backup",
        public_key=PublicKey("kid", "RS256", "pem", 0),
        issued_at=0,
    )


def personal_access_token() -> PersonalAccessToken:
    return PersonalAccessToken(
        "pat-1",
        digest=TokenDigest(bytes(32)),
        owner="jane",
        title="Backup",
        issued_at=0,
    )


@pytest.mark.parametrize(
    ("interface", "make"),
    [
        (ICredential, service_key),
        (ICredential, personal_access_token),
    ],
)
def test_interface_matches(interface: type[Interface], make: Any) -> None:
    """Every implementation has a verifyClass test."""
    found = make()
    assert verifyClass(interface, type(found))
    assert verifyObject(interface, found)


def test_the_counter_counts_what_is_read_and_written(database: Database) -> None:
    """A measure that is used below is measured itself."""
    session = database.session()
    root = session.connection.root()
    for number in range(5):
        root[f"thing-{number}"] = PersistentMapping()
    session.commit()
    assert session.transfers()[1] == 6  # five and the root

    cold = database.session()
    for number in range(3):
        len(cold.connection.root()[f"thing-{number}"])
    assert cold.transfers() == (4, 0)  # three and the root
    assert cold.transfers() == (0, 0)
    len(cold.connection.root()["thing-0"])
    assert cold.transfers() == (0, 0)
