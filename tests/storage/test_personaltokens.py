"""Personal access tokens, found by the digest of their secret."""

from collections.abc import Callable
from dataclasses import replace
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessTokens
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.tokensecrets import TokenSecret
from pathlib import Path
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from typing import Any

import pytest


Restart = Callable[[], Database]


def personal_access_token(
    number: int, owner: str = "jane", **more: Any
) -> PersonalAccessToken:
    return PersonalAccessToken(
        f"pat-{number}",
        digest=TokenDigest(digest_of(number)),
        owner=owner,
        title="Backup",
        issued_at=NOW,
        **more,
    )


@pytest.fixture
def tokens() -> PersonalAccessTokens:
    found = PersonalAccessTokens()
    for number, owner in enumerate(["jane", "jane", "john"]):
        found.add(personal_access_token(number, owner))
    return found


def test_a_token_is_found_by_digest_by_id_and_by_owner(
    tokens: PersonalAccessTokens,
) -> None:
    token = tokens.by_digest(TokenDigest(digest_of(1)))
    assert token is tokens.get("pat-1")
    assert token in list(tokens.owned_by("jane"))
    assert tokens.by_digest(TokenDigest(digest_of(9))) is None


def test_an_id_is_taken_once(tokens: PersonalAccessTokens) -> None:
    again = personal_access_token(1)
    with pytest.raises(KeyError):
        tokens.add(again)
    assert tokens.get("pat-1") is not again
    assert tokens.by_digest(TokenDigest(digest_of(1))) is tokens.get("pat-1")


def test_a_new_token_may_do_nothing_special() -> None:
    token = personal_access_token(1)
    assert not token.may_impersonate
    assert token.kind == "personal_access_token"
    assert token.secret_made_at == NOW


def test_a_revoked_token_stays_as_evidence(tokens: PersonalAccessTokens) -> None:
    tokens.mark_revoked("pat-1", "jane", NOW + 1)
    token = tokens.by_digest(TokenDigest(digest_of(1)))
    assert token is not None
    assert not token.is_live(NOW + 1)
    assert tokens.ended_before(NOW + 2) == ["pat-1"]


def test_a_forgotten_token_is_found_by_nothing(tokens: PersonalAccessTokens) -> None:
    tokens.mark_revoked("pat-1", "jane", NOW)
    tokens.remove("pat-1")
    assert tokens.get("pat-1") is None
    assert tokens.by_digest(TokenDigest(digest_of(1))) is None
    assert [token.credential_id for token in tokens.owned_by("jane")] == ["pat-0"]
    assert tokens.ended_before(NOW + 1) == []


def test_a_later_user_of_the_same_id_gets_none(tokens: PersonalAccessTokens) -> None:
    tokens.mark_orphaned("jane", NOW)
    assert not any(token.is_live(NOW) for token in tokens.owned_by("jane"))
    assert all(token.is_live(NOW) for token in tokens.owned_by("john"))


def test_looking_a_token_up_loads_little_however_many_there_are(
    database: Database,
) -> None:
    def fill(storage: TokenAuthStorage) -> None:
        for number in range(5000):
            storage["personal_access_token"].add(
                personal_access_token(number, f"user-{number}")
            )

    database.run(fill)
    session = database.session()
    token = session.root["personal_access_token"].by_digest(
        TokenDigest(digest_of(4000))
    )
    assert token is not None
    assert token.is_live(NOW)
    assert session.transfers()[0] <= 7


def test_a_stolen_database_contains_no_token(
    restarted: Restart, tmp_path: Path
) -> None:
    """TE-22: the headline property; and the search would find one."""
    secret = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, digest_of(1))
    token = personal_access_token(1)
    token.secrets = (TokenSecret(digest=digest(secret), added_at=NOW),)
    restarted().run(lambda storage: storage["personal_access_token"].add(token))

    def found() -> bool:
        data = (tmp_path / "Data.fs").read_bytes()
        return any(
            part in data for part in (secret.encode(), secret[4:20].encode(), b"ptp_")
        )

    assert not found()

    def plant(storage: TokenAuthStorage) -> None:
        stored = storage["personal_access_token"].get("pat-1")
        assert stored is not None
        stored.title = str(secret)

    restarted().run(plant)
    assert found()


def test_a_token_is_found_by_each_of_its_secrets(
    tokens: PersonalAccessTokens,
) -> None:
    token = tokens.get("pat-0")
    assert token is not None
    (old,) = token.secrets
    new = TokenSecret(digest=TokenDigest(digest_of(9)), added_at=NOW + 1)
    ending = replace(old, expires_at=NOW + 2)
    tokens.change_secrets(token, (ending, new))
    assert tokens.by_digest(old.digest) is tokens.by_digest(new.digest) is token
    assert (token.newest_secret, token.secret_made_at) == (new, NOW + 1)
    assert token.secret(old.digest) == ending
    assert ending.is_live(NOW + 1)
    assert not ending.is_live(NOW + 2)
    assert new.is_live(NOW + 2)
    tokens.change_secrets(token, (new,))
    assert tokens.by_digest(old.digest) is None
    tokens.remove("pat-0")
    assert tokens.by_digest(new.digest) is None
