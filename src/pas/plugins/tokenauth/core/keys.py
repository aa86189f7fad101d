"""Public keys the site keeps, and key pairs made for a client.

A public key has exactly one algorithm, pinned when it is stored: what a JWT
says about itself never widens it (RFC 8725 section 3.1). Private keys pass
through here once, on their way to the client, and are kept nowhere.
"""

from .base64url import encoded
from .clock import EndsAtATime
from .errors import KeyRefused
from .secret import Secret
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
class PublicKey(EndsAtATime):
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


@dataclass(frozen=True, repr=False)
class KeyPair:
    """A fresh key pair: what the client gets and what the site keeps.

    Its repr shows the public half only, so that no log ever holds the other.
    """

    private_pem: str
    public_key: PublicKey

    def __repr__(self) -> str:
        return f"KeyPair(kid={self.public_key.kid!r})"


def known_algorithm(name: str) -> str:
    """The algorithm of this name, which may be an alias.

    :raises KeyRefused: for an algorithm we do not know
    """
    algorithm = ALIASES.get(name, name)
    if algorithm not in ALGORITHMS:
        raise KeyRefused("unknown_algorithm", algorithms=", ".join(ALGORITHMS))
    return algorithm


def generate_key_pair(algorithm: str, now: float) -> KeyPair:
    """A new key pair, the private half as unencrypted PKCS#8 PEM.

    :raises KeyRefused: for an algorithm we do not know
    """
    private = _generated(known_algorithm(algorithm))
    public_key = public_key_of(private.public_key(), now, algorithm)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(Secret(pem, "ascii"), public_key)


def public_key_of(key: object, now: float, algorithm: str = "") -> PublicKey:
    """What the site keeps of a key object of `cryptography`.

    :param algorithm: what it is pinned to; empty for the usual one of its kind
    :raises KeyRefused: when it is unsafe, or not for this algorithm
    """
    checked = _supported(key)
    pinned = known_algorithm(algorithm) if algorithm else _algorithms_of(checked)[0]
    _check_algorithm(checked, pinned)
    pem = checked.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(thumbprint(checked), pinned, pem.decode("ascii"), now)


@lru_cache(maxsize=4096)
def verification_key(public_key: PublicKey) -> VerificationKey:
    """The key object that verifies signatures; checked again, whatever is stored.

    :raises KeyRefused: when the stored key is unreadable or unsafe
    """
    key = _supported(_loaded(public_key.pem))
    _check_algorithm(key, public_key.algorithm)
    return key


def thumbprint(key: VerificationKey) -> str:
    """The key id: SHA-256 over the required JWK members (RFC 7638, RFC 8037)."""
    canonical = json.dumps(
        _required_members(key), sort_keys=True, separators=(",", ":")
    )
    return encoded(hashlib.sha256(canonical.encode("ascii")).digest())


def jwk_of(public_key: PublicKey) -> dict[str, str]:
    """The key as JWK for others who verify with it (RFC 7517 section 4).

    :raises KeyRefused: when the stored key is unreadable or unsafe
    """
    return {
        **_required_members(verification_key(public_key)),
        "kid": public_key.kid,
        "use": "sig",
        "alg": public_key.algorithm,
    }


def _generated(algorithm: str) -> SigningKey:
    if algorithm in (RS256, PS256):
        return generate_rsa_private_key(RSA_EXPONENT, RSA_BITS)
    if algorithm == ES256:
        return generate_private_key(SECP256R1())
    return Ed25519PrivateKey.generate()


def _loaded(pem: str) -> object:
    try:
        return load_pem_public_key(pem.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise KeyRefused("unreadable") from None


def _supported(key: object) -> VerificationKey:
    if isinstance(key, RSAPublicKey):
        _check_rsa(key)
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    if isinstance(key, Ed25519PublicKey):
        return key
    raise KeyRefused("unsupported_kind")


def _check_rsa(key: RSAPublicKey) -> None:
    bits = key.key_size
    if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
        raise KeyRefused(
            "rsa_bits", bits=bits, minimum=MIN_RSA_BITS, maximum=MAX_RSA_BITS
        )
    if key.public_numbers().e != RSA_EXPONENT:
        raise KeyRefused("rsa_exponent", exponent=RSA_EXPONENT)


def _algorithms_of(key: VerificationKey) -> tuple[str, ...]:
    """What a key can be used with, the usual algorithm first."""
    if isinstance(key, RSAPublicKey):
        return (RS256, PS256)
    if isinstance(key, EllipticCurvePublicKey):
        return (ES256,)
    return (EDDSA,)


def _check_algorithm(key: VerificationKey, algorithm: str) -> None:
    if algorithm not in _algorithms_of(key):
        raise KeyRefused("wrong_algorithm", algorithm=algorithm)


def _required_members(key: VerificationKey) -> dict[str, str]:
    if isinstance(key, RSAPublicKey):
        rsa = key.public_numbers()
        return {"kty": "RSA", "e": _integer(rsa.e), "n": _integer(rsa.n)}
    if isinstance(key, EllipticCurvePublicKey):
        point = key.public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": encoded(point.x.to_bytes(32, "big")),
            "y": encoded(point.y.to_bytes(32, "big")),
        }
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": encoded(raw)}


def _integer(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))
