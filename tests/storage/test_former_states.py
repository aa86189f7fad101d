"""What releases before this one have stored is read, and brought up to date."""

from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from tests.storage.conftest import Database
from tests.storage.conftest import NOW

import pytest


def service_key() -> ServiceKey:
    return ServiceKey(
        "svc-1",
        owner="jane",
        title="Backup",
        public_key=generate_key_pair("ES256", NOW).public_key,
        issued_at=NOW,
    )


def store_as_before(storage: TokenAuthStorage) -> None:
    """As it was when there were service keys only, under other names."""
    key = service_key()
    storage.service_keys.add(key)
    del storage.__dict__["personal_tokens"]
    storage._p_changed = True
    keys = storage.service_keys
    keys.__dict__["_by_client_id"] = keys.__dict__.pop("_by_id")
    keys._p_changed = True
    key.__dict__["client_id"] = key.__dict__.pop("credential_id")


def test_keys_from_before_there_were_other_kinds_are_found(database: Database) -> None:
    database.run(store_as_before)
    storage = database.session().root
    found = storage.service_keys.get("svc-1")
    assert found is not None
    assert (found.client_id, found.credential_id) == ("svc-1", "svc-1")
    assert storage.credential("svc-1") is found


def test_keys_from_before_they_had_names_and_issuers_have_none(
    database: Database,
) -> None:
    def store_without(storage: TokenAuthStorage) -> None:
        key = service_key()
        del key.__dict__["name"], key.__dict__["issued_by"]
        storage.service_keys.add(key)

    database.run(store_without)
    found = database.session().root.service_keys.get("svc-1")
    assert found is not None
    assert (found.name, found.issued_by) == ("", "")


def test_the_place_for_personal_tokens_is_stored_by_the_upgrade(
    database: Database,
) -> None:
    database.run(store_as_before)
    session = database.session()
    assert session.root.needs_upgrade
    session.root.upgrade()
    # Whatever else this transaction stores has its place.
    assert not session.root.needs_upgrade
    session.commit()
    assert not database.session().root.needs_upgrade


def test_what_is_new_needs_no_upgrade(database: Database) -> None:
    assert not TokenAuthStorage().needs_upgrade
    assert not database.session().root.needs_upgrade


def test_a_credential_id_is_given_once(database: Database) -> None:
    database.run(lambda storage: storage.service_keys.add(service_key()))
    with pytest.raises(KeyError, match="svc-1"):
        database.session().root.service_keys.add(service_key())
