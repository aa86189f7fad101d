"""What OpenID Connect adds to requests and answers."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.base64url import encoded
from pas.plugins.tokenauth.openid.protocol import at_hash
from pas.plugins.tokenauth.openid.protocol import MAX_CLAIMS
from pas.plugins.tokenauth.openid.protocol import parse_claims
from pas.plugins.tokenauth.openid.protocol import RequestedClaims
from pas.plugins.tokenauth.openid.protocol import UnreadableClaims

import contextlib
import hashlib
import json
import pytest


def test_at_hash_is_that_of_the_specification() -> None:
    """Conformance: OC-02; the example of OpenID Connect Core, appendix A.3."""
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert at_hash(token, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert at_hash(token, "ES256") == at_hash(token, "RS256")


def test_at_hash_is_made_with_the_hash_of_the_signature() -> None:
    """Conformance: OC-02; Ed25519 signs with SHA-512 (RFC 8032 section 5.1)."""
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    digest = hashlib.sha512(token.encode()).digest()
    assert at_hash(token, "EdDSA") == encoded(digest[:32])


@pytest.mark.parametrize(
    ("claims", "requested"),
    [
        ("", RequestedClaims()),
        ("{}", RequestedClaims()),
        ('{"other": 1, "id_token": null}', RequestedClaims()),
        ('{"userinfo": {"name": null}}', RequestedClaims(userinfo=frozenset({"name"}))),
        (
            '{"userinfo": {"n": {"essential": true}, "x": {}}, "id_token": {"y": {}}}',
            RequestedClaims(
                frozenset({"y"}), frozenset({"n", "x"}), essential=frozenset({"n"})
            ),
        ),
        (
            '{"id_token": {"sub": {"value": "jane"}}}',
            RequestedClaims(id_token=frozenset({"sub"}), subject="jane"),
        ),
        (
            '{"userinfo": {"sub": {"value": "jane"}}}',
            RequestedClaims(userinfo=frozenset({"sub"}), subject="jane"),
        ),
        (
            '{"id_token": {"sub": null}}',
            RequestedClaims(id_token=frozenset({"sub"})),
        ),
    ],
)
def test_claims_are_asked_for_one_by_one(
    claims: str, requested: RequestedClaims
) -> None:
    """Conformance: OC-11, CS-35."""
    assert parse_claims(claims) == requested


@pytest.mark.parametrize(
    "claims",
    [
        "{",
        "null",
        "[]",
        '"name"',
        '{"id_token": []}',
        '{"id_token": "name"}',
        '{"userinfo": {"name": 1}}',
        '{"userinfo": {"name": []}}',
        '{"userinfo": {}, "userinfo": {}}',
        '{"id_token": {"sub": {"value": 1}}}',
        '{"x": NaN}',
        '{"x":' * 300,
        json.dumps({"x": "x" * MAX_CLAIMS}),
    ],
)
def test_malformed_claims_are_refused(claims: str) -> None:
    """Conformance: OC-11."""
    with pytest.raises(UnreadableClaims):
        parse_claims(claims)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda each: (
            st.lists(each, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id_token", "userinfo", "sub", "value", "x"]), each
            )
        ),
        max_leaves=8,
    )
)
@settings(deadline=None, derandomize=True, database=None)
def test_no_json_breaks_the_reader(document: object) -> None:
    with contextlib.suppress(UnreadableClaims):
        parse_claims(json.dumps(document))
