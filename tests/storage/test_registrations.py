"""Applications that have registered themselves, as they are stored."""

from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.storage.registrations import Registration
from pas.plugins.tokenauth.storage.registrations import Registrations
from pas.plugins.tokenauth.storage.registrations import UNUSED_AFTER

import pytest


NOW = 1_800_000_000.0


def is_needed(registration: Registration) -> bool:
    """All but one, which nobody needs whatever was allowed it before."""
    return registration.credential_id != "abandoned"


@pytest.fixture
def store() -> Registrations:
    return Registrations()


def added(store: Registrations, name: str, age: float = 0, **more: object) -> None:
    registration = Registration(
        name, owner="", issued_at=NOW - age, name="host.example", title=name, **more
    )
    store.add(registration)


def ids(store: Registrations) -> set[str]:
    return {each.credential_id for each in store.all()}


def test_a_client_is_known_by_its_document_or_its_id(store: Registrations) -> None:
    """DR-16."""
    added(store, "reg-1", document="https://host.example/client.json")
    added(store, "reg-2")
    by_document, by_id = store.get("reg-1"), store.get("reg-2")
    assert by_document is not None and by_id is not None
    assert by_document.client_id == "https://host.example/client.json"
    assert by_id.client_id == "reg-2"
    assert by_id.hosts == ("host.example",)


def test_room_is_made_by_the_oldest_that_nobody_uses(store: Registrations) -> None:
    """DR-11."""
    added(store, "old", 3 * DAY)
    added(store, "older", 4 * DAY)
    added(store, "used", 5 * DAY, used_at=NOW)
    assert store.make_room(4, is_needed)
    assert ids(store) == {"old", "older", "used"}
    assert store.make_room(3, is_needed)
    assert ids(store) == {"old", "used"}
    assert store.make_room(2, is_needed)
    assert not store.make_room(1, is_needed)
    assert ids(store) == {"used"}


def test_what_nobody_needs_any_more_goes_after_the_unused(store: Registrations) -> None:
    """DR-11."""
    added(store, "unused", DAY)
    added(store, "abandoned", 4 * DAY, used_at=NOW)
    added(store, "used", 5 * DAY, used_at=NOW)
    assert store.make_room(3, is_needed)
    assert ids(store) == {"abandoned", "used"}
    assert store.make_room(2, is_needed)
    assert ids(store) == {"used"}


def test_what_was_revoked_takes_no_room(store: Registrations) -> None:
    """DR-11: it is kept as evidence."""
    added(store, "ended", UNUSED_AFTER + 1)
    store.mark_revoked("ended", "admin", NOW)
    added(store, "unused")
    assert store.make_room(1, is_needed)
    store.drop_expired(NOW)
    assert ids(store) == {"ended"}


def test_what_nobody_has_used_for_a_month_is_forgotten(store: Registrations) -> None:
    """DR-10, DR-11."""
    added(store, "new", UNUSED_AFTER - 1)
    added(store, "unused", UNUSED_AFTER + 1)
    added(store, "used", UNUSED_AFTER + 1, used_at=NOW)
    store.drop_expired(NOW)
    assert ids(store) == {"new", "used"}


def test_what_belongs_to_the_site_has_no_owner_who_could_be_gone(
    store: Registrations,
) -> None:
    """Or a purge would end all of it with the first user who is deleted."""
    added(store, "reg-1")
    assert store.owners() == []
