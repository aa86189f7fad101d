"""Signed JSON as django-simple-sso 1.2 sends it: itsdangerous 0.24, its defaults.

``payload.timestamp.mac``: the payload is JSON, or URL-safe base64 of that; the time has
an epoch of its own; the MAC is HMAC-SHA-1. What is signed is good for a few seconds.
"""

from ..core.base64url import decoded
from ..core.base64url import encoded
from ..core.strictjson import parsed
from typing import Any

import hashlib
import hmac
import json
import zlib


#: Seconds for which a signed request is good, before and after its time.
MAX_AGE = 5
#: Where the key is derived for.
_SALT = b"itsdangerous"
#: 2011-01-01, from where itsdangerous 0.24 counts.
_EPOCH = 1293840000


class BadSignature(ValueError):
    """It is not signed with the secret, or not in its one spelling."""


class SignatureExpired(BadSignature):
    """It was signed too long ago, or is to be good later only."""


def sign(value: Any, secret: bytes, now: float) -> str:
    """A value, signed, for a body."""
    return _signed(json.dumps(value), secret, now)


def sign_url_safe(value: Any, secret: bytes, now: float) -> str:
    """A value, signed, for a URL."""
    text = json.dumps(value, separators=(",", ":")).encode()
    packed = zlib.compress(text)
    # It is packed where that makes it shorter, with a dot in front.
    is_shorter = len(packed) < len(text) - 1
    payload = f".{encoded(packed)}" if is_shorter else encoded(text)
    return _signed(payload, secret, now)


def signed_value(text: str, secret: bytes, now: float) -> Any:
    """The value of a signed body.

    :raises SignatureExpired: when it is not of now
    :raises BadSignature: when it is not signed so
    """
    signed, _, mac = text.rpartition(".")
    payload, separator, time = signed.rpartition(".")
    # itsdangerous takes other spellings of the same bytes, too.
    is_good = hmac.compare_digest(_mac(signed, secret).encode(), mac.encode())
    if not separator or not is_good:
        raise BadSignature("Bad Signature")
    try:
        signed_at = _EPOCH + int.from_bytes(decoded(time), "big")
        value = parsed(payload)
    except ValueError:
        raise BadSignature("Bad Signature") from None
    if not -MAX_AGE <= int(now) - signed_at <= MAX_AGE:
        raise SignatureExpired("Signature expired")
    return value


def _signed(payload: str, secret: bytes, now: float) -> str:
    seconds = int(now) - _EPOCH
    time = encoded(seconds.to_bytes((seconds.bit_length() + 7) // 8, "big"))
    signed = f"{payload}.{time}"
    return f"{signed}.{_mac(signed, secret)}"


def _mac(signed: str, secret: bytes) -> str:
    # SHA-1 is what the protocol has; an HMAC is not broken by collisions.
    key = hashlib.sha1(_SALT + b"signer" + secret, usedforsecurity=False).digest()
    return encoded(hmac.new(key, signed.encode(), "sha1").digest())
