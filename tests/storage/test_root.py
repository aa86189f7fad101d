"""Everything that is kept, together."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.expiring import SHARDS
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.servicekeys import ServiceKeys
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pathlib import Path
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import new_storage
from tests.storage.conftest import NOW
from tests.storage.conftest import STORES
from ZODB.serialize import referencesf

import base64
import pytest


Restart = Callable[[], Database]


def issue_key(storage: TokenAuthStorage, key_pair: KeyPair) -> None:
    storage["service_key"].add(
        ServiceKey(
            "client-1",
            owner="jane",
            title="Backup",
            public_key=key_pair.public_key,
            issued_at=NOW,
        )
    )


def issue_token(storage: TokenAuthStorage, random: bytes, jti: str = "") -> str:
    """All that the site writes when a client obtains a token."""
    token = make_token(ACCESS_TOKEN_PREFIX, random)
    name = digest(token)
    storage["access_tokens"].add(
        name,
        AccessToken(
            credential=storage["service_key"].get("client-1"),
            subject="jane",
            issued_at=NOW,
            expires_at=NOW + 3600,
        ),
    )
    storage["usage_log"].add(
        UsageEntry(
            credential_id="client-1",
            time=NOW,
            subject="jane",
            address="192.0.2.1",
            user_agent="agent/1.0",
        ),
        name[-8:],
    )
    if jti:
        storage["replay"].add("client-1", jti, NOW + 660, NOW)
    return token


@pytest.fixture(scope="module")
def key_pair() -> KeyPair:
    return generate_key_pair("ES256", NOW)


def fill(storage: TokenAuthStorage, key_pair: KeyPair) -> None:
    issue_key(storage, key_pair)
    for number in range(SHARDS * 20):
        issue_token(storage, digest_of(number), f"jti-{number}")


def test_a_credential_of_any_kind_is_found_by_its_id(key_pair: KeyPair) -> None:
    storage = new_storage()
    issue_key(storage, key_pair)
    token = PersonalAccessToken(
        "pat-1",
        digest=TokenDigest(bytes(32)),
        owner="jane",
        title="Backup",
        issued_at=NOW,
    )
    storage["personal_access_token"].add(token)
    assert storage.credential("client-1") is storage["service_key"].get("client-1")
    assert storage.credential("pat-1") is token
    assert storage.credential("client-2") is None


def test_the_stores_of_credentials_are_the_kinds() -> None:
    """Whatever is kept besides, under whatever name."""
    storage = new_storage()
    assert storage.kinds.keys() == {
        "application",
        "authorization",
        "cas_service",
        "partner",
        "personal_access_token",
        "registration",
        "service_key",
        "signed_link",
        "simple_sso_consumer",
    }


def test_a_store_that_a_feature_brings_is_added_to_those_that_are_there(
    database: Database, key_pair: KeyPair
) -> None:
    """The example is a third kind of credential."""

    def add_feature(storage: TokenAuthStorage) -> None:
        issue_key(storage, key_pair)
        storage.add_missing([("badge", ServiceKeys), ("service_key", ServiceKeys)])

    database.run(add_feature)
    storage = database.session().root
    assert storage["service_key"].get("client-1") is not None
    assert storage.kinds["badge"] is storage["badge"]


def test_a_store_that_no_feature_has_brought_is_an_error() -> None:
    """A misspelt name does not keep things where nobody looks for them."""
    with pytest.raises(KeyError, match="badge"):
        new_storage()["badge"]


def test_nothing_is_written_where_no_store_is_missing(database: Database) -> None:
    """It happens with each profile that somebody imports."""
    session = database.session()
    session.root.add_missing(STORES.items())
    assert not session.root._p_changed


def test_issuing_a_token_writes_a_token_and_an_entry(
    database: Database, key_pair: KeyPair
) -> None:
    """A token, an entry found in two ways, with a jti one more, and nothing else."""
    database.run(lambda storage: fill(storage, key_pair))
    session = database.session()
    for number, (jti, written) in enumerate([("", 3), ("once", 4)], start=100_000):
        issue_token(session.root, digest_of(number), jti)
        session.commit()
        assert session.transfers()[1] == written


def test_issuing_a_token_reads_only_what_it_needs(
    database: Database, key_pair: KeyPair
) -> None:
    """The price does not grow with what is there."""
    database.run(lambda storage: fill(storage, key_pair))
    session = database.session()
    issue_token(session.root, digest_of(100_000), "once")
    session.commit()
    assert session.transfers()[0] <= 19


def test_two_processes_issue_tokens_of_one_key_all_day(
    database: Database, key_pair: KeyPair
) -> None:
    """With log and jti, at the same time, without a conflict."""
    database.run(lambda storage: fill(storage, key_pair))
    first, second = database.session(), database.session()
    for number in range(6000, 6100):
        issue_token(first.root, digest_of(number), f"jti-{number}")
        issue_token(second.root, digest_of(-number), f"jti--{number}")
        first.commit()
        second.commit()


def test_an_aborted_request_leaves_no_trace(database: Database) -> None:
    """Threat senaite PR#90: what is refused is not written."""
    session = database.session()
    token = issue_token(session.root, digest_of(1), "once")
    session.abort()
    session.commit()
    storage = database.session().root
    assert storage["access_tokens"].get(digest(token), NOW) is None
    assert storage["usage_log"].newest("client-1") is None


def pickles(database: Database) -> list[bytes]:
    """Everything that was ever written."""
    return [data for _, data in database.records()]


# -- what a stolen database contains -------------------------------------------


def secrets_of(token: str, random: bytes, key_pair: KeyPair) -> list[bytes]:
    """All forms in which somebody could find a credential."""
    body = "".join(key_pair.private_pem.splitlines()[1:-1])
    return [
        token.encode(),
        token[4:-6].encode(),
        random,
        random.hex().encode(),
        body.encode(),
        body[:24].encode(),
        body[-24:].encode(),
        base64.b64decode(body)[-32:],
        b"PRIVATE KEY",
        b"pta_",
    ]


def test_a_stolen_database_contains_no_credential(
    restarted: Restart, tmp_path: Path, key_pair: KeyPair
) -> None:
    """TE-22: the headline property; and the search would find one."""
    random = digest_of(1)
    made = {}

    def use(storage: TokenAuthStorage) -> None:
        issue_key(storage, key_pair)
        made["token"] = issue_token(storage, random, "once")
        storage["service_key"].mark_revoked("client-1", "jane", NOW)

    database = restarted()
    database.run(use)
    token = made["token"]
    secrets = secrets_of(token, random, key_pair)

    def found() -> list[bytes]:
        everything = [*pickles(database), (tmp_path / "Data.fs").read_bytes()]
        return [
            secret for secret in secrets if any(secret in data for data in everything)
        ]

    assert found() == []
    assert any(digest(token) in data for data in pickles(database))
    kid = key_pair.public_key.kid.encode()
    assert any(kid in data for data in pickles(database))

    # Planted in the same places, every one of them is found.
    def plant(storage: TokenAuthStorage) -> None:
        key = storage["service_key"].get("client-1")
        assert key is not None
        key.title = token + key_pair.private_pem.replace("\n", "")
        key.ip_ranges = (random, random.hex(), secrets[7])  # type: ignore[assignment]

    database.run(plant)
    assert found() == secrets


def test_the_state_survives_a_restart(restarted: Restart, key_pair: KeyPair) -> None:
    """RS-09: keys, tokens, log and used identifiers."""
    made: list[str] = []

    def use(storage: TokenAuthStorage) -> None:
        issue_key(storage, key_pair)
        made.append(issue_token(storage, digest_of(1), "once"))

    restarted().run(use)
    storage = restarted().session().root
    record = storage["access_tokens"].get(digest(made[0]), NOW)
    assert record is not None
    assert storage.credential("client-1") is record.credential
    newest = storage["usage_log"].newest("client-1")
    assert newest is not None
    assert newest.subject == "jane"


def test_nothing_is_lost_or_left_when_the_database_is_packed(
    restarted: Restart, key_pair: KeyPair
) -> None:
    """Dropped groups are garbage and nothing else is."""
    database = restarted()
    database.run(lambda storage: fill(storage, key_pair))

    def expire(storage: TokenAuthStorage) -> None:
        storage["access_tokens"].drop_expired(NOW * 2)
        storage["replay"].drop_expired(NOW * 2)

    database.run(expire)
    database.db.pack()
    records = dict(database.records())
    for data in records.values():
        assert set(referencesf(data)) <= set(records)
    assert len(records) < 20 * SHARDS
    storage = database.session().root
    assert storage.credential("client-1") is not None
    assert len(list(storage["usage_log"].entries("client-1"))) == SHARDS * 20
    left = b"".join(records.values())
    for number in range(SHARDS * 20):
        name = digest(make_token(ACCESS_TOKEN_PREFIX, digest_of(number)))
        assert name not in left
