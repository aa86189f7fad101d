"""base64url without padding, in its one canonical spelling (RFC 7515 section 2)."""

import base64
import binascii


def encoded(data: bytes) -> str:
    """These bytes as a string."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """The bytes that this string encodes.

    :raises ValueError: when it is not exactly what ``encoded`` makes of them
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None
    # Python skips foreign characters, and spare bits must be zero, or one value
    # has several spellings.
    if encoded(data) != text:
        raise ValueError("not canonical base64url")
    return data
