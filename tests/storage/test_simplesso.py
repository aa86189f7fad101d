"""Tokens of django-simple-sso, and secrets that are shared."""

from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.partners import Partner
from pas.plugins.tokenauth.storage.sharedsecrets import SharedSecret
from pas.plugins.tokenauth.storage.simplesso import SimpleSSOConsumer
from pas.plugins.tokenauth.storage.simplesso import SimpleSSOToken
from pas.plugins.tokenauth.storage.simplesso import SimpleSSOTokens
from tests.storage.conftest import Database
from tests.storage.conftest import NOW
from typing import Any
from ZODB.POSException import ConflictError

import pytest


DIGEST = TokenDigest(bytes(range(32)))
TOKEN = SimpleSSOToken(
    consumer_id="sso-1", expires_at=NOW + 60, url="https://shop.example.org/"
)


def test_a_token_is_taken_once_and_until_it_expires() -> None:
    """Conformance: SS-05."""
    tokens = SimpleSSOTokens()
    tokens.add(DIGEST, TOKEN, NOW)
    assert tokens.get(DIGEST, NOW + 59) == TOKEN
    assert tokens.get(DIGEST, NOW + 60) is None
    assert tokens.take(DIGEST, NOW) == TOKEN
    assert tokens.take(DIGEST, NOW) is None


def test_two_who_take_one_token_conflict(database: Database) -> None:
    """Conformance: SS-05."""

    def add(storage: Any) -> None:
        storage["simple_sso_tokens"].add(DIGEST, TOKEN, NOW)

    database.run(add)
    first, second = database.session(), database.session()
    for session in (first, second):
        assert session.root["simple_sso_tokens"].take(DIGEST, NOW) == TOKEN
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()


def test_expired_tokens_are_dropped() -> None:
    """By whoever purges."""
    tokens = SimpleSSOTokens()
    tokens.add(DIGEST, TOKEN, NOW)
    tokens.drop_expired(NOW + 10_000)
    assert tokens.get(DIGEST, NOW) is None


@pytest.mark.parametrize("cls", [Partner, SimpleSSOConsumer])
def test_a_secret_is_as_old_as_the_newest_that_is_shared(cls: Any) -> None:
    """A policy of the site counts from there; no repr shows what is sealed."""
    credential = cls("id-1", owner="", issued_at=NOW, title="Shop")
    assert credential.secret_made_at == NOW
    credential.secrets = (
        SharedSecret(kid="a", sealed=b"x", added_at=NOW + 1, expires_at=NOW + 5),
        SharedSecret(kid="b", sealed=b"sealed", added_at=NOW + 2),
    )
    assert credential.secret_made_at == NOW + 2
    assert [each.is_live(NOW + 5) for each in credential.secrets] == [False, True]
    assert "sealed" not in repr(credential.secrets).replace("sealed=", "")
