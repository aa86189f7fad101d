"""A public key as JWK (RFC 7517, RFC 7518 section 6, RFC 8037), read strictly."""

from . import base64url
from . import strictjson
from .errors import KeyRefused
from .keys import known_algorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from typing import Any


_COORDINATE_LENGTH = 32


def key_in_jwk(text: str) -> tuple[object, str]:
    """The key in a JWK, or in a JWK Set of one key.

    :returns: the key, and the algorithm it says it is for or ``""``
    :raises KeyRefused: when it cannot be read or is not for signatures
    """
    jwk = _only(_object(text))
    _check_purpose(jwk)
    try:
        return _key(jwk), _algorithm(jwk)
    except KeyRefused:
        raise
    except ValueError:
        raise KeyRefused("unreadable") from None


def _object(text: str) -> dict[str, Any]:
    try:
        value = strictjson.parsed(text)
    except ValueError:
        raise KeyRefused("unreadable") from None
    if not isinstance(value, dict):
        raise KeyRefused("unknown_format")
    return value


def _only(document: dict[str, Any]) -> dict[str, Any]:
    if "keys" not in document or "kty" in document:
        return document
    keys = document["keys"]
    if not isinstance(keys, list):
        raise KeyRefused("unreadable")
    if not keys:
        raise KeyRefused("empty")
    if len(keys) > 1:
        raise KeyRefused("several_keys")
    if not isinstance(keys[0], dict):
        raise KeyRefused("unreadable")
    return keys[0]


def _check_purpose(jwk: dict[str, Any]) -> None:
    if jwk.get("use", "sig") != "sig":
        raise KeyRefused("not_for_signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefused("not_for_signatures")


def _algorithm(jwk: dict[str, Any]) -> str:
    return known_algorithm(_text(jwk, "alg")) if "alg" in jwk else ""


def _key(jwk: dict[str, Any]) -> object:
    """:raises ValueError: when there is no such key"""
    kind = (_text(jwk, "kty"), jwk.get("crv"))
    if kind[0] == "RSA":
        return RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()
    if kind == ("EC", "P-256"):
        x, y = _coordinate(jwk, "x"), _coordinate(jwk, "y")
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    if kind == ("OKP", "Ed25519"):
        return Ed25519PublicKey.from_public_bytes(_octets(jwk, "x"))
    raise KeyRefused("unsupported_kind")


def _number(jwk: dict[str, Any], name: str) -> int:
    return int.from_bytes(_octets(jwk, name), "big")


def _coordinate(jwk: dict[str, Any], name: str) -> int:
    if len(_octets(jwk, name)) != _COORDINATE_LENGTH:
        raise KeyRefused("unreadable")
    return _number(jwk, name)


def _octets(jwk: dict[str, Any], name: str) -> bytes:
    return base64url.decoded(_text(jwk, name))


def _text(jwk: dict[str, Any], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise KeyRefused("unreadable")
    return value
