"""A site that is an OpenID provider."""

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from functools import cache
from itertools import cycle
from pas.plugins.tokenauth.core import keys
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from typing import Any

import pytest


@cache
def rsa_key(_number: int) -> RSAPrivateKey:
    """One of a few RSA keys, which is made once."""
    return generate_private_key(keys.RSA_EXPONENT, keys.MIN_RSA_BITS)


@pytest.fixture(autouse=True)
def small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys that are small, and made by an earlier test: they take long to make."""
    numbers = cycle(range(8))
    monkeypatch.setattr(
        keys,
        "generate_rsa_private_key",
        lambda _exponent, _bits: rsa_key(next(numbers)),
    )


@pytest.fixture
def provider(site: Any, sealing_key: str) -> Any:
    """The site, while it is an OpenID provider."""
    site.plugin.openid_enabled = True
    site.commit()
    return site


@pytest.fixture
def ring(provider: Any) -> SigningKeyRing:
    return SigningKeyRing(provider.context)
