"""Service keys, found by client id and by owner."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.servicekeys import ServiceKeys
from tests.storage.conftest import Database
from tests.storage.conftest import NOW
from typing import Any

import pytest


Restart = Callable[[], Database]


def public_key(kid: str = "kid", expires_at: "float | None" = None) -> PublicKey:
    return PublicKey(kid, "ES256", "pem", NOW, expires_at)


def service_key(client_id: str, owner: str = "jane", **more: Any) -> ServiceKey:
    return ServiceKey(
        client_id,
        owner=owner,
        title="Backup",
        public_key=public_key(),
        issued_at=NOW,
        **more,
    )


@pytest.fixture
def keys() -> ServiceKeys:
    found = ServiceKeys()
    found.add(service_key("client-1", "jane"))
    found.add(service_key("client-2", "jane"))
    found.add(service_key("client-3", "john"))
    return found


def owned(keys: ServiceKeys, owner: str) -> set[str]:
    return {key.client_id for key in keys.owned_by(owner)}


# -- one key -------------------------------------------------------------------


def test_a_new_key_may_do_nothing_special() -> None:
    """Off by default, like every other switch."""
    key = service_key("client-1")
    assert not (key.may_impersonate or key.require_jti)
    assert (key.ip_ranges, key.expires_at) == ("", None)
    assert (key.name, key.issued_by) == ("", "")
    assert (key.revoked_at, key.revoked_by, key.orphaned_at) == (None, "", None)
    assert key.public_keys == (public_key(),)
    assert key.credential_id == key.client_id == "client-1"


@pytest.mark.parametrize(
    ("changes", "live"),
    [
        ({}, True),
        ({"expires_at": NOW + 1}, True),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW - 1}, False),
        ({"expires_at": 0}, False),
        ({"revoked_at": NOW - 1}, False),
        ({"revoked_at": NOW + 1}, False),
        ({"revoked_at": 0}, False),
        ({"orphaned_at": NOW - 1}, False),
        ({"orphaned_at": 0}, False),
        ({"owner_missing_since": NOW - 1}, True),
        ({"disabled_at": NOW - 1}, False),
        ({"disabled_at": 0}, False),
        ({"expires_at": NOW + 1, "revoked_at": NOW}, False),
    ],
)
def test_a_key_is_live_until_it_expires_or_is_ended(
    changes: dict[str, float], live: bool
) -> None:
    """JB-05, JB-33: zero is a time, and a revocation holds whatever the clock says."""
    key = service_key("client-1")
    for name, value in changes.items():
        setattr(key, name, value)
    assert key.is_live(NOW) is live


def test_a_transferred_key_is_found_at_its_new_owner(keys: ServiceKeys) -> None:
    key = keys.get("client-1")
    assert key is not None
    key.owner_missing_since, key.reminded = NOW, (NOW, 3)
    keys.transfer("client-1", "john", NOW + 1)
    assert owned(keys, "jane") == {"client-2"}
    assert owned(keys, "john") == {"client-1", "client-3"}
    assert (key.owner, key.owned_since, key.issued_by) == ("john", NOW + 1, "jane")
    assert (key.owner_missing_since, key.reminded) == (None, None)
    keys.transfer("client-1", "ann", NOW + 2)
    assert key.issued_by == "jane"
    keys.transfer("client-2", "ann", NOW + 2)
    assert sorted(keys.owners()) == ["ann", "john"]


def test_a_disabled_key_is_current() -> None:
    key = service_key("client-1", expires_at=NOW + 1)
    key.disabled_at = NOW - 1
    assert key.is_current(NOW)
    assert not key.is_current(NOW + 1)


def test_only_public_keys_that_have_not_ended_verify() -> None:
    """JK-09: while rotating there are two; an ended one stays as evidence."""
    key = service_key("client-1")
    key.public_keys = (public_key("a"), public_key("b", NOW + 1), public_key("c", NOW))
    assert [found.kid for found in key.live_public_keys(NOW)] == ["a", "b"]
    assert [found.kid for found in key.live_public_keys(NOW + 1)] == ["a"]
    assert len(key.public_keys) == 3


def test_a_key_is_as_old_as_its_newest_key_pair() -> None:
    """JK-09: that is what whoever rotates it has made anew."""
    key = service_key("client-1")
    newer = PublicKey("newer", "ES256", "pem", NOW + 10)
    key.public_keys = (*key.public_keys, newer)
    assert key.newest_public_key is newer
    assert (key.issued_at, key.secret_made_at) == (NOW, NOW + 10)


# -- all keys ------------------------------------------------------------------


def test_a_key_is_found_by_its_whole_client_id(keys: ServiceKeys) -> None:
    """JB-05, JS-20: an exact look-up."""
    found = keys.get("client-1")
    assert found is not None
    assert found.client_id == "client-1"
    for client_id in (
        "client",
        "client-",
        "client-11",
        "Client-1",
        "",
        "\ud800",
        "用户",
    ):
        assert keys.get(client_id) is None
    assert keys.get("nobody") is None


def test_a_client_id_is_given_once(keys: ServiceKeys) -> None:
    """RS-19: the second key does not replace the first."""
    first = keys.get("client-1")
    with pytest.raises(KeyError):
        keys.add(service_key("client-1", "mallory"))
    assert keys.get("client-1") is first
    assert owned(keys, "mallory") == set()
    assert "mallory" not in keys.owners()


def test_keys_are_found_by_their_owner(keys: ServiceKeys) -> None:
    """Without walking over those of all others."""
    assert owned(keys, "jane") == {"client-1", "client-2"}
    assert owned(keys, "john") == {"client-3"}
    assert owned(keys, "jan") == set()
    assert sorted(keys.owners()) == ["jane", "john"]


def test_all_keys_come_in_the_order_of_their_client_ids(keys: ServiceKeys) -> None:
    found = [key.client_id for key in keys.all()]
    assert found == ["client-1", "client-2", "client-3"]


def test_a_revoked_key_stays_as_evidence(keys: ServiceKeys) -> None:
    """Revoking removes nothing."""
    keys.mark_revoked("client-1", "admin", NOW)
    key = keys.get("client-1")
    assert key is not None
    assert (key.revoked_at, key.revoked_by) == (NOW, "admin")
    assert not key.is_live(NOW)
    assert owned(keys, "jane") == {"client-1", "client-2"}


def test_revoking_again_does_not_change_the_evidence(keys: ServiceKeys) -> None:
    """The first revocation is the one that counts."""
    keys.mark_revoked("client-1", "admin", NOW)
    keys.mark_revoked("client-1", "jane", NOW + 10)
    key = keys.get("client-1")
    assert key is not None
    assert (key.revoked_at, key.revoked_by) == (NOW, "admin")
    assert keys.ended_before(NOW + 5) == ["client-1"]


def test_revoking_at_the_start_of_time_counts_too(keys: ServiceKeys) -> None:
    """Zero is a time."""
    keys.mark_revoked("client-1", "admin", 0)
    keys.mark_revoked("client-1", "jane", NOW)
    key = keys.get("client-1")
    assert key is not None
    assert key.revoked_at == 0


@pytest.mark.parametrize("client_id", ["", "client", "nobody"])
def test_a_key_that_does_not_exist_can_be_neither_revoked_nor_removed(
    keys: ServiceKeys, client_id: str
) -> None:
    """Raise, do not return False."""
    with pytest.raises(KeyError):
        keys.mark_revoked(client_id, "admin", NOW)
    with pytest.raises(KeyError):
        keys.remove(client_id)
    assert keys.ended_before(NOW * 2) == []


def test_all_keys_of_a_deleted_user_are_orphaned(keys: ServiceKeys) -> None:
    """And those of nobody else."""
    keys.mark_orphaned("jane", NOW)
    for client_id in ("client-1", "client-2"):
        key = keys.get(client_id)
        assert key is not None
        assert key.orphaned_at == NOW
        assert not key.is_live(NOW)
    john = keys.get("client-3")
    assert john is not None
    assert john.is_live(NOW)
    keys.mark_orphaned("nobody", NOW)
    assert sorted(keys.ended_before(NOW + 1)) == ["client-1", "client-2"]


def test_a_later_user_of_the_same_id_starts_anew(keys: ServiceKeys) -> None:
    """What is orphaned is never revived."""
    keys.mark_orphaned("jane", NOW)
    keys.add(service_key("client-4", "jane"))
    keys.mark_orphaned("jane", NOW + 10)
    old, new = keys.get("client-1"), keys.get("client-4")
    assert old is not None
    assert new is not None
    assert (old.orphaned_at, new.orphaned_at) == (NOW, NOW + 10)


def test_ended_keys_come_in_the_order_in_which_they_ended(keys: ServiceKeys) -> None:
    """Strictly before the time asked for."""
    keys.mark_revoked("client-3", "admin", NOW)
    keys.mark_revoked("client-1", "admin", NOW + 10)
    keys.mark_revoked("client-2", "admin", NOW + 10)
    assert keys.ended_before(NOW) == []
    assert keys.ended_before(NOW + 0.5) == ["client-3"]
    assert keys.ended_before(NOW + 10) == ["client-3"]
    assert keys.ended_before(NOW + 11) == ["client-3", "client-1", "client-2"]


def test_no_client_id_is_too_small_for_that(keys: ServiceKeys) -> None:
    """Any string is one."""
    keys.add(service_key("!"))
    keys.mark_revoked("!", "admin", NOW)
    assert keys.ended_before(NOW) == []
    assert keys.ended_before(NOW + 1) == ["!"]


def test_a_key_that_ended_twice_is_named_once(keys: ServiceKeys) -> None:
    """Revoked first, and then the user was deleted."""
    keys.mark_revoked("client-1", "jane", NOW)
    keys.mark_orphaned("jane", NOW + 10)
    assert keys.ended_before(NOW + 5) == ["client-1"]
    assert keys.ended_before(NOW + 20) == ["client-1", "client-2"]
    for client_id in keys.ended_before(NOW + 20):
        keys.remove(client_id)
    assert keys.ended_before(NOW + 20) == []


def test_a_key_that_only_expired_has_not_been_ended(keys: ServiceKeys) -> None:
    """Ended means revoked or orphaned."""
    keys.add(service_key("client-4", expires_at=NOW))
    assert keys.ended_before(NOW * 2) == []


@pytest.mark.parametrize("end", ["none", "revoked", "orphaned", "both", "both at once"])
def test_a_removed_key_leaves_nothing_behind(keys: ServiceKeys, end: str) -> None:
    """When its time is over it is gone from every index."""
    if end in ("revoked", "both", "both at once"):
        keys.mark_revoked("client-3", "admin", NOW)
    if end in ("orphaned", "both"):
        keys.mark_orphaned("john", NOW + 10)
    if end == "both at once":
        keys.mark_orphaned("john", NOW)
    keys.remove("client-3")
    assert keys.get("client-3") is None
    assert keys.owners() == ["jane"]
    assert owned(keys, "john") == set()
    assert keys.ended_before(NOW * 2) == []
    assert len(keys._by_end) == 0
    with pytest.raises(KeyError):
        keys.remove("client-3")
    keys.add(service_key("client-3", "john"))


def test_a_removed_key_is_unknown(keys: ServiceKeys) -> None:
    """A token refers to its key itself, not to its place in an index."""
    key = keys.get("client-3")
    assert key is not None
    keys.remove("client-3")
    assert key.has_ended
    assert not key.is_live(NOW)


def test_keys_may_be_removed_while_they_are_listed(keys: ServiceKeys) -> None:
    """A BTree skips entries when it shrinks under a loop."""
    for number in range(500):
        keys.add(service_key(f"many-{number}", "eve"))
    for key in keys.owned_by("eve"):
        keys.remove(key.client_id)
    assert owned(keys, "eve") == set()
    assert "eve" not in keys.owners()


def test_keys_are_there_after_a_restart(restarted: Restart) -> None:
    """With their options, their end and who ended them."""

    def issue(storage: Any) -> None:
        storage["service_key"].add(
            service_key("client-1", ip_ranges="10.0.0.0/8", require_jti=True)
        )
        storage["service_key"].mark_revoked("client-1", "admin", NOW)

    restarted().run(issue)
    keys = restarted().session().root["service_key"]
    key = keys.get("client-1")
    assert key is not None
    assert (key.ip_ranges, key.require_jti) == ("10.0.0.0/8", True)
    assert (key.revoked_at, key.revoked_by) == (NOW, "admin")
    assert key.public_keys == (public_key(),)
    assert keys.ended_before(NOW + 1) == ["client-1"]


def test_a_look_up_does_not_walk(database: Database) -> None:
    """Ftw.tokenauth walked over all records to find a client."""

    def issue(storage: Any) -> None:
        for number in range(3000):
            storage["service_key"].add(
                service_key(f"client-{number}", f"user-{number}")
            )

    database.run(issue)
    session = database.session()
    found = session.root["service_key"].get("client-1500")
    assert found is not None
    assert found.owner == "user-1500"
    # The root, the storage, the keys, the tree, a bucket and the key.
    assert session.transfers() == (6, 0)
    assert owned(session.root["service_key"], "user-1500") == {"client-1500"}
    # The index, its tree of owners and a bucket, the set of the owner; then the tree of
    # numbers and a bucket.
    assert session.transfers() == (6, 0)
    assert session.root["service_key"].get("nobody") is None
    assert session.transfers() <= (1, 0)


@pytest.mark.parametrize("owner", ["eve", "jane"])
def test_two_keys_issued_at_once_are_both_kept(database: Database, owner: str) -> None:
    """By two users, and by one in two windows."""
    database.run(lambda storage: storage["service_key"].add(service_key("client-0")))
    first, second = database.session(), database.session()
    first.root["service_key"].add(service_key("client-1", "jane"))
    second.root["service_key"].add(service_key("client-2", owner))
    first.commit()
    second.commit()
    keys = database.session().root["service_key"]
    assert {"client-0", "client-1"} <= owned(keys, "jane")
    assert "client-2" in owned(keys, owner)


def test_using_a_key_reads_it_and_writes_nothing(database: Database) -> None:
    """Issuing a token leaves the key alone."""
    database.run(lambda storage: storage["service_key"].add(service_key("client-0")))
    session = database.session()
    key = session.root["service_key"].get("client-0")
    assert key is not None
    assert key.is_live(NOW)
    assert key.live_public_keys(NOW)
    assert session.connection._registered_objects == []
