"""The keyfile of a client that has made its key pair itself."""

from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.servicekeys.keyfile import keyfile
from tests.core.conftest import NOW


def test_a_public_keyfile_has_everything_but_the_private_key() -> None:
    key_pair = generate_key_pair("ES256", NOW)
    known = KeyPair("", key_pair.public_key)
    uri = "https://example.org/@@oauth2-token"
    complete = keyfile(key_pair, "client-1", "jane", uri)
    assert complete.pop("private_key") == key_pair.private_pem
    assert keyfile(known, "client-1", "jane", uri) == complete
