"""Finding secrets in heaps of bytes, in every spelling that they may have there."""

from base64 import b64encode
from collections.abc import Iterator
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from urllib.parse import quote


#: Where in the base64 of a P-256 key in PKCS#8 its private number stands: before the
#: first line break and after it. What is before and behind is common or public.
_PRIVATE_PARTS = (slice(48, 64), slice(64, 90))
_NUMBER_LENGTH = 32


class Needles:
    """Secrets to look for.

    Digests, public keys and whatever else may be known are none. Keys are P-256 keys.
    """

    def __init__(self) -> None:
        self._spellings: dict[str, list[bytes]] = {}

    def add_token(self, name: str, token: str) -> None:
        """Look for the random part of a token."""
        self._add(name, token[4:47].encode())

    def add_assertion(self, name: str, assertion: str) -> None:
        """Look for the signature, without which an assertion is worth nothing."""
        self._add(name, assertion.rpartition(".")[2].encode())

    def add_private_key(self, name: str, pem: str) -> None:
        """Look for the private number, and for the parts of the string that hold it."""
        key = load_pem_private_key(pem.encode(), None)
        assert isinstance(key, EllipticCurvePrivateKey)
        number = key.private_numbers().private_value
        text = "".join(pem.splitlines()[1:-1])
        self._add(name, number.to_bytes(_NUMBER_LENGTH, "big"))
        for part in _PRIVATE_PARTS:
            self._add(name, text[part].encode())
        self._spellings[name].append(str(number).encode())

    def found_in(self, data: bytes) -> set[str]:
        """Names of the secrets that are there."""
        return {
            name
            for name, spellings in self._spellings.items()
            if any(spelling in data for spelling in spellings)
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._spellings)

    def _add(self, name: str, secret: bytes) -> None:
        self._spellings.setdefault(name, []).extend(_spellings(secret))


def _spellings(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield repr(secret)[2:-1].encode()
    yield quote(secret).encode()
    yield secret.decode("latin-1").encode("utf-16-le")
    for offset in range(3):
        # What comes before shifts the letters; the first and the last belong to others.
        encoded = b64encode(b"\0" * offset + secret)
        inner = encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")
        yield b64encode(b"\0" * offset + inner)[4:-4]
