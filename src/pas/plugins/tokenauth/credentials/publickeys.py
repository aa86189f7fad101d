"""Public keys that clients give us: the private half never leaves them."""

from ..core.errors import KeyRefused
from ..core.keys import PublicKey
from ..core.uploads import PrivateKeyUploaded
from ..core.uploads import uploaded_public_key
from ..i18n import _
from ..site.errors import InvalidInput
from .messages import key_message
from collections.abc import Mapping
from typing import Any


def read_public_key(material: Mapping[str, Any], now: float) -> PublicKey:
    """Read the public key that was given.

    :raises PrivateKeyGiven: for a private key; nothing of it is in the error
    :raises InvalidInput: when it cannot be used
    """
    text, algorithm = material["public_key"], material.get("algorithm", "")
    try:
        return uploaded_public_key(text, now, algorithm)
    except PrivateKeyUploaded:
        raise PrivateKeyGiven() from None
    except KeyRefused as refused:
        raise InvalidInput("public_key", key_message(refused)) from None


class PrivateKeyGiven(InvalidInput):
    """A private key where a public one belongs: it is no secret any more."""

    def __init__(self) -> None:
        super().__init__(
            "public_key",
            _(
                "This is a private key. It was neither used nor stored, but it is no"
                " longer secret: make a new pair, and give us only the public half."
            ),
        )
