"""Signing JWTs (RFC 7515, RFC 7519)."""

from .keys import PublicKey
from .keys import SigningKey
from collections.abc import Mapping
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from functools import lru_cache
from typing import Any
from typing import cast

import jwt


def sign(
    claims: Mapping[str, Any], typ: str, public_key: PublicKey, private_pem: bytes
) -> str:
    """A JWT in compact serialisation.

    :param typ: what it is, so that it is not taken for anything else (RFC 8725
        section 3.11)
    :param public_key: that of the key that signs; names the algorithm and the key
    :param private_pem: PKCS#8, not encrypted
    """
    return jwt.encode(
        dict(claims),
        _loaded(private_pem),
        public_key.algorithm,
        {"typ": typ, "kid": public_key.kid},
    )


@lru_cache(maxsize=32)
def _loaded(private_pem: bytes) -> SigningKey:
    # It was checked when it was made, which takes a hundred times as long as signing.
    key = load_pem_private_key(private_pem, None, unsafe_skip_rsa_key_validation=True)
    return cast("SigningKey", key)
