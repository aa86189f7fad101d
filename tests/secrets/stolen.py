"""What a thief has who copied the database, and as what they can send it."""

from base64 import b64decode
from base64 import b64encode
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pas.plugins.tokenauth.core import tokens
from typing import Any

import binascii
import io
import pickletools
import re


#: With what secrets of ours start.
PREFIXES = [
    value for name, value in vars(tokens).items() if re.match(r"[A-Z]\w+_PREFIX", name)
]
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}=*")
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,}")


def stored_values(storage: Any) -> set[str | bytes]:
    """The strings and bytes in every revision of every object."""
    return {
        value
        for transaction in storage.iterator()
        for record in transaction
        for value in _values(record.data or b"")
    }


def spellings(value: str | bytes) -> set[str]:
    """As what a value can be sent: as it is, encoded, decoded, as a secret of ours."""
    found = {value} if isinstance(value, str) else set()
    for data in _as_bytes(value):
        base64, url_safe = b64encode(data).decode(), urlsafe_b64encode(data).decode()
        found |= {base64, url_safe, url_safe.rstrip("=")}
        found |= {data.hex(), data.decode("latin-1"), tokens.base62(data, 0)}
        if len(data) == tokens.RANDOM_BYTES:
            found |= {str(tokens.make_token(prefix, data)) for prefix in PREFIXES}
            found.add(f"ST-{tokens.base62(data, 43)}")
    return found


def _as_bytes(value: str | bytes) -> Iterator[bytes]:
    """The bytes that a value is, or stands for, whole or in parts."""
    if isinstance(value, bytes):
        yield value
        value = value.decode("latin-1")
    for part in {value, *re.split(r"[$:\s]+", value)}:
        if _HEX.fullmatch(part):
            yield bytes.fromhex(part)
        if _BASE64.fullmatch(part):
            plain = part.translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
            try:
                yield b64decode(f"{plain}==")
            except binascii.Error:
                continue


def _values(pickles: bytes) -> Iterator[str | bytes]:
    """A record is two pickles: the class of the object, and its state."""
    stream = io.BytesIO(pickles)
    while stream.tell() < len(pickles):
        for _, value, _ in pickletools.genops(stream):
            # What is shorter is the id of another object.
            if isinstance(value, str) or (isinstance(value, bytes) and len(value) > 8):
                yield value
