"""Passwords that people choose, kept so that nobody can read them (RFC 7914)."""

import hashlib
import hmac


#: 16 MB and some 40 ms for each guess.
_COST = 2**14
_BLOCK_SIZE = 8
SALT_BYTES = 16
#: Characters; longer ones are refused before they cost anything.
MAX_LENGTH = 200


def hash_password(password: str, salt: bytes) -> str:
    """What is kept of a password.

    :param salt: 16 random bytes
    """
    return f"{salt.hex()}${_derived(password, salt).hex()}"


def is_password(password: str, kept: str) -> bool:
    """Whether a password is the one of which this is kept, in constant time."""
    if len(password) > MAX_LENGTH:
        return False
    salt, _, derived = kept.partition("$")
    found = _derived(password, bytes.fromhex(salt)).hex()
    return hmac.compare_digest(found, derived)


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "replace"), salt=salt, n=_COST, r=_BLOCK_SIZE, p=1
    )
