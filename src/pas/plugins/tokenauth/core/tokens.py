"""Opaque tokens: a prefix, 43 characters of randomness, 6 of checksum.

Short-lived access tokens start with ``pta_``, personal ones with ``ptp_``, those of
signed links with ``ptl_``, secrets of clients with ``pts_``, refresh tokens with
``ptr_``: the letter names the type of the token. The prefix lets secret scanners find a
leaked token and keeps other Bearer plugins from mistaking ours for theirs. The checksum
tells a mistyped token from a wrong one without a look into the database; it protects
nothing. Only the SHA-256 digest is ever stored: 256 random bits need no more.
"""

from .secret import Secret
from typing import NewType

import hashlib
import re
import zlib


#: What storage knows of a token.
TokenDigest = NewType("TokenDigest", bytes)

ACCESS_TOKEN_PREFIX = "pta_"
PERSONAL_ACCESS_TOKEN_PREFIX = "ptp_"
#: Of what a client exchanges for an access token once, and what opens nothing itself.
AUTHORIZATION_CODE_PREFIX = "ptc_"
#: Of what an application exchanges for the next access token, see core.refreshtokens.
REFRESH_TOKEN_PREFIX = "ptr_"
#: Of what a device asks for its access token with, until a person has answered.
DEVICE_CODE_PREFIX = "ptd_"
SIGNED_LINK_PREFIX = "ptl_"
#: Of what the cookie of a visitor holds who has opened a signed link.
SIGNED_LINK_VISIT_PREFIX = "ptv_"
#: Of what the cookie of a browser holds in which somebody has logged in. Nor is any
#: request authorized by one.
SESSION_PREFIX = "ptb_"
#: No request is authorized by one; where a token belongs, it is an unknown one.
CLIENT_SECRET_PREFIX = "pts_"
RANDOM_BYTES = 32

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY_LENGTH = 43
_CHECKSUM_LENGTH = 6
#: Whatever starts like this is ours, whether the site has tokens of this type or not.
_START = "pt[a-z]_"
_PREFIX = re.compile(_START)
_SHAPE = re.compile(f"{_START}[0-9A-Za-z]{{{_BODY_LENGTH + _CHECKSUM_LENGTH}}}")
#: What nobody chooses as a password of their own.
_LIKENESS = re.compile(f"{_START}[0-9A-Za-z]{{16}}")


def base62(data: bytes, length: int) -> str:
    """The bytes as a number in base 62, padded with zeros to ``length``."""
    number = int.from_bytes(data, "big")
    digits = []
    while number:
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits)).rjust(length, "0")


def make_token(prefix: str, random: bytes) -> Secret:
    """A new token made of 32 random bytes.

    :param prefix: `pt`, a letter and an underscore
    :raises ValueError: when there are not exactly 32 of them
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"A token needs {RANDOM_BYTES} random bytes.")
    unchecked = prefix + base62(random, _BODY_LENGTH)
    return Secret(unchecked + _checksum(unchecked))


def random_of(token: str) -> bytes:
    """The random bytes that a well-formed token was made of.

    :raises ValueError: when no such bytes make it
    """
    number = 0
    for character in token[-_CHECKSUM_LENGTH - _BODY_LENGTH : -_CHECKSUM_LENGTH]:
        number = number * 62 + _ALPHABET.index(character)
    try:
        return number.to_bytes(RANDOM_BYTES, "big")
    except OverflowError:
        raise ValueError("The token is larger than any that was made.") from None


def is_well_formed(token: str) -> bool:
    """Whether prefix, length, alphabet and checksum are those of a token of ours."""
    if not _SHAPE.fullmatch(token):
        return False
    return token[-_CHECKSUM_LENGTH:] == _checksum(token[:-_CHECKSUM_LENGTH])


def contains_token(text: str) -> bool:
    """Whether a well-formed token of ours stands anywhere in a string."""
    return any(is_well_formed(found[0]) for found in _SHAPE.finditer(text))


def resembles_token(text: str) -> bool:
    """Whether a string is a token of ours, damaged or not, or contains a whole one."""
    return bool(_LIKENESS.match(text)) or contains_token(text)


def prefix_of(text: str) -> str:
    """With what a string starts like a token of ours; empty for any other."""
    found = _PREFIX.match(text)
    return found[0] if found else ""


def digest(token: str) -> TokenDigest:
    """The name under which storage knows the token."""
    return TokenDigest(hashlib.sha256(token.encode("ascii")).digest())


def _checksum(text: str) -> str:
    crc = zlib.crc32(text.encode("ascii"))
    return base62(crc.to_bytes(4, "big"), _CHECKSUM_LENGTH)
