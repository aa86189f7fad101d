"""The keyfile a client gets once."""

from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.servicekeys.keyfile import google_keyfile
from pas.plugins.tokenauth.servicekeys.keyfile import keyfile
from tests.core.conftest import NOW

import json
import pytest


TOKEN_URI = "https://example.org/@@oauth2-token"


@pytest.fixture(scope="module")
def key_pair() -> KeyPair:
    return generate_key_pair("ES256", NOW)


def test_the_keyfile_has_the_fields_that_clients_of_ftw_tokenauth_read(
    key_pair: KeyPair,
) -> None:
    """The fields of the original, and the algorithm."""
    assert keyfile(key_pair, "client-1", "jane", TOKEN_URI) == {
        "key_id": key_pair.public_key.kid,
        "client_id": "client-1",
        "user_id": "jane",
        "issued": "2027-01-15T08:00:00+00:00",
        "token_uri": TOKEN_URI,
        "algorithm": "ES256",
        "private_key": key_pair.private_pem,
    }


def test_the_google_keyfile_is_one_that_google_auth_reads(key_pair: KeyPair) -> None:
    """A service account, and always a universe domain."""
    assert google_keyfile(key_pair, "client-1", TOKEN_URI) == {
        "type": "service_account",
        "client_id": "client-1",
        "client_email": "client-1",
        "private_key_id": key_pair.public_key.kid,
        "private_key": key_pair.private_pem,
        "token_uri": TOKEN_URI,
        "universe_domain": "tokenauth.invalid",
    }


@pytest.mark.parametrize(
    ("library", "members"),
    [
        (
            "google.auth",
            ["client_email", "token_uri", "private_key", "type", "private_key_id"],
        ),
        (
            "oauth2client.service_account",
            ["type", "client_email", "private_key", "private_key_id", "client_id"],
        ),
        (
            "com.google.api.client.googleapis.auth.oauth2.GoogleCredential",
            ["type", "client_id", "client_email", "private_key", "private_key_id"],
        ),
    ],
)
def test_the_google_keyfile_has_what_a_library_requires(
    key_pair: KeyPair, library: str, members: list[str]
) -> None:
    """Each refuses to begin where one is missing."""
    document = google_keyfile(key_pair, "client-1", TOKEN_URI)
    assert all(document[member] for member in members), library


def test_the_universe_domain_is_not_googles(key_pair: KeyPair) -> None:
    """Otherwise google-auth sends our tokens to Google."""
    domain = google_keyfile(key_pair, "client-1", TOKEN_URI)["universe_domain"]
    assert domain
    assert "google" not in domain


def test_both_documents_are_json_as_they_are(key_pair: KeyPair) -> None:
    """Written and read without loss, fractions of a second cut."""
    fractional = KeyPair(
        key_pair.private_pem,
        type(key_pair.public_key)("kid", "ES256", key_pair.public_key.pem, NOW + 0.75),
    )
    first = keyfile(fractional, "client-1", "Jürgen", TOKEN_URI)
    second = google_keyfile(fractional, "client-1", TOKEN_URI)
    assert json.loads(json.dumps(first)) == first
    assert json.loads(json.dumps(second)) == second
    assert first["issued"] == "2027-01-15T08:00:00+00:00"
