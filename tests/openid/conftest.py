"""A site that is an OpenID provider."""

from pas.plugins.tokenauth.core import keys
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys that are made fast."""
    monkeypatch.setattr(keys, "RSA_BITS", keys.MIN_RSA_BITS)


@pytest.fixture
def provider(site: Any, sealing_key: str) -> Any:
    """The site, while it is an OpenID provider."""
    site.plugin.openid_enabled = True
    site.commit()
    return site


@pytest.fixture
def ring(provider: Any) -> SigningKeyRing:
    return SigningKeyRing(provider.context)
