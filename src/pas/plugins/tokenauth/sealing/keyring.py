"""Sealing with AES-256-GCM under a ring of keys: the first seals, all of them open."""

from collections.abc import Sequence
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import base64
import hashlib
import secrets


KEY_LENGTH = 32
#: How many keys a ring has at most: a new one, and those that still open something.
MAX_KEYS = 10
_VERSION = b"\x01"
_NAME_LENGTH = 4
_NONCE_LENGTH = 12
_NONCE_AT = len(_VERSION) + _NAME_LENGTH
_HEAD_LENGTH = _NONCE_AT + _NONCE_LENGTH


class UnusableKey(ValueError):
    """What is configured as sealing keys are none; the message holds nothing of it."""


class CannotOpen(ValueError):
    """No key of the ring opens it, or not for this purpose and this site."""


class KeyRing:
    """Keys that seal and open; no repr shows them.

    :param keys: 32 bytes each, the newest first
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_name(key): AESGCM(key) for key in keys}
        self._newest = _name(keys[0])

    def seal(self, associated: bytes, data: bytes) -> bytes:
        """The data, sealed with the newest key.

        :param associated: what must be the same when it is opened
        """
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        key = self._keys[self._newest]
        head = _VERSION + self._newest + nonce
        return head + key.encrypt(nonce, data, _VERSION + associated)

    def open(self, associated: bytes, sealed: bytes) -> bytes:
        """The data that was sealed.

        :raises CannotOpen: when it was not sealed so, or not by a key of the ring
        """
        key = self._keys.get(sealed[len(_VERSION) : _NONCE_AT])
        if key is None or sealed[: len(_VERSION)] != _VERSION:
            raise CannotOpen("No key of the ring has sealed this.")
        nonce, rest = sealed[_NONCE_AT:_HEAD_LENGTH], sealed[_HEAD_LENGTH:]
        try:
            return key.decrypt(nonce, rest, _VERSION + associated)
        except (InvalidTag, ValueError):
            # A ValueError for a nonce that was cut.
            raise CannotOpen("This was not sealed so.") from None

    def knows(self, sealed: bytes) -> bool:
        """Whether a key of the ring has sealed it."""
        return sealed[len(_VERSION) : _NONCE_AT] in self._keys

    def is_sealed_by_newest(self, sealed: bytes) -> bool:
        """Whether the newest key has sealed it."""
        return sealed[len(_VERSION) : _NONCE_AT] == self._newest


def make_key() -> str:
    """A new key, as a line of a file."""
    return base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode("ascii")


def parse_keys(text: str) -> KeyRing:
    """The ring that a configuration describes: keys with white space between.

    :raises UnusableKey: when one of them is no key, or there is none
    """
    words = text.split()
    if not words:
        raise UnusableKey("there is no key")
    if len(words) > MAX_KEYS:
        raise UnusableKey(f"there are more than {MAX_KEYS} keys")
    return KeyRing([_parsed(word, at) for at, word in enumerate(words, start=1)])


def _parsed(word: str, at: int) -> bytes:
    try:
        key = base64.b64decode(word, altchars=b"-_" if set(word) & set("-_") else None)
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        raise UnusableKey(f"key {at} is not {KEY_LENGTH} bytes in base64")
    return key


def _name(key: bytes) -> bytes:
    """What tells a key from others, and tells nothing about it."""
    return hashlib.sha256(b"pas.plugins.tokenauth sealing key\0" + key).digest()[
        :_NAME_LENGTH
    ]
