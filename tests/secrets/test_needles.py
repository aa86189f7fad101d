"""Looking for secrets finds them, however they are spelled."""

from base64 import b64encode
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from tests.secrets.needles import Needles
from urllib.parse import quote

import json
import jwt
import pickle
import pytest


TOKEN = make_token("pta_", bytes(range(100, 132)))
KEY_PAIR = generate_key_pair("ES256", 0.0)
PEM = str(KEY_PAIR.private_pem)
ASSERTION = jwt.encode({"iss": "svc-x"}, PEM, "ES256")


@pytest.fixture
def needles() -> Needles:
    needles = Needles()
    needles.add_token("a token", TOKEN)
    needles.add_private_key("a key", PEM)
    needles.add_assertion("an assertion", ASSERTION)
    return needles


def basic(text: str) -> str:
    return b64encode(f"owner:{text}".encode()).decode()


def data_url(text: str) -> str:
    document = json.dumps({"x": "1", "private_key": text})
    return b64encode(document.encode()).decode()


@pytest.mark.parametrize(
    "spell",
    [
        str,
        repr,
        json.dumps,
        quote,
        basic,
        data_url,
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
        lambda text: repr(text.encode()),
        lambda text: urlsafe_b64encode(f"x{text}".encode()).decode(),
        lambda text: urlsafe_b64encode(f"xy{text}".encode()).decode(),
        lambda text: pickle.dumps({"x": text}).decode("latin-1"),
    ],
)
@pytest.mark.parametrize(
    ("name", "secret"),
    [("a token", TOKEN), ("a key", PEM), ("an assertion", ASSERTION)],
)
def test_a_secret_is_found(
    needles: Needles, name: str, secret: str, spell: Callable[[str], str]
) -> None:
    text = f"before {spell(str(secret))} behind"
    assert needles.found_in(text.encode("latin-1")) == {name}


@pytest.mark.parametrize(
    "number",
    [
        lambda key: key.private_numbers().private_value.to_bytes(32, "big"),
        lambda key: str(key.private_numbers().private_value).encode(),
        lambda key: jwt.algorithms.ECAlgorithm.to_jwk(key).encode(),
    ],
    ids=["bytes", "decimal", "JWK"],
)
def test_the_number_of_a_key_is_found(
    needles: Needles, number: Callable[[object], bytes]
) -> None:
    key = jwt.algorithms.ECAlgorithm(None).prepare_key(PEM)
    assert needles.found_in(b"x" + number(key)) == {"a key"}


def test_a_public_value_is_not_found(needles: Needles) -> None:
    known = [
        KEY_PAIR.public_key.pem.encode(),
        digest(TOKEN),
        digest(TOKEN).hex().encode(),
        ASSERTION.rpartition(".")[0].encode(),
        generate_key_pair("ES256", 0.0).private_pem.encode(),
        make_token("pta_", bytes(32)).encode(),
    ]
    assert needles.found_in(b"\n".join(known)) == set()
