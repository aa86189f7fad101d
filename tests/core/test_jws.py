"""A JWT in compact serialisation, read strictly."""

from collections.abc import Callable
from collections.abc import Mapping
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from itertools import count
from pas.plugins.tokenauth.core.jws import InvalidJWS
from pas.plugins.tokenauth.core.jws import MAX_LENGTH
from pas.plugins.tokenauth.core.jws import parse
from pas.plugins.tokenauth.core.jws import signing_key
from pas.plugins.tokenauth.core.jws import UnverifiedJWS
from pas.plugins.tokenauth.core.keys import public_key_of
from pas.plugins.tokenauth.core.keys import PublicKey
from tests.core.conftest import by_hand
from tests.core.conftest import Client
from tests.core.conftest import client_with
from tests.core.conftest import NOW
from tests.core.conftest import segment
from tests.core.conftest import unsegment
from tests.core.conftest import valid_claims
from typing import Any

import base64
import dataclasses
import hashlib
import hmac
import json
import pytest


def claims_of(token: str, *keys: PublicKey) -> Mapping[str, Any]:
    """The claims of a JWT, if one of the keys has signed it."""
    jws = parse(token)
    signing_key(jws, keys)
    return jws.unverified_claims


def refused(token: str, *keys: PublicKey) -> bool:
    """Whether the JWT is refused in the one way it may be."""
    try:
        claims_of(token, *keys)
    except InvalidJWS:
        return True
    return False


def signature_of(token: str) -> bytes:
    return unsegment(token.rpartition(".")[2])


def with_signature(token: str, signature: bytes) -> str:
    """The same header and claims under another signature."""
    return f"{token.rpartition('.')[0]}.{segment(signature)}"


# -- what is accepted ----------------------------------------------------------


def test_a_correctly_signed_jwt_is_accepted(client: Client) -> None:
    """JB-17, JW-16: RS256, PS256, ES256 and EdDSA."""
    assert claims_of(client.jwt(), client.public_key) == valid_claims()


def test_a_jwt_without_typ_and_kid_is_accepted(client: Client) -> None:
    """JB-28: clients of ftw.tokenauth and others send neither."""
    token = client.sign({"alg": client.public_key.algorithm}, valid_claims())
    assert claims_of(token, client.public_key) == valid_claims()


@pytest.mark.parametrize("name", ["EdDSA", "Ed25519"])
def test_ed25519_goes_by_two_names(eddsa: Client, name: str) -> None:
    """JS-16: the fully specified name of RFC 9864 is accepted too."""
    assert claims_of(eddsa.jwt(alg=name), eddsa.public_key) == valid_claims()


@pytest.mark.parametrize("name", ["ed25519", "ED25519", "Ed448", "EDDSA", "EdDSA "])
def test_ed25519_goes_by_no_other_name(eddsa: Client, name: str) -> None:
    """JS-07, JS-16: names of algorithms are case-sensitive."""
    assert refused(eddsa.jwt(alg=name), eddsa.public_key)


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT"]
)
def test_the_type_jwt_is_accepted_in_every_case(eddsa: Client, typ: str) -> None:
    """JW-13: the prefix application/ is implied."""
    assert claims_of(eddsa.jwt(typ=typ), eddsa.public_key)


def test_header_parameters_nobody_knows_are_ignored(eddsa: Client) -> None:
    """JW-10: like unknown claims."""
    assert claims_of(eddsa.jwt(nonsense=[{"a": None}], epk={}), eddsa.public_key)


# -- vectors -------------------------------------------------------------------

RFC_7515_PAYLOAD = (
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RFC_7515_A2 = (
    "eyJhbGciOiJSUzI1NiJ9." + RFC_7515_PAYLOAD + "."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
    "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
    "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
    "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
    "p0igcN_IoypGlUPQGe77Rw"
)
RFC_7515_A2_N = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp"
    "-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
    "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
    "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
    "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2"
    "PAcDTW9gb54h4FRWyuXpoQ"
)
RFC_7515_A3 = (
    "eyJhbGciOiJFUzI1NiJ9." + RFC_7515_PAYLOAD + "."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
    "pmWQxfKTUJqPP3-Kg6NU1Q"
)
RFC_7515_A3_X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
RFC_7515_A3_Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
RFC_8037_A4 = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B"
    "hVsPt9g7sVvpAr_MuM0KAg"
)
RFC_8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def number(text: str) -> int:
    return int.from_bytes(unsegment(text), "big")


def rfc_7515_rsa_key() -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(65537, number(RFC_7515_A2_N)).public_key()


def rfc_7515_ec_key() -> ec.EllipticCurvePublicKey:
    x, y = number(RFC_7515_A3_X), number(RFC_7515_A3_Y)
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


@pytest.mark.parametrize(
    ("token", "key", "algorithm"),
    [
        (RFC_7515_A2, rfc_7515_rsa_key, "RS256"),
        (RFC_7515_A3, rfc_7515_ec_key, "ES256"),
    ],
)
def test_the_examples_of_rfc_7515_verify(
    token: str, key: Callable[[], Any], algorithm: str
) -> None:
    """Standards 25: appendix A.2 and A.3."""
    public_key = public_key_of(key(), NOW, algorithm)
    assert claims_of(token, public_key) == {
        "iss": "joe",
        "exp": 1300819380,
        "http://example.com/is_root": True,
    }


def test_the_example_of_rfc_8037_verifies() -> None:
    """Standards 25: appendix A.4. Its payload is no JSON, so it is not parsed."""
    key = ed25519.Ed25519PublicKey.from_public_bytes(unsegment(RFC_8037_X))
    public_key = public_key_of(key, NOW, "EdDSA")
    jws = UnverifiedJWS(RFC_8037_A4, "EdDSA", None, {"a": 1})
    assert signing_key(jws, [public_key]) == public_key
    with pytest.raises(InvalidJWS):
        parse(RFC_8037_A4)


# -- algorithms ----------------------------------------------------------------


def spellings_of(public_key: PublicKey, key: Any) -> dict[str, bytes]:
    """Everything somebody may take for the bytes of a public key."""
    pem = public_key.pem.encode()
    jwk = {"kty": "RSA", "alg": public_key.algorithm, "kid": public_key.kid}
    found = {
        "PEM": pem,
        "PEM without newline": pem.rstrip(b"\n"),
        "PEM with CRLF": pem.replace(b"\n", b"\r\n"),
        "PEM in one line": pem.replace(b"\n", b""),
        "SPKI DER": key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "base64 of SPKI": b"".join(pem.splitlines()[1:-1]),
        "JWK": json.dumps(jwk).encode(),
        "kid": public_key.kid.encode(),
        "empty": b"",
    }
    if isinstance(key, rsa.RSAPublicKey):
        found["PKCS#1 PEM"] = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    found["SSH"] = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return found


@pytest.mark.parametrize("bits", ["256", "384", "512"])
def test_a_public_key_is_never_a_shared_secret(client: Client, bits: str) -> None:
    """JS-09, JS-14; threat: PyJWT CVE-2022-29217, Authlib CVE-2024-37568."""
    key = client.public_key
    spellings = spellings_of(key, client.private_key.public_key())
    for kid in ({"kid": key.kid}, {}):
        header = segment({"alg": f"HS{bits}", "typ": "JWT", **kid})
        message = f"{header}.{segment(valid_claims())}"
        for name, secret in spellings.items():
            mac = hmac.new(secret, message.encode(), getattr(hashlib, f"sha{bits}"))
            token = f"{message}.{segment(mac.digest())}"
            assert refused(token, key), name


@pytest.mark.parametrize("bits", ["256", "384", "512"])
def test_a_key_pinned_to_hmac_by_mistake_verifies_nothing(
    rs256: Client, bits: str
) -> None:
    """JS-09, JS-14: refused at use as well, whatever the database says."""
    pinned = dataclasses.replace(rs256.public_key, algorithm=f"HS{bits}")
    header = {"alg": f"HS{bits}", "kid": pinned.kid}
    message = f"{segment(header)}.{segment(valid_claims())}"
    mac = hmac.new(
        pinned.pem.encode(), message.encode(), getattr(hashlib, f"sha{bits}")
    )
    assert refused(f"{message}.{segment(mac.digest())}", pinned)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "noNE", ""])
@pytest.mark.parametrize("signature", [b"", b"\0", b"signature"])
def test_an_unsigned_jwt_is_refused(
    client: Client, algorithm: str, signature: bytes
) -> None:
    """JB-16, JW-15, JS-10; threat: Authlib CVE-2026-28802, senaite PR#90."""
    token = with_signature(client.jwt(alg=algorithm), signature)
    assert refused(token, client.public_key)


def test_a_key_pinned_to_none_by_mistake_verifies_nothing(rs256: Client) -> None:
    """JS-10: refused at use as well, whatever the database says."""
    pinned = dataclasses.replace(rs256.public_key, algorithm="none")
    for signature in (b"", b"\0"):
        token = with_signature(rs256.jwt(alg="none", kid=pinned.kid), signature)
        assert refused(token, pinned)


@pytest.mark.parametrize(
    "algorithm", [None, 1, True, [], ["RS256"], {"alg": "RS256"}, ["none"]]
)
def test_an_algorithm_that_is_no_string_is_refused(
    rs256: Client, algorithm: Any
) -> None:
    """JS-10; threat: ftw's algorithms='RS256', lists and substrings."""
    assert refused(rs256.jwt(alg=algorithm), rs256.public_key)


def test_a_header_without_an_algorithm_is_refused(client: Client) -> None:
    """JS-10: alg is never guessed from the key."""
    assert refused(client.jwt_without("alg"), client.public_key)


@pytest.mark.parametrize(
    "algorithm",
    [
        "rs256",
        "RS",
        "RS2",
        "S256",
        "RS256 ",
        " RS256",
        "RS256,PS256",
        "RS256\0",
        "\uff32\uff33256",
    ],
)
def test_an_algorithm_must_be_spelled_exactly(rs256: Client, algorithm: str) -> None:
    """JS-07: an allow-list, and no substrings of it."""
    assert refused(rs256.jwt(alg=algorithm), rs256.public_key)


@pytest.mark.parametrize("algorithm", ["PS256", "RS384", "RS512", "PS384", "PS512"])
def test_an_rsa_key_verifies_only_the_algorithm_it_is_pinned_to(
    rs256: Client, algorithm: str
) -> None:
    """JS-08; threat: PyJWT CVE-2026-48526, Keycloak CVE-2026-11800."""
    for kid in ({"kid": rs256.public_key.kid}, {}):
        token = rs256.sign({"alg": algorithm, **kid}, valid_claims(), algorithm)
        assert refused(token, rs256.public_key)
        # Nor may the header lie about how it was signed.
        token = rs256.sign({"alg": "RS256", **kid}, valid_claims(), algorithm)
        assert refused(token, rs256.public_key)


def test_a_key_pinned_to_ps256_does_not_verify_rs256(ps256: Client) -> None:
    """JS-08: the other way round."""
    token = ps256.sign({"alg": "RS256"}, valid_claims(), "RS256")
    assert refused(token, ps256.public_key)


def test_pss_salt_must_be_as_long_as_the_hash(ps256: Client) -> None:
    """JW-16: RFC 7518 section 3.5."""
    private = ps256.private_key
    assert isinstance(private, rsa.RSAPrivateKey)
    message = ps256.jwt().rpartition(".")[0]
    for length in (0, 20, 64):
        pss = padding.PSS(padding.MGF1(SHA256()), length)
        signature = private.sign(message.encode(), pss, SHA256())
        assert refused(f"{message}.{segment(signature)}", ps256.public_key)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_a_jwt_that_names_the_algorithm_of_another_kind_of_key_is_refused(
    client: Client, algorithm: str
) -> None:
    """JS-08: also when the stored key was mislabelled with that algorithm."""
    if algorithm == client.public_key.algorithm:
        return
    mislabelled = dataclasses.replace(client.public_key, algorithm=algorithm)
    token = client.jwt(alg=algorithm)
    assert refused(token, client.public_key)
    if {algorithm, client.public_key.algorithm} != {"RS256", "PS256"}:
        assert refused(client.jwt(), mislabelled)
        assert refused(token, mislabelled)


# -- keys ----------------------------------------------------------------------


def test_unsafe_keys_do_not_verify_what_they_have_signed(
    small_rsa_key: rsa.RSAPrivateKey,
    exponent_3_key: rsa.RSAPrivateKey,
    p384_key: ec.EllipticCurvePrivateKey,
) -> None:
    """JS-13; threat: a key that was stored before it was known to be unsafe."""
    for private, algorithm in (
        (small_rsa_key, "RS256"),
        (small_rsa_key, "PS256"),
        (exponent_3_key, "RS256"),
        (p384_key, "ES256"),
    ):
        stored = by_hand(private.public_key(), algorithm)
        client = Client(private, stored)
        assert refused(client.jwt(), stored)


@pytest.mark.parametrize("pem", ["", "no key", "\ud800"])
def test_a_stored_key_that_cannot_be_read_verifies_nothing(
    rs256: Client, pem: str
) -> None:
    """JS-13: one broken key does not keep the others from being tried."""
    broken = dataclasses.replace(rs256.public_key, pem=pem)
    assert refused(rs256.jwt(), broken)
    assert claims_of(rs256.jwt(), broken, rs256.public_key) == valid_claims()


def test_a_key_of_another_client_never_verifies(rs256: Client, es256: Client) -> None:
    """JS-18: what counts is the key of the client, not any key of the site."""
    other = client_with(rsa.generate_private_key(65537, 2048), "RS256")
    assert refused(rs256.jwt(), other.public_key, es256.public_key)
    assert refused(rs256.jwt(kid=other.public_key.kid), other.public_key)
    assert refused(rs256.jwt())


def test_a_kid_only_selects_among_the_keys_of_the_client(client: Client) -> None:
    """JS-20: the key it names is the only one that is tried."""
    other = dataclasses.replace(client.public_key, kid="other")
    assert refused(client.jwt(), other)
    assert claims_of(client.jwt(kid="other"), other)
    assert claims_of(client.jwt(), other, client.public_key)


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "other",
        "../../etc/passwd",
        "/dev/null",
        "' OR 1=1 --",
        "*",
        "x" * 256,
        "x" * 257,
        "\0",
        "\ud800",
        "用户",
        "http://localhost/key",
    ],
)
def test_a_strange_kid_finds_no_key(eddsa: Client, kid: str) -> None:
    """JS-20: only compared, never resolved."""
    assert refused(eddsa.jwt(kid=kid), eddsa.public_key)


def test_a_kid_is_compared_whole(eddsa: Client) -> None:
    """JS-20: no prefix, no case folding, no white space."""
    kid = eddsa.public_key.kid
    for changed in (kid[:-1], kid + "x", kid + "=", kid.swapcase(), f" {kid}"):
        assert refused(eddsa.jwt(kid=changed), eddsa.public_key)


@pytest.mark.parametrize("kid", [None, 1, 1.5, True, [], ["kid"], {}, {"kid": "kid"}])
def test_a_kid_that_is_no_string_is_refused(eddsa: Client, kid: Any) -> None:
    """JS-20: null is not the same as missing."""
    with pytest.raises(InvalidJWS, match="key id"):
        parse(eddsa.jwt(kid=kid))


def test_a_huge_kid_is_refused(eddsa: Client) -> None:
    """JS-20: 5 kB are within the length of a JWT, but not of a kid."""
    with pytest.raises(InvalidJWS, match="key id"):
        parse(eddsa.jwt(kid="x" * 5000))
    with pytest.raises(InvalidJWS, match="too long"):
        parse(eddsa.jwt(kid="x" * 10_000))


def test_without_a_kid_at_most_three_keys_are_tried(eddsa: Client) -> None:
    """A JWT without kid does not make us verify without end."""
    others = [
        client_with(ed25519.Ed25519PrivateKey.generate(), "EdDSA").public_key
        for _ in range(3)
    ]
    token = eddsa.jwt_without("kid")
    assert claims_of(token, *others[:2], eddsa.public_key)
    assert refused(token, *others, eddsa.public_key)


def test_keys_of_other_algorithms_do_not_count_as_tried(
    eddsa: Client, rs256: Client, ps256: Client, es256: Client
) -> None:
    """Among the client's keys of that algorithm."""
    others = [rs256.public_key, ps256.public_key, es256.public_key]
    token = eddsa.jwt_without("kid")
    assert claims_of(token, *others, eddsa.public_key)


# -- keys in the header --------------------------------------------------------


def jwk_of(client: Client) -> dict[str, str]:
    key = client.private_key.public_key()
    assert isinstance(key, ed25519.Ed25519PublicKey)
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": segment(raw)}


KEYS_IN_HEADER = [
    "jwk",
    "jku",
    "x5u",
    "x5c",
    "x5t",
    "x5t#S256",
]


@pytest.mark.parametrize("name", KEYS_IN_HEADER)
def test_a_key_in_the_header_is_never_used(eddsa: Client, name: str) -> None:
    """JS-21; threat: Authlib CVE-2026-27962. Signed by the embedded key: refused."""
    attacker = client_with(ed25519.Ed25519PrivateKey.generate(), "EdDSA")
    value: Any = {"jwk": jwk_of(attacker), "x5c": [attacker.public_key.pem]}.get(
        name, "http://127.0.0.1:9/keys"
    )
    for kid in (eddsa.public_key.kid, attacker.public_key.kid):
        assert refused(attacker.jwt(kid=kid, **{name: value}), eddsa.public_key)
    header = {"alg": "EdDSA", name: value}
    assert refused(attacker.sign(header, valid_claims()), eddsa.public_key)


@pytest.mark.parametrize("name", KEYS_IN_HEADER)
@pytest.mark.parametrize("value", ["http://127.0.0.1:9/keys", {}, [], None, 1])
def test_a_key_in_the_header_is_not_even_looked_at(
    eddsa: Client, name: str, value: Any
) -> None:
    """JS-21: a JWT signed by the client's own key is accepted whatever is there."""
    assert claims_of(eddsa.jwt(**{name: value}), eddsa.public_key) == valid_claims()


# -- header parameters that change the meaning ---------------------------------


@pytest.mark.parametrize(
    "crit",
    [["x"], [], ["alg"], ["exp"], ["x", "x"], ["b64"], "x", "", 1, True, None, {}, [1]],
)
def test_critical_extensions_are_refused(eddsa: Client, crit: Any) -> None:
    """JS-01, JS-02; threat: Authlib CVE-2025-59420, PyJWT CVE-2026-32597."""
    assert refused(eddsa.jwt(crit=crit), eddsa.public_key)
    assert refused(eddsa.jwt(crit=crit, x=1), eddsa.public_key)


@pytest.mark.parametrize("b64", [False, True, None, 0, "false"])
def test_unencoded_payloads_are_refused(eddsa: Client, b64: Any) -> None:
    """JS-03; threat: PyJWT CVE-2026-48525. With or without crit."""
    assert refused(eddsa.jwt(b64=b64), eddsa.public_key)
    assert refused(eddsa.jwt(b64=b64, crit=["b64"]), eddsa.public_key)


def test_a_detached_payload_is_refused(eddsa: Client) -> None:
    """JS-03, JS-05: there is nothing between the dots."""
    head, _, tail = eddsa.jwt().split(".")
    assert refused(f"{head}..{tail}", eddsa.public_key)


@pytest.mark.parametrize("name", ["cty", "enc", "zip"])
@pytest.mark.parametrize("value", ["JWT", "A128GCM", "DEF", None])
def test_nested_encrypted_and_compressed_jwts_are_refused(
    eddsa: Client, name: str, value: Any
) -> None:
    """JW-14, JS-11, JS-25: we read a JWS in one way."""
    assert refused(eddsa.jwt(**{name: value}), eddsa.public_key)


@pytest.mark.parametrize(
    "typ",
    [
        "client-authentication+jwt",
        "application/client-authentication+jwt",
        "at+jwt",
        "application/at+jwt",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "oauth-id-jag+jwt",
        "JWT+x",
        "JOSE",
        "text/jwt",
        "application/application/jwt",
        " JWT",
        "",
        1,
        True,
        None,
        ["JWT"],
        {},
    ],
)
def test_a_jwt_that_was_made_for_another_purpose_is_refused(
    eddsa: Client, typ: Any
) -> None:
    """JB-28, JS-22, JS-23: an explicit type other than JWT; also no string at all."""
    with pytest.raises(InvalidJWS, match="type"):
        parse(eddsa.jwt(typ=typ))


# -- serialisation -------------------------------------------------------------


def test_a_jwt_has_exactly_three_parts(eddsa: Client) -> None:
    """JB-03, JS-05, JS-11, JS-24; threat: joserfc CVE-2026-27932 (JWE)."""
    head, body, tail = eddsa.jwt().split(".")
    jwe = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 10**9, "p2s": "AAAA"}
    for token in (
        "",
        ".",
        "..",
        "...",
        head,
        f"{head}.{body}",
        f"{head}.{body}.",
        f".{body}.{tail}",
        f"{head}..{tail}",
        f"{head}.{body}.{tail}.",
        f".{head}.{body}.{tail}",
        f"{head}.{body}.{tail}.{tail}",
        f"{head}.{body}.{tail}.{head}.{body}.{tail}",
        f"{segment(jwe)}.{body}.{body}.{body}.{tail}",
        f"{head}.{body}.{tail}.{body}.{tail}",
    ):
        assert refused(token, eddsa.public_key), token


def test_json_serialisations_are_refused(eddsa: Client) -> None:
    """JB-03, JS-05: general, flattened, and two JWTs at once."""
    token = eddsa.jwt()
    head, body, tail = token.split(".")
    signed = {"protected": head, "signature": tail}
    for text in (
        json.dumps({"payload": body, **signed}),
        json.dumps({"payload": body, "signatures": [signed]}),
        json.dumps(token),
        json.dumps([token]),
        f"{token} {token}",
        f"{token},{token}",
    ):
        assert refused(text, eddsa.public_key)


@pytest.mark.parametrize(
    "char",
    ["=", " ", "\n", "\r", "\r\n", "\t", "+", "/", "\0", "ä", "\u0660", "~", "%20"],
)
@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("position", [0, 5, None])
def test_characters_outside_base64url_are_refused(
    eddsa: Client, char: str, part: int, position: "int | None"
) -> None:
    """JS-04, JS-05: at the start, in the middle and at the end of each part."""
    parts = eddsa.jwt().split(".")
    text = parts[part]
    place = len(text) if position is None else position
    parts[part] = text[:place] + char + text[place:]
    assert refused(".".join(parts), eddsa.public_key)


def test_a_part_with_padding_is_refused(client: Client) -> None:
    """JS-04: also with as much of it as base64 wants."""
    for part in range(3):
        parts = client.jwt().split(".")
        for padding_ in ("=", "==", "==="):
            padded = [*parts[:part], parts[part] + padding_, *parts[part + 1 :]]
            assert refused(".".join(padded), client.public_key)


def test_a_signature_has_one_spelling(client: Client) -> None:
    """JS-04: trailing bits that decode to nothing must be zero."""
    token = client.jwt()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = [
        char for char in alphabet if not refused(token[:-1] + char, client.public_key)
    ]
    assert accepted == [token[-1]]


def test_a_header_has_one_spelling(eddsa: Client) -> None:
    """JS-04: spare bits in the header and the claims, correctly signed over."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    header = segment(b'{"alg":"EdDSA"}   '[:-2])  # 16 bytes: four spare bits
    claims = segment(valid_claims())
    for head, body in ((header, claims), (segment(eddsa.header), header)):
        original = head if head == header else body
        for char in alphabet:
            changed = original[:-1] + char
            text = f"{changed if head == header else head}.{body}"
            if head != header:
                text = f"{head}.{changed}"
            signature = eddsa.private_key.sign(text.encode())  # type: ignore[call-arg]
            token = f"{text}.{segment(signature)}"
            assert refused(token, eddsa.public_key) == (char != original[-1])


@pytest.mark.parametrize("length", [1, 5, 9])
def test_a_part_of_impossible_length_is_refused(eddsa: Client, length: int) -> None:
    """JS-04: no bytes have four times n plus one characters."""
    for part in range(3):
        parts = eddsa.jwt().split(".")
        parts[part] = "A" * length
        assert refused(".".join(parts), eddsa.public_key)


def test_a_jwt_of_8_kib_is_read_and_a_longer_one_is_not(eddsa: Client) -> None:
    """Threat: PyJWT CVE-2026-48525, oversize is refused before any parsing."""
    spare = MAX_LENGTH - len(eddsa.jwt(valid_claims(extra="")))
    longest = eddsa.jwt(valid_claims(extra="x" * (spare // 4 * 3)))
    assert MAX_LENGTH - 4 < len(longest) <= MAX_LENGTH
    assert claims_of(longest, eddsa.public_key)
    with pytest.raises(InvalidJWS, match="too long"):
        parse(eddsa.jwt(valid_claims(extra="x" * (spare // 4 * 3 + 6))))
    with pytest.raises(InvalidJWS, match="too long"):
        parse("." * 10_000_000)


# -- JSON ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","alg":"EdDSA"}',
        b'{"alg":"EdDSA","alg":"none"}',
        b'{"alg":"EdDSA","alg":"EdDSA"}',
        b'{"alg":"EdDSA","\\u0061lg":"none"}',
        b'{"alg":"EdDSA","kid":"a","kid":"b"}',
        b'{"alg":"EdDSA","x":{"y":1,"y":2}}',
        b'{"alg":"EdDSA","x":[{"":1,"":2}]}',
    ],
)
def test_a_header_with_a_name_twice_is_refused(eddsa: Client, header: bytes) -> None:
    """JS-06: two parsers, two algorithms; at every depth, also when escaped."""
    assert refused(eddsa.sign(header, valid_claims()), eddsa.public_key)


@pytest.mark.parametrize(
    "more",
    [b'"iss":"other"', b'"exp":9', b'"x":{"y":1,"y":2}', b'"\\u0069ss":"client-1"'],
)
def test_claims_with_a_name_twice_are_refused(eddsa: Client, more: bytes) -> None:
    """JW-09: PyJWT and joserfc take the last one; we take none."""
    claims = json.dumps(valid_claims(x=1)).encode()[:-1] + b"," + more + b"}"
    assert refused(eddsa.sign(eddsa.header, claims), eddsa.public_key)


OBJECT = json.dumps(valid_claims())
NO_OBJECTS = [
    b"",
    b"null",
    b"true",
    b"1",
    b'"text"',
    b"[]",
    b"[{}]",
    b"{",
    b"}",
    b"{'a': 1}",
    b"{a: 1}",
    b'{"a": 1,}',
    b'{"a" 1}',
    b'{"a": 01}',
    b'{"a": .5}',
    b'{"a": +1}',
    b'{"a": 0x1}',
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b'{"a": nan}',
    b'{"a": "\n"}',
    b'{"a": "\\x41"}',
    b'{"a": "\\u12"}',
    b'{"a": 1} {"a": 2}',
    b'{"a": 1}\0',
    b'{"a": 1}x',
    b'/* */ {"a": 1}',
    b'{"a": "\xff"}',
    b'{"a": "\xc0\x80"}',
    b'{"a": "\xed\xa0\x80"}',
    b'{"a": "\xf4\x90\x80\x80"}',
    b'{"a": "\xe4"}',
    OBJECT.encode("utf-8-sig"),
    OBJECT.encode("utf-16"),
    OBJECT.encode("utf-16-le"),
    OBJECT.encode("utf-16-be"),
    OBJECT.encode("utf-32"),
    OBJECT.encode("utf-32-le"),
    OBJECT.encode("utf-32-be"),
    OBJECT.encode("utf-7") + b"+",
    b"\xef\xbb\xbf",
    b'{"a": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("data", NO_OBJECTS)
def test_claims_that_are_no_strict_json_object_are_refused(
    eddsa: Client, data: bytes
) -> None:
    """JW-03, JW-11, JS-17: PyJWT and joserfc read UTF-16 and the BOM; we do not."""
    if data:
        assert refused(eddsa.sign(eddsa.header, data), eddsa.public_key)


@pytest.mark.parametrize("data", NO_OBJECTS)
def test_a_header_that_is_no_strict_json_object_is_refused(
    eddsa: Client, data: bytes
) -> None:
    """JW-11, JS-17: joserfc raises a bare TypeError for a list."""
    assert refused(eddsa.sign(data or b"{", valid_claims()), eddsa.public_key)


def test_white_space_around_json_is_json(eddsa: Client) -> None:
    """JW-11: strict, but not stricter than RFC 8259."""
    claims = b" \r\n\t" + OBJECT.encode() + b" \n"
    assert claims_of(eddsa.sign(eddsa.header, claims), eddsa.public_key)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"[{", b'[[{"":'])
def test_a_hundred_thousand_brackets_are_refused_by_their_length(
    eddsa: Client, opening: bytes
) -> None:
    """JW-17: the limit of 8 KiB comes first."""
    with pytest.raises(InvalidJWS, match="too long"):
        parse(f"{segment(eddsa.header)}.{segment(opening * 100_000)}.AAAA")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"":'])
def test_deep_json_within_the_limit_is_refused(eddsa: Client, opening: bytes) -> None:
    """JW-17: no RecursionError, neither for the header nor for the claims."""
    deep = opening * (5000 // len(opening))
    assert refused(eddsa.sign(eddsa.header, deep), eddsa.public_key)
    assert refused(eddsa.sign(deep, b"{}"), eddsa.public_key)


def test_every_depth_of_json_is_accepted_or_refused(eddsa: Client) -> None:
    """JW-17: some depths suffice for us and are too much for PyJWT (2.10)."""
    for depth in range(900, 1000):
        nested = b"[" * depth + b"]" * depth
        header = b'{"alg":"EdDSA","x":' + nested + b"}"
        token = eddsa.sign(header, b'{"x":' + nested + b"}")
        refused(token, eddsa.public_key)


# -- signatures ----------------------------------------------------------------


def test_a_changed_bit_anywhere_is_noticed(client: Client) -> None:
    """JB-16: header, claims and signature."""
    for part in range(3):
        parts = client.jwt().split(".")
        data = unsegment(parts[part])
        for place in (0, len(data) // 2, len(data) - 1):
            changed = bytearray(data)
            changed[place] ^= 1
            parts[part] = segment(bytes(changed))
            assert refused(".".join(parts), client.public_key)


def test_a_signature_of_another_jwt_is_refused(client: Client) -> None:
    """JB-16: of the same key, over other claims."""
    other = client.jwt(valid_claims(sub="admin"))
    assert refused(with_signature(client.jwt(), signature_of(other)), client.public_key)


@pytest.mark.parametrize(
    "signature", [b"\0", b"\0" * 32, b"\0" * 64, b"\xff" * 64, b"\0" * 256, b"\0" * 512]
)
def test_a_made_up_signature_is_refused(client: Client, signature: bytes) -> None:
    """JS-10, JS-12: zeros, ones, and every wrong length."""
    assert refused(with_signature(client.jwt(), signature), client.public_key)


def test_a_signature_with_bytes_before_or_after_is_refused(client: Client) -> None:
    """JS-12: over-long signatures; jwcrypto accepts them."""
    token = client.jwt()
    signature = signature_of(token)
    for changed in (
        signature + b"\0",
        b"\0" + signature,
        signature[:-1],
        signature[1:],
        signature * 2,
    ):
        assert refused(with_signature(token, changed), client.public_key)


@pytest.mark.parametrize("name", ["rs256", "ps256"])
def test_an_rsa_signature_without_its_leading_zeros_is_refused(
    name: str, request: pytest.FixtureRequest
) -> None:
    """JS-12, RFC 8017 section 8.1.2: OpenSSL accepts such a PSS signature."""
    client = request.getfixturevalue(name)
    tokens = (client.jwt(valid_claims(jti=str(number))) for number in count())
    token = next(each for each in tokens if signature_of(each)[0] == 0)

    assert claims_of(token, client.public_key)
    assert refused(
        with_signature(token, signature_of(token).lstrip(b"\0")), client.public_key
    )


P_256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_an_ecdsa_signature_is_two_numbers_of_32_bytes_in_range(es256: Client) -> None:
    """JS-12: r or s zero, r or s plus the order, DER, swapped."""
    token = es256.jwt()
    signature = signature_of(token)
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))

    def raw(first: int, second: int, size: int = 32) -> bytes:
        return first.to_bytes(size, "big") + second.to_bytes(size, "big")

    for changed in (
        raw(0, s),
        raw(r, 0),
        raw(0, 0),
        raw(1, 1),
        raw(s, r),
        raw(P_256_ORDER, s),
        raw(r, P_256_ORDER),
        raw(2**256 - 1, 2**256 - 1),
        raw(r + P_256_ORDER, s, 33),
        raw(r, s + P_256_ORDER, 33),
        raw(r, s, 33),
        raw(r, s, 48),
        encode_dss_signature(r, s),
        encode_dss_signature(0, 0),
    ):
        assert refused(with_signature(token, changed), es256.public_key)


def test_ecdsa_signatures_have_a_twin(es256: Client) -> None:
    """JB-14: (r, n - s) verifies too, so nothing may be keyed on the token itself."""
    token = es256.jwt()
    signature = signature_of(token)
    s = int.from_bytes(signature[32:], "big")
    twin = signature[:32] + (P_256_ORDER - s).to_bytes(32, "big")
    assert claims_of(with_signature(token, twin), es256.public_key) == valid_claims()


def test_no_error_quotes_the_token(client: Client) -> None:
    """JS-28: neither the JWT nor what a library says about it."""
    signature = client.jwt().split(".")[2]
    for token in (client.jwt(alg="none"), client.jwt() + "A", client.jwt(typ=1)):
        with pytest.raises(InvalidJWS) as caught:
            claims_of(token, client.public_key)
        assert signature[:20] not in str(caught.value)
        assert "client-1" not in str(caught.value)


def test_base64_of_the_standard_alphabet_is_refused(client: Client) -> None:
    """JS-04: a signature spelled with + and / is not decoded for its sake."""
    token = client.jwt()
    while not set(token.split(".")[2]) & set("-_"):
        token = client.jwt(valid_claims(extra=token[-20:]))
    message, _, encoded = token.rpartition(".")
    standard = base64.b64encode(unsegment(encoded)).decode().rstrip("=")
    assert standard != encoded
    assert refused(f"{message}.{standard}", client.public_key)
    assert claims_of(token, client.public_key)
