"""Refresh tokens: each belongs to a family, and gives its place to a successor.

The first bytes of a token are the same in all of a family, so that an old one is known
for what it is although nothing of it is kept. The others are its own: 160 bits, of
which the site keeps a digest. A successor is kept as well, but sealed under its
predecessor, so that only who has that can get it a second time.
"""

from .secret import Secret
from .tokens import ACCESS_TOKEN_PREFIX
from .tokens import is_well_formed
from .tokens import make_token
from .tokens import prefix_of
from .tokens import RANDOM_BYTES
from .tokens import random_of
from .tokens import REFRESH_TOKEN_PREFIX
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import hashlib


#: Random bytes that all tokens of a family have in common.
FAMILY_BYTES = 12
#: Random bytes that each has for itself.
OWN_BYTES = RANDOM_BYTES - FAMILY_BYTES
_NONCE_LENGTH = 12
_PURPOSE = b"pas.plugins.tokenauth refresh token"


def make_refresh_token(family: bytes, own: bytes) -> Secret:
    """A new token of a family.

    :param family: FAMILY_BYTES random bytes
    :param own: OWN_BYTES random bytes
    """
    return make_token(REFRESH_TOKEN_PREFIX, family + own)


def make_successor(token: str, own: bytes) -> Secret:
    """A new token of the same family as another refresh token.

    :param own: OWN_BYTES random bytes
    """
    return make_refresh_token(random_of(token)[:FAMILY_BYTES], own)


def family_bytes(token: str) -> bytes | None:
    """What a token has in common with its family; None if it is no refresh token."""
    if prefix_of(token) != REFRESH_TOKEN_PREFIX or not is_well_formed(token):
        return None
    try:
        return random_of(token)[:FAMILY_BYTES]
    except ValueError:
        return None


def family_name(family: bytes) -> bytes:
    """The name under which storage knows a family; nobody makes a token of it."""
    return hashlib.sha256(b"family\0" + family).digest()


def make_access_token(name: bytes, own: bytes) -> Secret:
    """An access token that a family keeps; it tells the start of the family's name.

    :param name: see family_name()
    :param own: OWN_BYTES random bytes
    """
    return make_token(ACCESS_TOKEN_PREFIX, name[:FAMILY_BYTES] + own)


def start_of_name(token: str) -> bytes | None:
    """What such an access token tells of the name of its family; None if there is none.

    :param token: a well-formed access token
    """
    try:
        return random_of(token)[:FAMILY_BYTES]
    except ValueError:
        return None


def seal_successor(token: str, successor: str, nonce: bytes) -> bytes:
    """The successor of a token, for nobody but who has the token.

    :param nonce: 12 random bytes
    """
    own = random_of(successor)[FAMILY_BYTES:]
    return nonce + _cipher(token).encrypt(nonce, own, None)


def open_successor(token: str, sealed: bytes) -> Secret | None:
    """The successor that was sealed under a token; None if that was another one."""
    nonce, rest = sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:]
    try:
        own = _cipher(token).decrypt(nonce, rest, None)
    except InvalidTag:
        return None
    return make_successor(token, own)


def _cipher(token: str) -> AESGCM:
    derived = HKDF(SHA256(), 32, None, _PURPOSE).derive(token.encode("ascii"))
    return AESGCM(derived)
