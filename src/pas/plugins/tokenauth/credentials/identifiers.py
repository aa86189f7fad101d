"""Identifiers of credentials."""

from ..core.tokens import base62

import hashlib


def identifier(prefix: str, owner: str, idempotency_key: str) -> str:
    """The identifier of a credential: the same for the same owner and form.

    So a form that is sent twice cannot issue two.

    :param prefix: says which kind it is
    :param idempotency_key: a random string of one form, or what stands for it
    """
    digest = hashlib.sha256(f"{owner}\0{idempotency_key}".encode()).digest()
    return prefix + base62(digest[:16], 22)
