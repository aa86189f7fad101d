"""Independent libraries: what they make, and what they think of an assertion."""

from collections.abc import Callable
from collections.abc import Mapping
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from functools import lru_cache
from joserfc import jws as joserfc_jws
from joserfc.jwk import import_key
from joserfc.jwt import JWTClaimsRegistry
from pas.plugins.tokenauth.core.keys import PublicKey
from tests.core.attack.drafts import Draft
from tests.core.attack.world import GRANT
from tests.core.attack.world import LEEWAY
from tests.core.conftest import Client
from typing import Any

import json
import pytest


ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
#: Signs a header and claims.
Signer = Callable[[Client, Mapping[str, Any], Mapping[str, Any]], str]


@lru_cache
def private_pem(client: Client) -> bytes:
    """The private key as its keyfile has it."""
    return client.private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


@lru_cache
def _joserfc_key(pem: bytes | str, kind: str) -> Any:
    return import_key(pem, kind)


#: Keys in the header, which we do not even look at; it wants them to be well-formed.
UNSEEN = ("jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256")


def _registry(algorithms: list[str]) -> Any:
    registry = joserfc_jws.JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.header_registry = {
        name: parameter
        for name, parameter in registry.header_registry.items()
        if name not in UNSEEN
    }
    registry.max_header_length = 10_000
    registry.max_payload_length = 10_000
    registry.max_signature_length = 10_000
    return registry


def signed_by_joserfc(
    client: Client, header: Mapping[str, Any], claims: Mapping[str, Any]
) -> str:
    kind = KEY_TYPES[client.public_key.algorithm]
    return joserfc_jws.serialize_compact(
        dict(header),
        json.dumps(claims).encode(),
        _joserfc_key(private_pem(client), kind),
        registry=_registry(ALGORITHMS),
    )


def signed_by_authlib(
    client: Client, header: Mapping[str, Any], claims: Mapping[str, Any]
) -> str:
    jose = pytest.importorskip("authlib.jose")
    algorithms = [name for name in ALGORITHMS if name != "Ed25519"]
    made: bytes = jose.JsonWebToken(algorithms).encode(
        dict(header), dict(claims), private_pem(client), check=False
    )
    return made.decode()


def signed_by_jwcrypto(
    client: Client, header: Mapping[str, Any], claims: Mapping[str, Any]
) -> str:
    jwt = pytest.importorskip("jwcrypto.jwt")
    token = jwt.JWT(header=dict(header), claims=dict(claims), algs=ALGORITHMS)
    token.make_signed_token(_jwcrypto_key(private_pem(client)))
    return token.serialize()


@lru_cache
def _jwcrypto_key(pem: bytes) -> Any:
    return pytest.importorskip("jwcrypto.jwk").JWK.from_pem(pem)


def check_joserfc_accepts(draft: Draft, assertion: str) -> None:
    """Fails where an independent library refuses what we have accepted.

    It is told the same rules: who signs, for whom, and when.
    """
    key = draft.client.public_key
    payload = _verified(assertion, key)
    claims = json.loads(payload)
    # A bare origin and its slash are one audience.
    audiences = [*draft.world.rules(draft.kind).audiences, f"{draft.world.issuer}/"]
    required: dict[str, Any] = {
        "iss": {"essential": True, "value": draft.client_id},
        "aud": {"essential": True, "values": audiences},
        "exp": {"essential": True},
    }
    if draft.kind is not GRANT:
        required["sub"] = {"essential": True, "value": draft.client_id}
        required["jti"] = {"essential": True}
    JWTClaimsRegistry(now=int(draft.world.now), leeway=LEEWAY, **required).validate(
        claims
    )


def _verified(assertion: str, key: PublicKey) -> bytes:
    names = {"EdDSA": ["EdDSA", "Ed25519"]}.get(key.algorithm, [key.algorithm])
    found = joserfc_jws.deserialize_compact(
        assertion,
        _joserfc_key(key.pem, KEY_TYPES[key.algorithm]),
        registry=_registry(names),
    )
    return found.payload
