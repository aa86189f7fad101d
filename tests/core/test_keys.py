"""Public keys the site keeps, and key pairs made for a client."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed448
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from joserfc.jwk import import_key
from pas.plugins.tokenauth.core.errors import KeyRefused
from pas.plugins.tokenauth.core.keys import ALGORITHMS
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.core.keys import public_key_of
from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.keys import thumbprint
from pas.plugins.tokenauth.core.keys import verification_key
from tests.core.conftest import by_hand
from tests.core.conftest import Client
from tests.core.conftest import NOW
from tests.core.conftest import P_256
from tests.core.conftest import pem_of
from tests.core.conftest import rsa_key_of
from tests.core.conftest import segment
from tests.core.conftest import spki
from tests.core.conftest import unsegment
from typing import Any

import hashlib
import pytest
import re


RFC_7638_N = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1"
    "L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4"
    "QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
    "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF"
    "Cur-kEgU8awapJzKnqDKgw"
)
RFC_8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#: A key of an algorithm that nobody has: 1.2.3.4.
UNKNOWN_ALGORITHM = spki("06032a0304")


# -- thumbprints ---------------------------------------------------------------


def test_the_thumbprint_of_an_rsa_key_is_the_one_in_the_specification() -> None:
    """JK-06, JK-07: RFC 7638 section 3.1."""
    modulus = int.from_bytes(unsegment(RFC_7638_N), "big")
    key = rsa.RSAPublicNumbers(65537, modulus).public_key()
    assert thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_thumbprint_of_an_ed25519_key_is_the_one_in_the_specification() -> None:
    """JK-06, JK-08: RFC 8037 appendix A.3."""
    key = ed25519.Ed25519PublicKey.from_public_bytes(unsegment(RFC_8037_X))
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_other_libraries_compute_the_same_thumbprint(client: Client) -> None:
    """JK-06: for every kind of key."""
    pem = client.public_key.pem
    kinds: Any = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
    other = import_key(pem, kinds[client.public_key.algorithm])
    assert client.public_key.kid == other.thumbprint()


@pytest.mark.parametrize("coordinate", ["x", "y"])
def test_short_coordinates_keep_their_leading_zeros(coordinate: str) -> None:
    """JK-10: RFC 7518 section 6.2.1.2; x and y always have 32 octets."""
    scalar = 1
    while True:  # One of 256 points has a zero octet there.
        key = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
        point = key.public_numbers()
        if getattr(point, coordinate) < 1 << 248:
            break
        scalar += 1
    x, y = (segment(number.to_bytes(32, "big")) for number in (point.x, point.y))
    jwk = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    assert thumbprint(key) == segment(hashlib.sha256(jwk.encode()).digest())


# -- key pairs -----------------------------------------------------------------


@pytest.fixture(scope="module", params=ALGORITHMS)
def key_pair(request: pytest.FixtureRequest) -> KeyPair:
    return generate_key_pair(request.param, NOW)


def test_a_fresh_key_pair_fits_together(key_pair: KeyPair) -> None:
    """JB-17: both halves belong together, pinned to the algorithm asked for."""
    private = load_pem_private_key(key_pair.private_pem.encode(), password=None)
    public: Any = private.public_key()
    assert pem_of(public) == key_pair.public_key.pem
    assert thumbprint(public) == key_pair.public_key.kid
    assert key_pair.public_key.added_at == NOW
    assert key_pair.public_key.expires_at is None
    verification_key(key_pair.public_key)


def test_the_private_half_is_pkcs8_without_a_password(key_pair: KeyPair) -> None:
    """The form that every client can read."""
    assert key_pair.private_pem.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert key_pair.private_pem.endswith("-----END PRIVATE KEY-----\n")


def test_no_repr_shows_the_private_half(key_pair: KeyPair) -> None:
    """Nothing secret in reprs or tracebacks."""
    secret = key_pair.private_pem.splitlines()[1]
    for shown in (repr(key_pair), str(key_pair), f"{[key_pair]}", f"{key_pair!r:>99}"):
        assert secret not in shown
        assert "PRIVATE" not in shown
        assert key_pair.public_key.kid in shown


def test_an_rsa_key_of_ours_has_3072_bits() -> None:
    """JS-13; design, Keys: RSA-3072 with e = 65537."""
    key = verification_key(generate_key_pair("RS256", NOW).public_key)
    assert isinstance(key, rsa.RSAPublicKey)
    assert (key.key_size, key.public_numbers().e) == (3072, 65537)


def test_an_algorithm_goes_by_its_aliases_too() -> None:
    """JS-14: what is stored is the name that we use (RFC 9864)."""
    assert generate_key_pair("Ed25519", NOW).public_key.algorithm == "EdDSA"


@pytest.mark.parametrize(
    "algorithm", ["", "none", "HS256", "RS512", "rs256", "ES384", "Ed448", "RS256 "]
)
def test_no_key_is_generated_for_another_algorithm(algorithm: str) -> None:
    """JS-07, JS-14: an allow-list, spelled exactly."""
    with pytest.raises(KeyRefused):
        generate_key_pair(algorithm, NOW)


# -- what may be stored --------------------------------------------------------


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_rsa_keys_of_2048_to_4096_bits_are_accepted(bits: int) -> None:
    """JS-13: both ends included."""
    stored = public_key_of(rsa_key_of(bits), NOW, "RS256")
    assert stored.algorithm == "RS256"


UNSAFE: list[tuple[str, Any, str]] = [
    ("RSA of 1024 bits", rsa_key_of(1024), "RS256"),
    ("RSA of 2047 bits", rsa_key_of(2047), "RS256"),
    ("RSA of 4097 bits", rsa_key_of(4097), "PS256"),
    ("RSA of 8192 bits", rsa_key_of(8192), "RS256"),
    ("RSA of 16384 bits", rsa_key_of(16384), "RS256"),
    ("RSA with e = 3", rsa_key_of(2048, 3), "RS256"),
    ("RSA with e = 65539", rsa_key_of(2048, 65539), "PS256"),
    ("P-384", ec.generate_private_key(ec.SECP384R1()).public_key(), "ES256"),
    ("P-521", ec.generate_private_key(ec.SECP521R1()).public_key(), "ES256"),
    ("secp256k1", ec.generate_private_key(ec.SECP256K1()).public_key(), "ES256"),
    ("Ed448", ed448.Ed448PrivateKey.generate().public_key(), "EdDSA"),
    ("X25519", x25519.X25519PrivateKey.generate().public_key(), "EdDSA"),
]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [pytest.param(key, algorithm, id=name) for name, key, algorithm in UNSAFE],
)
def test_an_unsafe_key_is_refused_when_it_is_registered_and_when_it_is_used(
    key: Any, algorithm: str
) -> None:
    """JS-12, JS-13; threat: RSA below 2048 bits, mislabelled keys."""
    with pytest.raises(KeyRefused):
        public_key_of(key, NOW, algorithm)
    with pytest.raises(KeyRefused):
        verification_key(by_hand(key, algorithm))


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "HS256", "none", "RS512", "ES384"])
def test_a_key_is_refused_for_every_algorithm_of_another_kind(
    client: Client, algorithm: str
) -> None:
    """JS-08, JS-09: a key of one kind is pinned to an algorithm of that kind."""
    kinds = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
    key: Any = client.private_key.public_key()
    if kinds.get(algorithm) == kinds[client.public_key.algorithm]:
        assert public_key_of(key, NOW, algorithm).algorithm == algorithm
        return
    with pytest.raises(KeyRefused):
        public_key_of(key, NOW, algorithm)
    with pytest.raises(KeyRefused):
        verification_key(by_hand(key, algorithm))


OFF_CURVE = spki(
    P_256,
    b"\x03\x42\x00\x04" + b"\x01" * 32 + b"\x02" * 32,
)
AT_INFINITY = spki(P_256, b"\x03\x02\x00\x00")
NO_KEYS = [
    "",
    "no key",
    "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC= me",
    '{"kty": "RSA"}',
    "schlüssel",
    "\ud800",
    "\0",
    OFF_CURVE,
    AT_INFINITY,
    UNKNOWN_ALGORITHM,
]


@pytest.mark.parametrize("pem", NO_KEYS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_pem_that_is_no_public_key_verifies_nothing(pem: str, algorithm: str) -> None:
    """JS-12: points off the curve and at infinity too; one error for all."""
    with pytest.raises(KeyRefused):
        verification_key(PublicKey("by-hand", algorithm, pem, NOW))


def test_a_private_key_is_not_taken_for_a_public_one(rs256: Client) -> None:
    """JS-12: it is not quoted either."""
    pem = rs256.private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()
    with pytest.raises(KeyRefused) as caught:
        verification_key(PublicKey("by-hand", "RS256", pem, NOW))
    assert re.search(r"[A-Za-z0-9+/]{30}", str(caught.value)) is None


def test_a_refusal_says_what_is_wrong() -> None:
    """Callers translate it, from a code and its values."""
    with pytest.raises(KeyRefused) as caught:
        public_key_of(rsa_key_of(1024), NOW)
    assert caught.value.problem == "rsa_bits"
    assert caught.value.values == {"bits": 1024, "minimum": 2048, "maximum": 4096}


def test_a_key_has_the_usual_algorithm_of_its_kind(client: Client) -> None:
    """JS-08: PS256 has to be asked for."""
    usual = {"PS256": "RS256"}.get(client.public_key.algorithm)
    found = public_key_of(client.private_key.public_key(), NOW)
    assert found.algorithm == (usual or client.public_key.algorithm)
    assert found.kid == client.public_key.kid


# -- life of a key -------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires_at", "live"),
    [(None, True), (NOW + 1, True), (NOW, False), (NOW - 1, False), (0, False)],
)
def test_a_key_verifies_until_it_expires(
    expires_at: "float | None", live: bool
) -> None:
    """JB-05, JK-09: a key that ends at a moment has ended at that moment."""
    key = PublicKey("kid", "RS256", "pem", NOW, expires_at)
    assert key.is_live(NOW) is live


def test_a_key_without_an_end_is_live_at_the_start_of_time_too() -> None:
    """JK-09: zero is a time, not a missing one."""
    assert PublicKey("kid", "RS256", "pem", 0).is_live(0)
