"""Public keys the site keeps, and key pairs made for a client.

A public key has exactly one algorithm, pinned when it is stored: what a JWT
says about itself never widens it (RFC 8725 section 3.1). Private keys pass
through here once, on their way to the client, and are kept nowhere.
"""

from .errors import KeyRefused
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from dataclasses import dataclass
from functools import lru_cache

import base64
import hashlib
import json


SigningKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
VerificationKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

RS256 = "RS256"
PS256 = "PS256"
ES256 = "ES256"
EDDSA = "EdDSA"

#: Algorithms a public key can have; RS256 is mandatory (RFC 7523 section 5).
ALGORITHMS = (RS256, PS256, ES256, EDDSA)

#: Other names an algorithm goes by in the header of a JWT (RFC 9864).
ALIASES = {"Ed25519": EDDSA}

DEFAULT_ALGORITHM = RS256
RSA_BITS = 3072
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 4096
RSA_EXPONENT = 65537


@dataclass(frozen=True)
class PublicKey:
    """The half of a key pair that the site keeps.

    :param kid: RFC 7638 thumbprint; selects among the keys of one client
    :param algorithm: the one algorithm it verifies
    :param pem: SubjectPublicKeyInfo
    :param added_at: when the site got it, in seconds since the epoch
    :param expires_at: when it stops verifying, or None
    """

    kid: str
    algorithm: str
    pem: str
    added_at: float
    expires_at: float | None = None

    def is_live(self, now: float) -> bool:
        """Whether the key verifies grants at this time."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, repr=False)
class KeyPair:
    """A fresh key pair: what the client gets and what the site keeps.

    Its repr shows the public half only, so that no log ever holds the other.
    """

    private_pem: str
    public_key: PublicKey

    def __repr__(self) -> str:
        return f"KeyPair(kid={self.public_key.kid!r})"


def generate_key_pair(algorithm: str, now: float) -> KeyPair:
    """A new key pair, the private half as unencrypted PKCS#8 PEM.

    :raises KeyRefused: for an algorithm we do not know
    """
    private = _generated(algorithm)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(pem.decode("ascii"), _stored(private.public_key(), algorithm, now))


def public_key_from_pem(pem: str, algorithm: str, now: float) -> PublicKey:
    """The public key in a SubjectPublicKeyInfo PEM, pinned to one algorithm.

    :raises KeyRefused: when it is unreadable, unsafe, or not for this algorithm
    """
    return _stored(_loaded(pem), algorithm, now)


@lru_cache(maxsize=4096)
def verification_key(public_key: PublicKey) -> VerificationKey:
    """The key object that verifies signatures; checked again, whatever is stored.

    :raises KeyRefused: when the stored key is unreadable or unsafe
    """
    return _checked(_loaded(public_key.pem), public_key.algorithm)


def thumbprint(key: VerificationKey) -> str:
    """The key id: SHA-256 over the required JWK members (RFC 7638, RFC 8037)."""
    canonical = json.dumps(
        _required_members(key), sort_keys=True, separators=(",", ":")
    )
    return _base64url(hashlib.sha256(canonical.encode("ascii")).digest())


def _generated(algorithm: str) -> SigningKey:
    if algorithm in (RS256, PS256):
        return generate_rsa_private_key(RSA_EXPONENT, RSA_BITS)
    if algorithm == ES256:
        return generate_private_key(SECP256R1())
    if algorithm == EDDSA:
        return Ed25519PrivateKey.generate()
    raise KeyRefused(f"There are no keys for the algorithm {algorithm}.")


def _loaded(pem: str) -> object:
    try:
        return load_pem_public_key(pem.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise KeyRefused("This is no public key in PEM format.") from None


def _stored(key: object, algorithm: str, now: float) -> PublicKey:
    checked = _checked(key, algorithm)
    pem = checked.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(thumbprint(checked), algorithm, pem.decode("ascii"), now)


def _checked(key: object, algorithm: str) -> VerificationKey:
    if algorithm in (RS256, PS256) and isinstance(key, RSAPublicKey):
        return _checked_rsa(key)
    if algorithm == ES256 and isinstance(key, EllipticCurvePublicKey):
        return _checked_ec(key)
    if algorithm == EDDSA and isinstance(key, Ed25519PublicKey):
        return key
    raise KeyRefused(f"This key cannot be used with the algorithm {algorithm}.")


def _checked_rsa(key: RSAPublicKey) -> RSAPublicKey:
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise KeyRefused(
            f"An RSA key must have {MIN_RSA_BITS} to {MAX_RSA_BITS} bits,"
            f" this one has {key.key_size}."
        )
    if key.public_numbers().e != RSA_EXPONENT:
        raise KeyRefused(f"The public exponent of an RSA key must be {RSA_EXPONENT}.")
    return key


def _checked_ec(key: EllipticCurvePublicKey) -> EllipticCurvePublicKey:
    if not isinstance(key.curve, SECP256R1):
        raise KeyRefused("An elliptic curve key must be on the curve P-256.")
    return key


def _required_members(key: VerificationKey) -> dict[str, str]:
    if isinstance(key, RSAPublicKey):
        rsa = key.public_numbers()
        return {"kty": "RSA", "e": _integer(rsa.e), "n": _integer(rsa.n)}
    if isinstance(key, EllipticCurvePublicKey):
        point = key.public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": _base64url(point.x.to_bytes(32, "big")),
            "y": _base64url(point.y.to_bytes(32, "big")),
        }
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(raw)}


def _integer(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
