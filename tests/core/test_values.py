"""What core hands out is a value: nobody changes it, and nobody mixes up its parts."""

from pas.plugins.tokenauth.core.claims import GrantClaims
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.clientassertions import ClientAssertionClaims
from pas.plugins.tokenauth.core.jws import UnverifiedJWS
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.core.keys import PublicKey
from typing import Any

import dataclasses
import pytest


CLAIMS = {
    "issuer": "a",
    "subject": "b",
    "jti": "c",
    "expires_at": 1.0,
    "scope": "d",
    "kid": "e",
}
RULES = {"audiences": ["a"], "max_lifetime": 1.0, "leeway": 2.0}
ASSERTION = {"client_id": "a", "jti": "b", "expires_at": 1.0, "kid": "c"}
JWS = {"token": "a", "algorithm": "b", "kid": None, "unverified_claims": {}}
KEY = {"kid": "a", "algorithm": "b", "pem": "c", "added_at": 1.0}
KEYWORDS_ONLY: list[tuple[Any, dict[str, Any]]] = [
    (GrantClaims, CLAIMS),
    (GrantRules, RULES),
    (ClientAssertionClaims, ASSERTION),
]
VALUES: list[tuple[Any, dict[str, Any]]] = [
    *KEYWORDS_ONLY,
    (UnverifiedJWS, JWS),
    (PublicKey, KEY),
    (KeyPair, {"private_pem": "a", "public_key": PublicKey(**KEY)}),
]


@pytest.mark.parametrize("kind, parts", VALUES)
def test_a_value_does_not_change_after_it_was_checked(
    kind: Any, parts: dict[str, Any]
) -> None:
    value = kind(**parts)
    for name, part in parts.items():
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, part)


@pytest.mark.parametrize("kind, parts", KEYWORDS_ONLY)
def test_a_value_takes_its_parts_by_name(kind: Any, parts: dict[str, Any]) -> None:
    """Two strings in the wrong order would be another client, or another user."""
    with pytest.raises(TypeError):
        kind(*parts.values())


def test_a_key_that_nobody_gave_an_end_has_none() -> None:
    assert PublicKey(**KEY).expires_at is None
    assert PublicKey(**KEY).is_live(10.0**12)


def test_a_key_pair_shows_only_its_public_half() -> None:
    """JS-28; design, Tokens: no repr holds a private key."""
    pair = KeyPair("secret", PublicKey(**KEY))
    assert repr(pair) == "KeyPair(kid='a')"
