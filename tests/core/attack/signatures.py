"""Reasons that keys and signatures give: nobody whose key counts has signed it."""

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from functools import lru_cache
from hypothesis import strategies as st
from tests.core.attack.drafts import CLEAN
from tests.core.attack.drafts import Draft
from tests.core.attack.reasons import reason
from tests.core.attack.world import stranger
from tests.core.attack.world import weak
from tests.core.conftest import Client
from tests.core.conftest import segment
from tests.core.conftest import signature
from tests.core.conftest import unsegment
from typing import Any

import dataclasses
import hmac
import json


NOBODY = "no key of the client has signed this"
KNOWN_NAMES = {"RS256", "PS256", "ES256", "EdDSA", "Ed25519"}
OTHER_NAMES = {
    "RS256": ["PS256", "RS384", "RS512", "PS384", "PS512"],
    "PS256": ["RS256", "RS384", "RS512", "PS384", "PS512"],
    "ES256": ["ES384", "ES512"],
}
P_256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _maybe_kid(draw: Any, draft: Draft, *kids: str) -> None:
    """One of the key ids in the header, or none."""
    kid = draw(st.sampled_from([None, *kids]))
    draft.header.pop("kid", None)
    if kid is not None:
        draft.header["kid"] = kid


# -- names of algorithms -------------------------------------------------------


@reason(NOBODY)
def alg_is_none(draw: Any, draft: Draft) -> str:
    letters = draw(st.tuples(*[st.booleans()] * 4))
    name = "".join(
        char.upper() if upper else char
        for char, upper in zip("none", letters, strict=True)
    )
    draft.header["alg"] = name
    message = draft.signed().rpartition(".")[0]
    made = draw(st.sampled_from([b"\0", b"none"]) | st.binary(min_size=1, max_size=64))
    return f"{message}.{segment(made)}"


@reason(NOBODY)
def alg_is_none_and_the_signature_is_right(draw: Any, draft: Draft) -> str:
    draft.header["alg"] = draw(st.sampled_from(["none", "None", "NONE", "nOnE"]))
    return draft.signed()


@lru_cache
def public_spellings(client: Client) -> dict[str, bytes]:
    """Everything somebody may take for the bytes of a public key."""
    key: Any = client.private_key.public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = client.public_key.pem.encode()
    found = {
        "PEM": pem,
        "PEM without newline": pem.rstrip(b"\n"),
        "PEM with CRLF": pem.replace(b"\n", b"\r\n"),
        "PEM in one line": pem.replace(b"\n", b""),
        "SPKI DER": der,
        "base64 of SPKI": b"".join(pem.splitlines()[1:-1]),
        "SSH": key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "thumbprint": client.public_key.kid.encode(),
        "no secret": b"",
    }
    for separators in ((",", ":"), (", ", ": ")):
        jwk = json.dumps(jwk_of(client), separators=separators)
        found[f"JWK {separators}"] = jwk.encode()
    if isinstance(key, rsa.RSAPublicKey):
        found["PKCS#1"] = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    return found


def jwk_of(client: Client) -> dict[str, str]:
    """The public half as JWK."""
    key: Any = client.private_key.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"e": "AQAB", "kty": "RSA", "n": segment(numbers.n.to_bytes(256, "big"))}
    if client.public_key.algorithm == "ES256":
        raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        x, y = segment(raw[1:33]), segment(raw[33:])
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": segment(raw)}


@reason(NOBODY)
def the_public_key_is_the_secret(draw: Any, draft: Draft) -> str:
    bits = draw(st.sampled_from(["256", "384", "512"]))
    spellings = public_spellings(draft.client)
    secret = spellings[draw(st.sampled_from(sorted(spellings)))]
    draft.header["alg"] = f"HS{bits}"
    _maybe_kid(draw, draft, draft.client.public_key.kid)
    if draw(st.booleans()):
        # What the site keeps was mislabelled with it, too.
        key = dataclasses.replace(draft.client.public_key, algorithm=f"HS{bits}")
        draft.keys = [key]
    message = f"{segment(draft.header)}.{segment(draft.spelt(draft.claims))}"
    return f"{message}.{segment(hmac.digest(secret, message.encode(), f'sha{bits}'))}"


@reason(NOBODY)
def alg_is_misspelt(draw: Any, draft: Draft) -> str:
    name = draft.header["alg"]
    spellings = [name.lower(), name.swapcase(), name + " ", " " + name, name + "\0"]
    spellings += [
        f"{name},none",
        name[:-1],
        name[1:],
        name + "x",
        name * 2,
        f"[{name}]",
    ]
    spellings += [f"{name}\n", f"\ufeff{name}", name.replace("S", "\u017f")]
    wrong = [each for each in spellings if each not in KNOWN_NAMES]
    draft.header["alg"] = draw(st.sampled_from(wrong))
    return draft.signed()


@reason(NOBODY)
def alg_is_unknown(draw: Any, draft: Draft) -> str:
    draft.header["alg"] = draw(
        st.sampled_from(["", "ES256K", "Ed448", "ES512", "ESP256", "RSA-OAEP", "dir"])
        | st.text(max_size=12).filter(lambda name: name not in KNOWN_NAMES)
    )
    return draft.signed()


@reason(NOBODY, algorithms=["ES256", "ES256", "ES256", "RS256", "PS256"])
def signed_by_another_algorithm_of_the_same_key(draw: Any, draft: Draft) -> str:
    used = draw(st.sampled_from(OTHER_NAMES[draft.algorithm]))
    if draw(st.booleans()):
        draft.header["alg"] = used
    _maybe_kid(draw, draft, draft.client.public_key.kid)
    return draft.signed(algorithm=used)


@reason(NOBODY)
def alg_of_another_kind_of_key(draw: Any, draft: Draft) -> str:
    others = KNOWN_NAMES - {draft.algorithm, draft.header["alg"]}
    if draft.algorithm == "EdDSA":
        others -= {"EdDSA", "Ed25519"}
    other = draw(st.sampled_from(sorted(others)))
    _maybe_kid(draw, draft, draft.client.public_key.kid)
    if draw(st.booleans()) and {other, draft.algorithm} != {"RS256", "PS256"}:
        name = "EdDSA" if other == "Ed25519" else other
        draft.keys = [dataclasses.replace(draft.client.public_key, algorithm=name)]
        if draw(st.booleans()):
            return draft.signed()
    draft.header["alg"] = other
    return draft.signed()


# -- keys ----------------------------------------------------------------------


@reason(NOBODY)
def kid_of_no_key(draw: Any, draft: Draft) -> str:
    kid = draft.client.public_key.kid
    similar = [kid[:-1], kid + "x", kid + "=", kid.swapcase(), f" {kid}", "", "*"]
    foreign = [key.kid for key in draft.keys if key.kid != kid]
    draft.header["kid"] = draw(
        st.sampled_from([*similar, *foreign, "../../dev/null", "' OR 1=1 --"])
        | st.text(max_size=256).filter(lambda text: text != kid)
    )
    return draft.signed()


@reason(NOBODY)
def signed_by_a_stranger(draw: Any, draft: Draft) -> str:
    attacker = stranger(draft.algorithm)
    _maybe_kid(draw, draft, draft.client.public_key.kid, attacker.public_key.kid)
    return draft.signed(by=attacker)


@reason(NOBODY)
def signed_by_the_key_in_the_header(draw: Any, draft: Draft) -> str:
    attacker = stranger(draft.algorithm)
    _maybe_kid(draw, draft, draft.client.public_key.kid, attacker.public_key.kid)
    jwk = jwk_of(attacker)
    keys: dict[str, Any] = {
        "jwk": draw(st.sampled_from([jwk, {**jwk, "kid": attacker.public_key.kid}])),
        "jku": "data:application/json," + json.dumps({"keys": [jwk]}),
        "x5c": ["".join(attacker.public_key.pem.splitlines()[1:-1])],
        "x5u": "data:application/x-pem-file," + attacker.public_key.pem,
        "key": attacker.public_key.pem,
    }
    name = draw(st.sampled_from(sorted(keys)))
    draft.header[name] = keys[name]
    return draft.signed(by=attacker)


@reason(NOBODY)
def signed_by_another_client(draw: Any, draft: Draft) -> str:
    others = [
        client
        for client_id, client in draft.world.clients.values()
        if client_id != draft.client_id
    ]
    other = draw(st.sampled_from(others))
    draft.keys = [draft.client.public_key]
    draft.header["alg"] = other.public_key.algorithm
    _maybe_kid(draw, draft, draft.client.public_key.kid, other.public_key.kid)
    return draft.signed(by=other)


@reason(NOBODY)
def in_the_name_of_another_client(draw: Any, draft: Draft) -> str:
    own = draft.client_id
    resembling = [own + "/", own + " ", own.upper(), own[:-1], own + "1", own[1:]]
    others = [each for each, _ in draft.world.clients.values() if each != own]
    draft.claims["iss"] = draw(
        st.sampled_from([*resembling, *others]) | CLEAN.filter(lambda text: text != own)
    )
    return draft.signed()


@reason(NOBODY)
def the_key_has_ended(draw: Any, draft: Draft) -> str:
    now = draft.world.now
    ended = draw(st.sampled_from([now, now - 1, 0.0]) | st.floats(0, now))
    key = dataclasses.replace(draft.client.public_key, expires_at=ended)
    draft.keys = [*draft.keys[:-1], key]
    return draft.signed()


@reason(NOBODY)
def the_key_is_gone(draw: Any, draft: Draft) -> str:
    draft.keys = draft.keys[:-1]
    if draw(st.booleans()):
        other = stranger(draft.algorithm).public_key
        same_name = dataclasses.replace(other, kid=draft.client.public_key.kid)
        draft.keys.append(draw(st.sampled_from([other, same_name])))
    return draft.signed()


@reason(NOBODY, algorithms=["EdDSA", "Ed25519", "ES256"])
def the_fourth_key_without_a_kid(draw: Any, draft: Draft) -> str:
    draft.header.pop("kid", None)
    more = [stranger(draft.algorithm, number).public_key for number in range(1, 5)]
    draft.keys = [*draft.keys[:-1], *more[: draw(st.integers(3, 4))], draft.keys[-1]]
    return draft.signed()


@reason(NOBODY, algorithms=["EdDSA"])
def the_stored_key_is_unsafe(draw: Any, draft: Draft) -> str:
    kinds = ["RSA of 1024 bits", "exponent 3", "P-384"]
    unsafe = weak(draw(st.sampled_from(kinds)))
    pinned = draw(st.sampled_from(["RS256", "PS256", "ES256"]))
    if unsafe.public_key.algorithm != "RS256":
        pinned = "ES256"
    elif pinned == "ES256":
        pinned = "RS256"
    draft.keys = [dataclasses.replace(unsafe.public_key, algorithm=pinned)]
    draft.header["alg"] = pinned
    _maybe_kid(draw, draft, unsafe.public_key.kid)
    return draft.signed(by=unsafe, algorithm=pinned)


@reason(NOBODY)
def the_stored_key_is_unreadable(draw: Any, draft: Draft) -> str:
    pem = draft.client.public_key.pem
    damaged = draw(
        st.sampled_from(["", "\ud800", pem[:-30], pem.replace("PUBLIC", "PRIVATE")])
        | st.text(max_size=30)
    )
    draft.keys = [dataclasses.replace(draft.client.public_key, pem=damaged)]
    return draft.signed()


# -- signatures ----------------------------------------------------------------


def _with_signature(assertion: str, made: bytes) -> str:
    return f"{assertion.rpartition('.')[0]}.{segment(made)}"


@reason(NOBODY)
def a_shorter_signature(draw: Any, draft: Draft) -> str:
    assertion = draft.signed()
    made = unsegment(assertion.rpartition(".")[2])
    start = draw(st.integers(0, 1)) * draw(st.integers(1, len(made) - 1))
    end = draw(st.integers(1, len(made) - 1))
    return _with_signature(assertion, made[start:] if start else made[:end])


@reason(NOBODY)
def a_longer_signature(draw: Any, draft: Draft) -> str:
    assertion = draft.signed()
    made = unsegment(assertion.rpartition(".")[2])
    more = draw(st.binary(min_size=1, max_size=64) | st.just(b"\0") | st.just(made))
    return _with_signature(
        assertion, more + made if draw(st.booleans()) else made + more
    )


@reason(NOBODY)
def a_flipped_bit_in_the_signature(draw: Any, draft: Draft) -> str:
    assertion = draft.signed()
    made = bytearray(unsegment(assertion.rpartition(".")[2]))
    made[draw(st.integers(0, len(made) - 1))] ^= 1 << draw(st.integers(0, 7))
    return _with_signature(assertion, bytes(made))


@reason(NOBODY)
def any_bytes_as_the_signature(draw: Any, draft: Draft) -> str:
    length = draw(st.sampled_from([64, 256, 32, 1, 65]))
    made = draw(
        st.sampled_from([b"\0" * length, b"\xff" * length, bytes([1]) * length])
        | st.binary(min_size=length, max_size=length)
    )
    return _with_signature(draft.signed(), made)


@reason(NOBODY)
def the_signature_of_another_assertion(draw: Any, draft: Draft) -> str:
    other = draft.signed(
        claims=draft.spelt({**draft.claims, "x": draw(st.integers())})
    ).rpartition(".")[2]
    return _with_signature(draft.signed(), unsegment(other))


@reason(NOBODY)
def claims_changed_after_signing(draw: Any, draft: Draft) -> str:
    tail = draft.signed().rpartition(".")[2]
    draft.claims["changed"] = draw(st.booleans() | st.text(max_size=5))
    head, body = draft.spelt(draft.header), draft.spelt(draft.claims)
    return f"{segment(head)}.{segment(body)}.{tail}"


@reason(NOBODY)
def header_changed_after_signing(draw: Any, draft: Draft) -> str:
    tail = draft.signed().rpartition(".")[2]
    draft.header["changed"] = draw(st.booleans() | st.text(max_size=5))
    head, body = draft.spelt(draft.header), draft.spelt(draft.claims)
    return f"{segment(head)}.{segment(body)}.{tail}"


@reason(NOBODY)
def only_the_claims_are_signed(draw: Any, draft: Draft) -> str:
    head, body = draft.signed().split(".")[:2]
    message = draw(
        st.sampled_from([body, head, f".{body}", f"{head}.", f"{head}{body}"])
    )
    made = signature(draft.client.private_key, draft.algorithm, message.encode())
    return f"{head}.{body}.{segment(made)}"


@reason(NOBODY, algorithms=["ES256"])
def an_ecdsa_signature_in_der(draw: Any, draft: Draft) -> str:
    draft.claims["x"] = draw(st.integers())
    assertion = draft.signed()
    made = unsegment(assertion.rpartition(".")[2])
    r, s = int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")
    return _with_signature(assertion, encode_dss_signature(r, s))


@reason(NOBODY, algorithms=["ES256"])
def an_ecdsa_signature_out_of_range(draw: Any, draft: Draft) -> str:
    assertion = draft.signed()
    made = unsegment(assertion.rpartition(".")[2])
    numbers = [int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")]
    strange = [0, P_256_ORDER, P_256_ORDER + 1, 2**256 - 1, P_256_ORDER - 1]
    place = draw(st.integers(0, 1))
    numbers[place] = draw(st.sampled_from(strange))
    if draw(st.booleans()):
        numbers[1 - place] = draw(st.sampled_from(strange))
    return _with_signature(
        assertion, b"".join(number.to_bytes(32, "big") for number in numbers)
    )


@reason(NOBODY, algorithms=["PS256"])
def a_salt_of_another_length(draw: Any, draft: Draft) -> str:
    private = draft.client.private_key
    assert isinstance(private, rsa.RSAPrivateKey)
    draft.claims["x"] = draw(st.integers())
    message = draft.signed(algorithm="RS256").rpartition(".")[0]
    length = draw(st.integers(0, 200).filter(lambda number: number != 32))
    pss = padding.PSS(padding.MGF1(SHA256()), length)
    return f"{message}.{segment(private.sign(message.encode(), pss, SHA256()))}"
