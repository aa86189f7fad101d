"""A JWT in compact serialisation, read strictly (RFC 7515, RFC 8725).

Everything PyJWT is lenient about is refused here, before any key is touched:
see the table of measured behaviour in the documentation. The signature itself
is PyJWT's business.
"""

from . import base64url
from . import strictjson
from .keys import ALIASES
from .keys import PublicKey
from .keys import verification_key
from .keys import VerificationKey
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from dataclasses import dataclass
from dataclasses import field
from jwt.algorithms import OKPAlgorithm
from typing import Any

import jwt
import re


MAX_LENGTH = 8 * 1024
MAX_KID_LENGTH = 256
#: How many keys of a client are tried; more than one when a JWT names no ``kid``.
MAX_CANDIDATES = 3

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
#: Header parameters that change how a JWS is to be read; we read it one way.
_REFUSED_PARAMETERS = ("crit", "b64", "cty", "enc", "zip")


class InvalidJWS(ValueError):
    """The string is no JWT that we accept, or its signature is wrong."""


@dataclass(frozen=True)
class UnverifiedJWS:
    """A JWT whose signature nobody has looked at: only good for finding the key."""

    token: str = field(repr=False)
    algorithm: str
    kid: str | None
    unverified_claims: Mapping[str, Any]


def parse(token: str, types: Collection[str] = ("jwt",)) -> UnverifiedJWS:
    """Read a compact JWS without verifying it.

    :param types: accepted values of `typ`, in small letters; a header without `typ` is
        accepted too
    :raises InvalidJWS: when anything about it is not exactly as it should be
    """
    if len(token) > MAX_LENGTH:
        raise InvalidJWS("the JWT is too long")
    if not _SHAPE.fullmatch(token):
        raise InvalidJWS("not a JWT in compact serialisation")
    encoded_header, encoded_claims, encoded_signature = token.split(".")
    header = _json_object(_decoded(encoded_header))
    claims = _json_object(_decoded(encoded_claims))
    _decoded(encoded_signature)
    _check_type(header, types)
    return UnverifiedJWS(token, _algorithm(header), _kid(header), claims)


def signing_key(jws: UnverifiedJWS, keys: Iterable[PublicKey]) -> PublicKey:
    """The one of the keys that has signed a JWT; its claims can be believed then.

    Only keys pinned to the algorithm of the header are tried, and only the one
    the ``kid`` names if there is a ``kid``.

    :raises InvalidJWS: when none of the keys has signed them
    """
    algorithm = ALIASES.get(jws.algorithm, jws.algorithm)
    candidates = [
        key for key in keys if key.algorithm == algorithm and jws.kid in (None, key.kid)
    ]
    for key in candidates[:MAX_CANDIDATES]:
        if _is_signed_by(jws, key):
            return key
    raise InvalidJWS("no key of the client has signed this")


def _is_signed_by(jws: UnverifiedJWS, key: PublicKey) -> bool:
    try:
        verifying = verification_key(key)
        verified = _verifier.decode_complete(
            jws.token, verifying, algorithms=[jws.algorithm]
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        # RecursionError: PyJWT reads the header again, from a deeper stack.
        return False
    return _is_whole(verified["signature"], verifying)


def _is_whole(signature: bytes, key: VerificationKey) -> bool:
    # OpenSSL takes a PSS signature without its leading zeros for the same number;
    # a signature is as long as its key (RFC 8017 section 8.1.2, step 1).
    return not isinstance(key, RSAPublicKey) or len(signature) * 8 >= key.key_size


def _make_verifier() -> jwt.PyJWS:
    verifier = jwt.PyJWS()
    if "Ed25519" not in verifier.get_algorithms():
        verifier.register_algorithm("Ed25519", OKPAlgorithm())
    return verifier


_verifier = _make_verifier()


def _decoded(segment: str) -> bytes:
    try:
        return base64url.decoded(segment)
    except ValueError as error:
        raise InvalidJWS("a segment is not canonical base64url") from error


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        # Decoded here: JSON in bytes could also be UTF-16 or UTF-32.
        value = strictjson.parsed(data.decode("utf-8"))
    except ValueError as error:
        raise InvalidJWS("a segment is not strict JSON") from error
    if not isinstance(value, dict):
        raise InvalidJWS("a segment is not a JSON object")
    return value


def _check_type(header: Mapping[str, Any], types: Collection[str]) -> None:
    for name in _REFUSED_PARAMETERS:
        if name in header:
            raise InvalidJWS(f"the header parameter {name} is not supported")
    # An explicit type says what this JWT was made for, and that it is good for
    # nothing else (RFC 8725 section 3.11).
    typ = header.get("typ", "JWT")
    if not isinstance(typ, str):
        raise InvalidJWS("the type of the JWT is no string")
    if typ.lower().removeprefix("application/") not in types:
        raise InvalidJWS("the type of the JWT is another one")


def _algorithm(header: Mapping[str, Any]) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise InvalidJWS("the header names no algorithm")
    return algorithm


def _kid(header: Mapping[str, Any]) -> str | None:
    if "kid" not in header:
        return None
    kid = header["kid"]
    if not isinstance(kid, str) or len(kid) > MAX_KID_LENGTH:
        raise InvalidJWS("the key id is not a short string")
    return kid
