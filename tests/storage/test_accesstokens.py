"""Access tokens in the database."""

from collections.abc import Callable
from dataclasses import replace
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.accesstokens import PERIOD
from pas.plugins.tokenauth.storage.accesstokens import VERSION
from pas.plugins.tokenauth.storage.expiring import SHARDS
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from tests.storage.conftest import Database
from tests.storage.conftest import digest_in
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from tests.storage.test_families import make_family
from typing import Any
from ZODB.POSException import ConflictError

import pytest


Restart = Callable[[], Database]

#: The last moment of a period, and one long after it.
END = (NOW // PERIOD + 1) * PERIOD
LATER = END + PERIOD


def token(
    expires_at: float = NOW + 3600, issued_at: float = NOW, scope: str | None = None
) -> AccessToken:
    # The storage does not look at the credential, which any string can stand for.
    credential: Any = "client-1"
    return AccessToken(
        credential=credential,
        subject="jane",
        issued_at=issued_at,
        expires_at=expires_at,
        scope=scope,
    )


@pytest.fixture(scope="module")
def key_pair() -> KeyPair:
    return generate_key_pair("ES256", NOW)


def service_key(client_id: str, key_pair: KeyPair) -> ServiceKey:
    return ServiceKey(
        client_id,
        owner="jane",
        title="Backup",
        public_key=key_pair.public_key,
        issued_at=NOW,
    )


def add(
    storage: TokenAuthStorage, digest: bytes, expires_at: float = NOW + 3600
) -> None:
    storage["access_tokens"].add(TokenDigest(digest), token(expires_at))


def has(storage: TokenAuthStorage, digest: bytes, now: float = NOW) -> bool:
    return storage["access_tokens"].get(TokenDigest(digest), now) is not None


def fill(database: Database, count: int, expires_at: float = NOW + 3600) -> None:
    def change(storage: TokenAuthStorage) -> None:
        for number in range(count):
            add(storage, digest_of(number), expires_at)

    database.run(change)


def test_a_token_is_found_by_its_digest_until_it_expires(database: Database) -> None:
    """RS-09, JW-04: and is gone at the moment it expires."""
    storage = database.session().root
    record = token(NOW + 3600)
    storage["access_tokens"].add(TokenDigest(digest_of(1)), record)
    digest = TokenDigest(digest_of(1))
    assert storage["access_tokens"].get(digest, NOW) == record
    assert storage["access_tokens"].get(digest, NOW + 3599.9) == record
    assert storage["access_tokens"].get(digest, NOW + 3600) is None
    assert storage["access_tokens"].get(TokenDigest(digest_of(2)), NOW) is None


@pytest.mark.parametrize("scope", [None, "", "plone.read", "a b"])
def test_the_scope_is_kept(restarted: Restart, scope: str | None) -> None:
    """TE-04: nothing said is not the same as nothing granted."""
    digest, record = TokenDigest(digest_of(1)), token(scope=scope)
    restarted().run(lambda storage: storage["access_tokens"].add(digest, record))
    assert restarted().session().root["access_tokens"].get(digest, NOW) == record


def test_the_record_of_a_token_has_room_for_more(restarted: Restart) -> None:
    """Audience, key binding, actor and session, of the few tokens that have them."""
    claims = {
        "aud": ("https://mcp.example.org",),
        "cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
        "act": {"sub": "john"},
        "sid": "family-1",
    }
    digest, record = TokenDigest(digest_of(1)), replace(token(), claims=claims)
    restarted().run(lambda storage: storage["access_tokens"].add(digest, record))
    assert restarted().session().root["access_tokens"].get(digest, NOW) == record


def test_the_record_of_a_token_names_its_version(database: Database) -> None:
    """So that a later version can tell it from its own."""
    digest = TokenDigest(digest_of(1))
    database.run(lambda storage: storage["access_tokens"].add(digest, token()))
    found = database.session().root["access_tokens"]._tokens.get(digest, NOW)
    assert found[1] == VERSION


def test_a_token_stays_on_disk_six_hours_at_most(database: Database) -> None:
    """Longer than it is good for, as its whole group goes at once."""
    six_hours = 6 * 3600
    # A day and a half, so that some end at the very start of a group.
    ends = [NOW + quarter * 900 for quarter in range(144)]

    def add_all(storage: TokenAuthStorage) -> None:
        for end in ends:
            add(storage, digest_in(1, end), end)

    database.run(add_all)
    storage = database.session().root
    for end in ends:
        storage["access_tokens"].drop_expired(end + six_hours)
        assert not has(storage, digest_in(1, end), end - 1)
    # Smaller groups would be more objects to load for a look-up.
    groups = database.session().root["access_tokens"]._tokens._shards[1]
    assert len(groups) <= 6 + 1


def test_a_token_can_be_removed(database: Database) -> None:
    """RV-10: one object is written, and nothing for a token that is unknown."""
    fill(database, SHARDS * 10)
    session = database.session()
    session.root["access_tokens"].remove(TokenDigest(digest_of(5)))
    session.commit()
    assert session.transfers()[1] == 1
    session.root["access_tokens"].remove(TokenDigest(digest_of(5)))
    session.root["access_tokens"].remove(TokenDigest(digest_of(-1)))
    session.commit()
    assert session.transfers()[1] == 0
    storage = database.session().root
    found = [has(storage, digest_of(number)) for number in range(10)]
    assert found == [number != 5 for number in range(10)]


def test_two_transactions_that_remove_the_same_token_both_succeed(
    database: Database,
) -> None:
    """RV-02: the loser of a conflict finds nothing when Zope repeats the request."""
    fill(database, SHARDS * 10)
    digest = TokenDigest(digest_of(5))
    first, second = database.session(), database.session()
    for session in (first, second):
        session.root["access_tokens"].remove(digest)
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
    second.abort()
    second.root["access_tokens"].remove(digest)
    second.commit()
    assert not has(database.session().root, digest)


def test_tokens_are_there_after_a_restart(restarted: Restart) -> None:
    """RS-09: nothing is kept in memory only."""
    restarted().run(lambda storage: add(storage, digest_of(1)))
    assert has(restarted().session().root, digest_of(1))


def test_a_look_up_does_not_walk(database: Database) -> None:
    """What ftw.tokenauth did; the price does not grow with the tokens."""
    fill(database, 10_000)
    session = database.session()
    assert has(session.root, digest_of(5000))
    # The root, three objects on the way, a shard, a group and a bucket of it.
    assert session.transfers() == (7, 0)
    assert not has(session.root, digest_in(digest_of(5000)[0], -1))
    assert session.transfers() <= (1, 0)


def test_checking_a_token_loads_little_however_much_there_is(
    database: Database, key_pair: KeyPair
) -> None:
    """Eight objects at most, from the root of our storage to the credential."""

    def fill_up(storage: TokenAuthStorage) -> None:
        for number in range(10_000):
            key = service_key(f"client-{number}", key_pair)
            storage["service_key"].add(key)
            # As many as one shard has of two and a half million.
            storage["access_tokens"].add(
                TokenDigest(digest_in(1, number)), replace(token(), credential=key)
            )

    database.run(fill_up)
    session = database.session()
    found = session.root["access_tokens"].get(TokenDigest(digest_in(1, 77)), NOW)
    assert found is not None
    assert found.credential.is_live(NOW)
    assert found.credential.credential_id == "client-77"
    loads, stores = session.transfers()
    assert stores == 0
    # The root of the database is none of ours.
    assert 4 < loads - 1 <= 8


def test_a_look_up_does_not_read_what_has_expired(database: Database) -> None:
    """Groups that nobody has dropped yet cost nothing."""

    def never_purged(storage: TokenAuthStorage) -> None:
        for number in range(50):
            old = token(NOW - number * PERIOD, issued_at=0)
            storage["access_tokens"].add(TokenDigest(digest_in(1, number)), old)

    database.run(never_purged)
    session = database.session()
    assert not has(session.root, digest_in(1, -1), LATER)
    # The root, three objects on the way and a shard.
    assert session.transfers() == (5, 0)


def test_a_look_up_writes_nothing(database: Database) -> None:
    """Authentication writes nothing."""
    fill(database, 10)
    session = database.session()
    has(session.root, digest_of(1))
    has(session.root, digest_of(1), LATER)
    has(session.root, digest_of(-1))
    assert session.connection._registered_objects == []
    session.commit()
    assert session.transfers()[1] == 0


def test_issuing_writes_one_object(database: Database) -> None:
    """The token and nothing else."""
    fill(database, SHARDS * 10)
    session = database.session()
    for number in range(100_000, 100_010):
        add(session.root, digest_of(number))
        session.commit()
    assert session.transfers()[1] == 10


def test_tokens_in_different_shards_never_conflict(database: Database) -> None:
    """Also in an empty database."""
    first, second = database.session(), database.session()
    add(first.root, digest_in(1, 1))
    add(second.root, digest_in(2, 2))
    first.commit()
    second.commit()
    third = database.session().root
    assert has(third, digest_in(1, 1))
    assert has(third, digest_in(2, 2))


def test_tokens_in_one_shard_do_not_conflict_either(database: Database) -> None:
    """Random digests in one bucket are merged."""
    database.run(lambda storage: add(storage, digest_in(1, 0)))
    first, second = database.session(), database.session()
    add(first.root, digest_in(1, 1))
    add(second.root, digest_in(1, 2))
    first.commit()
    second.commit()
    third = database.session().root
    assert all(has(third, digest_in(1, number)) for number in range(3))


def test_the_first_two_tokens_of_a_period_may_have_to_be_repeated(
    database: Database,
) -> None:
    """The loser of a conflict succeeds when Zope repeats the request."""
    first, second = database.session(), database.session()
    add(first.root, digest_in(1, 1))
    add(second.root, digest_in(1, 2))
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
    second.abort()
    add(second.root, digest_in(1, 2))
    second.commit()
    third = database.session().root
    assert has(third, digest_in(1, 1))
    assert has(third, digest_in(1, 2))


def test_two_writers_that_both_drop_what_expired_end_up_right(
    database: Database,
) -> None:
    """Ftw.tokenauth conflicts again and again here; we do once."""
    database.run(lambda storage: add(storage, digest_in(1, 0)))
    first, second = database.session(), database.session()
    for number, session in ((1, first), (2, second)):
        session.root["access_tokens"].add(
            TokenDigest(digest_in(1, number)), token(LATER + 60, LATER)
        )
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
    second.abort()
    second.root["access_tokens"].add(
        TokenDigest(digest_in(1, 2)), token(LATER + 60, LATER)
    )
    second.commit()
    third = database.session().root
    assert [has(third, digest_in(1, number)) for number in range(3)] == [
        False,
        True,
        True,
    ]


def test_purging_ten_thousand_tokens_reads_none_of_them(
    database: Database,
) -> None:
    """Whole groups are dropped; what is in them is not even read."""
    fill(database, 10_000)
    session = database.session()
    session.root["access_tokens"].drop_expired(LATER)
    session.commit()
    # The root, three objects on the way, and the shards themselves.
    assert session.transfers() == (4 + SHARDS, SHARDS)
    storage = database.session().root
    assert not any(has(storage, digest_of(number)) for number in range(10_000))


def test_purging_keeps_what_is_live(database: Database) -> None:
    """In the same shards, beside what expired."""
    fill(database, 500)

    def add_live(storage: TokenAuthStorage) -> None:
        for number in range(500, 1000):
            add(storage, digest_of(number), LATER + 10)
        # These expire first in a group that is still needed.
        for number in range(1000, 1100):
            add(storage, digest_of(number), LATER + 5)

    database.run(add_live)
    database.run(lambda storage: storage["access_tokens"].drop_expired(LATER + 5))
    storage = database.session().root
    now = LATER + 5
    assert not any(has(storage, digest_of(number), 0) for number in range(500))
    assert all(has(storage, digest_of(number), now) for number in range(500, 1000))
    assert not any(has(storage, digest_of(number), now) for number in range(1000, 1100))


def test_purging_twice_changes_nothing_more(database: Database) -> None:
    """There is nothing left to write."""
    fill(database, 100)
    session = database.session()
    session.root["access_tokens"].drop_expired(LATER)
    session.commit()
    session.transfers()
    session.root["access_tokens"].drop_expired(LATER)
    session.commit()
    assert session.transfers() == (0, 0)


def test_expired_tokens_go_as_new_ones_come(database: Database) -> None:
    """Without any scheduled job."""
    fill(database, SHARDS * 20)

    def issue(storage: TokenAuthStorage) -> None:
        for number in range(100_000, 100_000 + SHARDS * 20):
            storage["access_tokens"].add(
                TokenDigest(digest_of(number)), token(LATER + 60, LATER)
            )

    database.run(issue)
    storage = database.session().root
    assert not any(has(storage, digest_of(number), 0) for number in range(SHARDS * 20))


def test_a_token_of_the_first_version_belongs_to_no_family(database: Database) -> None:
    """Sites of profile 1000 have such records."""
    name, wanted = TokenDigest(digest_of(1)), token()
    record = (1, wanted.credential, wanted.subject, wanted.issued_at, None, None)
    tokens = database.session().root["access_tokens"]
    tokens._tokens.insert(name, record, wanted.expires_at)
    found = tokens.get(name, NOW)
    assert (found.subject, found.family) == (wanted.subject, None)


def test_a_token_is_kept_with_its_family(database: Database) -> None:
    name, family = TokenDigest(digest_of(1)), make_family()
    tokens = database.session().root["access_tokens"]
    tokens.add(name, replace(token(), family=family))
    assert tokens.get(name, NOW).family is family
