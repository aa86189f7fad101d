"""Faults of other packages that no other test has in mind.

docs/threats-tested.ini lists them all.
"""

from hypothesis import given
from pas.plugins.tokenauth.core.jws import InvalidJWS
from pas.plugins.tokenauth.core.jws import parse
from pas.plugins.tokenauth.core.jws import signing_key
from pas.plugins.tokenauth.core.keys import verification_key
from pas.plugins.tokenauth.core.uploads import uploaded_public_key
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import drafts
from tests.core.attack.effort import effort
from tests.core.attack.signatures import jwk_of
from tests.core.attack.world import GRANT
from tests.core.attack.world import world
from tests.core.conftest import Client
from tests.core.conftest import NOW
from typing import Any

import json
import pytest
import socket


OTHERS = {
    "RS256": ["PS256", "RS512", "HS256"],
    "PS256": ["RS256", "PS512", "HS256"],
    "ES256": ["ES384", "EdDSA", "HS256"],
    "EdDSA": ["Ed448", "ES256", "HS256"],
}


def test_a_key_that_came_as_a_jwk_verifies_one_algorithm(client: Client) -> None:
    """JS-07, JS-08; threat: PyJWT CVE-2026-48523. No JWK widens what is allowed."""
    algorithm = client.public_key.algorithm
    jwk = json.dumps({**jwk_of(client), "alg": algorithm, "use": "sig"})
    key = uploaded_public_key(jwk, NOW)
    assert (key.algorithm, key.kid) == (algorithm, client.public_key.kid)
    assert signing_key(parse(client.jwt()), [key]) == key
    for other in OTHERS[algorithm]:
        with pytest.raises(InvalidJWS):
            signing_key(parse(client.jwt(alg=other)), [key])


def test_the_bare_key_verifies(client: Client) -> None:
    """JS-08; threat: PyJWT CVE-2026-48523. A PyJWK would bring its own algorithm."""
    module = type(verification_key(client.public_key)).__module__
    assert module.startswith("cryptography.")


def test_nothing_is_fetched_whatever_a_jwt_names(
    eddsa: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JS-21; threats: Authlib CVE-2026-27962, PyJWT CVE-2026-48524 (unknown kids)."""
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *host, **_: asked.append(host))
    monkeypatch.setattr(socket, "socket", lambda *kind, **_: asked.append(kind))
    for number in range(20):
        url = f"https://127.0.0.1:9/{number}"
        token = eddsa.jwt(kid=f"unknown-{number}", jku=url, x5u=url)
        with pytest.raises(InvalidJWS):
            signing_key(parse(token), [eddsa.public_key])
    assert signing_key(parse(eddsa.jwt(jku=url, x5u=url)), [eddsa.public_key])
    assert asked == []


def test_refusing_costs_no_key_before_the_header_is_right() -> None:
    """JS-24, JS-25, JS-27: keys are asked for when all the rest is right."""

    def keys_of(client_id: str) -> Any:
        raise AssertionError("The keys were asked for.")

    @effort("before keys", sample=20)
    @given(drafts(world(), GRANT))
    def attack(draft: Draft) -> None:
        draft.shorten()
        head, body, tail = draft.signed().split(".")
        for text in (f"{head}.{body}.{body}.{body}.{tail}", f"{head}..{tail}", head):
            with pytest.raises(GRANT.error):
                GRANT.verified(text, keys_of, draft.world.rules(GRANT), NOW)
        draft.header["zip"] = "DEF"
        with pytest.raises(GRANT.error):
            GRANT.verified(draft.signed(), keys_of, draft.world.rules(GRANT), NOW)

    attack()
