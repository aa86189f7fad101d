"""Client programs that sign grants, written without the libraries under test.

Signatures come from `cryptography` directly, so a test can send what no JWT
library would make. RSA keys are slow to generate: every key is made once.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from dataclasses import dataclass
from pas.plugins.tokenauth.core.keys import ALGORITHMS
from pas.plugins.tokenauth.core.keys import public_key_of
from pas.plugins.tokenauth.core.keys import PublicKey
from typing import Any

import base64
import json
import pytest


PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
VerifyingKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

#: The moment at which the tests happen.
NOW = 1_800_000_000
#: The identifier of an elliptic curve key on P-256, in hex DER.
P_256 = "06072a8648ce3d020106082a8648ce3d030107"
HASHES: dict[str, HashAlgorithm] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}


def segment(content: "bytes | Mapping[str, Any]") -> str:
    """One part of a JWT: bytes as they are, anything else as JSON."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unsegment(text: str) -> bytes:
    """The bytes of one part of a JWT."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signature(key: PrivateKey, algorithm: str, message: bytes) -> bytes:
    """The signature in the form JWS wants it (RFC 7518 section 3, RFC 8037)."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    digest = HASHES[algorithm[-3:]]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
        size = (key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    if algorithm.startswith("PS"):
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return key.sign(message, pss, digest)
    return key.sign(message, padding.PKCS1v15(), digest)


def pem_of(key: VerifyingKey) -> str:
    """The SubjectPublicKeyInfo of a key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def rsa_key_of(bits: int, exponent: int = 65537) -> rsa.RSAPublicKey:
    """A public key of a size; nobody knows a private half for it."""
    return rsa.RSAPublicNumbers(exponent, (1 << (bits - 1)) | 1).public_key()


def spki(algorithm: str, content: bytes = b"\x03\x02\x00\x00") -> str:
    """A SubjectPublicKeyInfo with any algorithm identifier, given in hex DER."""
    inner = bytes.fromhex(algorithm)
    body = bytes([0x30, len(inner)]) + inner + content
    encoded = base64.b64encode(bytes([0x30, len(body)]) + body).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n"


@dataclass(frozen=True, repr=False)
class Client:
    """A client program: its private key, and the half of it that the site keeps."""

    private_key: PrivateKey
    public_key: PublicKey

    @property
    def header(self) -> dict[str, Any]:
        key = self.public_key
        return {"alg": key.algorithm, "typ": "JWT", "kid": key.kid}

    def sign(
        self,
        header: "bytes | Mapping[str, Any]",
        claims: "bytes | Mapping[str, Any]",
        algorithm: str = "",
    ) -> str:
        """A JWT with exactly this header and these claims, correctly signed."""
        message = f"{segment(header)}.{segment(claims)}"
        name = algorithm or self.public_key.algorithm
        return (
            f"{message}.{segment(signature(self.private_key, name, message.encode()))}"
        )

    def jwt(
        self, claims: "bytes | Mapping[str, Any] | None" = None, **header: Any
    ) -> str:
        """A JWT with the usual header, changed by the keywords."""
        return self.sign(
            {**self.header, **header}, valid_claims() if claims is None else claims
        )

    def jwt_without(self, name: str) -> str:
        """A JWT whose header lacks one member."""
        header = {key: value for key, value in self.header.items() if key != name}
        return self.sign(header, valid_claims())


def client_with(private_key: PrivateKey, algorithm: str) -> Client:
    """The client that owns a private key."""
    return Client(private_key, public_key_of(private_key.public_key(), NOW, algorithm))


def by_hand(key: VerifyingKey, algorithm: str) -> PublicKey:
    """A stored key that passed no check, as from an import or an older release."""
    return PublicKey("by-hand", algorithm, pem_of(key), NOW)


def valid_claims(**changes: Any) -> dict[str, Any]:
    """Claims of a grant that is good at NOW, changed by the keywords."""
    return {
        "iss": "client-1",
        "aud": "https://example.org/@@oauth2-token",
        "iat": NOW,
        "exp": NOW + 600,
        **changes,
    }


@pytest.fixture(scope="session")
def rs256() -> Client:
    return client_with(rsa.generate_private_key(65537, 2048), "RS256")


@pytest.fixture(scope="session")
def ps256() -> Client:
    return client_with(rsa.generate_private_key(65537, 2048), "PS256")


@pytest.fixture(scope="session")
def es256() -> Client:
    return client_with(ec.generate_private_key(ec.SECP256R1()), "ES256")


@pytest.fixture(scope="session")
def eddsa() -> Client:
    return client_with(ed25519.Ed25519PrivateKey.generate(), "EdDSA")


@pytest.fixture(scope="session", params=ALGORITHMS)
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of each kind."""
    yield request.getfixturevalue(request.param.lower())


@pytest.fixture(scope="session")
def small_rsa_key() -> rsa.RSAPrivateKey:
    """1024 bits: too few since 2013."""
    return rsa.generate_private_key(65537, 1024)


@pytest.fixture(scope="session")
def exponent_3_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(3, 2048)


@pytest.fixture(scope="session")
def p384_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())
