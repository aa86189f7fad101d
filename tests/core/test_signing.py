"""Signing JWTs."""

from joserfc import jwt as joserfc_jwt
from joserfc.jwk import import_key
from pas.plugins.tokenauth.core import jws
from pas.plugins.tokenauth.core.base64url import decoded
from pas.plugins.tokenauth.core.errors import KeyRefused
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import jwk_of
from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.signing import sign

import json
import pytest


NOW = 1_800_000_000.0
CLAIMS = {"iss": "https://example.org", "sub": "é", "exp": 1, "groups": ["a"]}


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_what_is_signed_is_verified_by_others(algorithm: str) -> None:
    """OC-17, OD-08, OD-15: another library reads the JWT, the JWK and its kid."""
    pair = generate_key_pair(algorithm, NOW)
    token = sign(CLAIMS, "logout+jwt", pair.public_key, pair.private_pem.encode())
    jwk = jwk_of(pair.public_key)
    key = import_key(json.loads(json.dumps(jwk)))
    assert key.thumbprint() == jwk["kid"]
    decoded = joserfc_jwt.decode(token, key, algorithms=[algorithm])
    assert decoded.claims == CLAIMS
    assert decoded.header == {
        "alg": algorithm,
        "kid": pair.public_key.kid,
        "typ": "logout+jwt",
    }


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_what_is_signed_is_verified_here(algorithm: str) -> None:
    pair, other = generate_key_pair(algorithm, NOW), generate_key_pair(algorithm, NOW)
    token = sign(CLAIMS, "JWT", pair.public_key, pair.private_pem.encode())
    parsed = jws.parse(token)
    assert jws.signing_key(parsed, [other.public_key, pair.public_key])
    with pytest.raises(jws.InvalidJWS):
        jws.signing_key(parsed, [other.public_key])


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_jwk_holds_public_members_only(algorithm: str) -> None:
    """Conformance: OD-08, JK-02, JK-05."""
    public_key = generate_key_pair(algorithm, NOW).public_key
    jwk = jwk_of(public_key)
    assert not jwk.keys() & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
    assert jwk["use"] == "sig"
    assert jwk["alg"] == algorithm
    assert jwk["kid"] == public_key.kid


def test_an_unreadable_key_has_no_jwk() -> None:
    with pytest.raises(KeyRefused):
        jwk_of(PublicKey("kid", "RS256", "pem", NOW))


def test_no_two_signatures_of_es256_use_the_same_number() -> None:
    """JS-15: or the private key could be computed from them."""
    pair = generate_key_pair("ES256", NOW)
    key = pair.private_pem.encode()
    tokens = {sign(CLAIMS, "JWT", pair.public_key, key) for _ in range(8)}
    points = {decoded(token.rpartition(".")[2])[:32] for token in tokens}
    assert len(points) == 8
