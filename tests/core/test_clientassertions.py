"""Client assertions: from what a client posts to an authenticated client."""

from collections.abc import Iterable
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.clientassertions import ClientAssertionClaims
from pas.plugins.tokenauth.core.clientassertions import NOT_OURS
from pas.plugins.tokenauth.core.clientassertions import verified_client_assertion
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.keys import PublicKey
from tests.core.conftest import Client
from tests.core.conftest import NOW
from tests.core.conftest import segment
from typing import Any

import hmac
import pytest


ISSUER = "https://example.org"
RULES = GrantRules(audiences=[ISSUER], max_lifetime=3600, leeway=60)


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims, changed by the keywords."""
    return {
        "iss": "client-1",
        "sub": "client-1",
        "aud": ISSUER,
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "once",
        **changes,
    }


def claims_without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


def verified(
    assertion: str, *keys: PublicKey, rules: GrantRules = RULES, now: float = NOW
) -> ClientAssertionClaims:
    """The judgement about an assertion of client-1, who owns the keys."""

    def keys_of(client_id: str) -> Iterable[PublicKey]:
        return keys if client_id == "client-1" else ()

    return verified_client_assertion(assertion, keys_of, rules, now)


def refusal(assertion: str, *keys: PublicKey, **options: Any) -> InvalidClient:
    with pytest.raises(InvalidClient) as caught:
        verified(assertion, *keys, **options)
    return caught.value


def test_an_assertion_of_a_live_key_is_accepted(client: Client) -> None:
    """JB-22, JB-24, JB-29: for every algorithm."""
    expected = ClientAssertionClaims(
        client_id="client-1",
        jti="once",
        expires_at=NOW + 60,
        kid=client.public_key.kid,
    )
    assert verified(client.jwt(claims()), client.public_key) == expected


# -- the header ----------------------------------------------------------------


@pytest.mark.parametrize(
    "typ",
    [
        "JWT",
        "jwt",
        "application/jwt",
        "client-authentication+jwt",
        "Client-Authentication+JWT",
        "application/client-authentication+jwt",
    ],
)
def test_an_assertion_may_state_its_type(eddsa: Client, typ: str) -> None:
    """JB-28."""
    assert verified(eddsa.jwt(claims(), typ=typ), eddsa.public_key)


def test_an_assertion_need_not_state_its_type(eddsa: Client) -> None:
    """JB-28: most clients do not."""
    header = {"alg": "EdDSA"}
    assert verified(eddsa.sign(header, claims()), eddsa.public_key)


@pytest.mark.parametrize(
    "typ",
    [
        "at+jwt",
        "dpop+jwt",
        "logout+jwt",
        "oauth-id-jag+jwt",
        "client-authentication",
        "client-authentication+jwt ",
        "application/application/jwt",
        "",
        1,
        None,
        ["JWT"],
    ],
)
def test_an_assertion_of_any_other_type_is_refused(eddsa: Client, typ: Any) -> None:
    """JB-28, JS-22, JS-23."""
    found = refusal(eddsa.jwt(claims(), typ=typ), eddsa.public_key)
    assert found.description == NOT_OURS
    assert "type" in found.reason


@pytest.mark.parametrize("name", ["crit", "b64", "cty", "enc", "zip"])
def test_a_header_parameter_that_changes_the_meaning_is_refused(
    eddsa: Client, name: str
) -> None:
    """JB-25."""
    found = refusal(eddsa.jwt(claims(), **{name: []}), eddsa.public_key)
    assert name in found.reason


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", "ES256", "PS256", 1])
def test_the_algorithm_is_the_one_of_the_key(eddsa: Client, alg: Any) -> None:
    """CA-12, JB-25: nothing else, whatever the header says."""
    assert refusal(eddsa.jwt(claims(), alg=alg), eddsa.public_key)


@pytest.mark.parametrize("bits", [256, 384, 512])
def test_the_public_key_is_no_secret(rs256: Client, bits: int) -> None:
    """CA-12: client_secret_jwt with what everybody may know."""
    message = f"{segment({'alg': f'HS{bits}'})}.{segment(claims())}"
    pem = rs256.public_key.pem.encode()
    mac = hmac.digest(pem, message.encode(), f"sha{bits}")
    assert refusal(f"{message}.{segment(mac)}", rs256.public_key)


@pytest.mark.parametrize("kid", ["", "another", "x" * 257, 1, None])
def test_a_wrong_kid_is_refused(eddsa: Client, kid: Any) -> None:
    """JB-25."""
    assert refusal(eddsa.jwt(claims(), kid=kid), eddsa.public_key)


# -- the signature -------------------------------------------------------------


@pytest.mark.parametrize(
    "assertion", ["x", "a.b", "a.b.c", "a.b.c.d.e", "{}", "ä", "x" * 9000]
)
def test_garbage_is_an_invalid_client(assertion: str, eddsa: Client) -> None:
    """JB-25: not invalid_grant."""
    found = refusal(assertion, eddsa.public_key)
    assert (found.error, found.description) == ("invalid_client", NOT_OURS)


def test_unknown_clients_and_wrong_signatures_get_the_same_answer(
    eddsa: Client, es256: Client
) -> None:
    """CA-10: no hint whether a client id exists; an unproved one is not named."""
    unknown = refusal(eddsa.jwt(claims(iss="client-2")), eddsa.public_key)
    wrong = refusal(es256.jwt(claims()), eddsa.public_key)
    assert unknown.description == wrong.description == NOT_OURS
    assert unknown.credential_id == wrong.credential_id == ""


def test_a_client_without_keys_is_refused(eddsa: Client) -> None:
    """JB-25: a key that has ended has no live public keys."""
    assert refusal(eddsa.jwt(claims())).description == NOT_OURS


# -- the claims ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "jti"])
def test_every_other_claim_than_iat_is_required(eddsa: Client, name: str) -> None:
    """JB-24, JB-26, JB-29."""
    assertion = eddsa.jwt(claims_without(name))
    found = refusal(assertion, eddsa.public_key)
    assert name in found.reason
    if name != "iss":
        assert found.credential_id == "client-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "jane"},
        {"sub": "Client-1"},
        {"sub": "client-1 "},
        {"sub": ""},
        {"sub": 1},
        {"sub": ["client-1"]},
        {"iss": ["client-1"]},
        {"iss": "client-1\0"},
        {"jti": ""},
        {"jti": 1},
        {"jti": None},
        {"jti": "x" * 257},
        {"jti": "a\nb"},
    ],
    ids=str,
)
def test_iss_sub_and_jti_are_exact_strings(
    eddsa: Client, changes: dict[str, Any]
) -> None:
    """JB-24, JB-29."""
    assert refusal(eddsa.jwt(claims(**changes)), eddsa.public_key)


@pytest.mark.parametrize(
    "aud", [ISSUER, f"{ISSUER}/", [ISSUER], [f"{ISSUER}/"]], ids=str
)
def test_the_issuer_is_the_audience(eddsa: Client, aud: Any) -> None:
    """JB-26, JB-27, CS-56: as a string, or as the only one of a list; a bare origin
    also with its slash, which mcp 1 sends.
    """
    assert verified(eddsa.jwt(claims(aud=aud)), eddsa.public_key)


@pytest.mark.parametrize(
    "aud",
    [
        f"{ISSUER}/@@oauth2-token",
        f"{ISSUER}/@@oauth2-token/",
        f"{ISSUER}//",
        f"{ISSUER}/?",
        ISSUER.upper(),
        f"{ISSUER} ",
        "https://elsewhere.example",
        "",
        [],
        [ISSUER, "https://elsewhere.example"],
        ["https://elsewhere.example", ISSUER],
        [ISSUER, ISSUER],
        [[ISSUER]],
        [1],
        {ISSUER: 1},
        None,
        1,
        True,
    ],
    ids=str,
)
def test_any_other_audience_is_refused(eddsa: Client, aud: Any) -> None:
    """JB-26: what names anybody else could be used by them."""
    found = refusal(eddsa.jwt(claims(aud=aud)), eddsa.public_key)
    assert "aud" in found.description


def test_without_an_issuer_there_is_no_audience(eddsa: Client) -> None:
    """JB-31."""
    rules = GrantRules(audiences=[], max_lifetime=3600, leeway=60)
    for aud in ("", [], [""], None, ISSUER):
        assertion = eddsa.jwt(claims(aud=aud))
        assert refusal(assertion, eddsa.public_key, rules=rules)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 60},
        {"iat": NOW - 3600, "exp": NOW - 60},
        {"iat": NOW + 61, "exp": NOW + 120},
        {"nbf": NOW + 61},
        {"exp": NOW + 3661},
        {"iat": NOW - 61, "exp": NOW + 3600},
        {"iat": NOW, "exp": NOW},
        {"exp": str(NOW + 60)},
        {"iat": True},
        {"nbf": None},
        {"exp": 10**400},
        {"exp": -1},
    ],
    ids=lambda changes: str(changes)[:30],
)
def test_an_assertion_is_refused_outside_its_time(
    eddsa: Client, changes: dict[str, Any]
) -> None:
    """JB-25, JW-02, JW-03."""
    assert refusal(eddsa.jwt(claims(**changes)), eddsa.public_key)


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": NOW - 100, "exp": NOW - 59.5},
        {"iat": NOW + 60, "exp": NOW + 120},
        {"nbf": NOW + 60},
        {"nbf": NOW},
        {"exp": NOW + 3600},
        {"iat": NOW - 60, "exp": NOW + 3600},
    ],
    ids=str,
)
def test_clocks_may_differ_a_little(eddsa: Client, changes: dict[str, Any]) -> None:
    """JW-01, JW-05."""
    assert verified(eddsa.jwt(claims(**changes)), eddsa.public_key)


def test_other_claims_are_ignored(eddsa: Client) -> None:
    """JW-10: also a scope, which belongs into the body."""
    more = claims(scope=1, roles=["Manager"], client_id="client-2")
    assert verified(eddsa.jwt(more), eddsa.public_key)
