"""A public key that somebody uploads."""

from collections.abc import Iterator
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed448
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.errors import KeyRefused
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.uploads import MAX_LENGTH
from pas.plugins.tokenauth.core.uploads import PrivateKeyUploaded
from pas.plugins.tokenauth.core.uploads import uploaded_public_key
from pas.plugins.tokenauth.servicekeys.keyfile import google_keyfile
from pas.plugins.tokenauth.servicekeys.keyfile import keyfile
from tests.core.conftest import Client
from tests.core.conftest import NOW
from tests.core.conftest import P_256
from tests.core.conftest import pem_of
from tests.core.conftest import rsa_key_of
from tests.core.conftest import segment
from tests.core.conftest import spki
from typing import Any

import base64
import gmpy2
import json
import pytest
import random
import socket
import subprocess
import sys
import traceback


PROPERTY = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(b"1" * 32)
P256 = ec.derive_private_key(2**200 + 1, ec.SECP256R1())


def jwk_of(key: Any) -> dict[str, Any]:
    """The JWK of a public key, made without the code under test."""
    if isinstance(key, rsa.RSAPublicKey):
        rsa_numbers = key.public_numbers()
        return {"kty": "RSA", "n": number(rsa_numbers.n), "e": number(rsa_numbers.e)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        x, y = (segment(value.to_bytes(32, "big")) for value in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": segment(raw)}


def number(value: int) -> str:
    return segment(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def openssh(key: Any) -> str:
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def refusal_of(text: str, algorithm: str = "") -> KeyRefused:
    """The error, which is checked for leaving nothing of the string behind."""
    with pytest.raises(KeyRefused) as caught:
        uploaded_public_key(text, NOW, algorithm)
    check_nothing_is_left(caught.value, text)
    return caught.value


def check_nothing_is_left(error: KeyRefused, text: str) -> None:
    assert error.__context__ is None
    assert error.__cause__ is None
    found = [str(error), repr(error), repr(error.args), repr(vars(error))]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if "tokenauth" in frame.f_code.co_filename]
    found += [repr(frame.f_locals) for frame in ours if "tests" not in str(frame)]
    for piece in pieces_of(text):
        assert not any(piece in each for each in found)


def pieces_of(text: str) -> Iterator[str]:
    for start in range(0, len(text) - 24, 24):
        yield text[start : start + 24]


# -- formats -------------------------------------------------------------------


def spellings_of(key: Any) -> dict[str, str]:
    """Every way in which somebody may write down a public key."""
    pem = pem_of(key)
    jwk = json.dumps(jwk_of(key))
    line = openssh(key)
    found = {
        "PEM": pem,
        "PEM without an end of line": pem.rstrip(),
        "PEM with CRLF": pem.replace("\n", "\r\n"),
        "PEM with space around": f"\n\n \t{pem}\r\n\n ",
        "PEM in one line": pem.replace("\n", " "),
        "PEM with a byte order mark": f"\ufeff{pem}",
        "JWK": jwk,
        "JWK with space around": f"\n {jwk}\n",
        "JWK for signatures": json.dumps(jwk_of(key) | {"use": "sig", "kid": "mine"}),
        "JWK to verify": json.dumps(jwk_of(key) | {"key_ops": ["verify"]}),
        "JWK Set": json.dumps({"keys": [jwk_of(key)]}, indent=2),
        "OpenSSH": line,
        "OpenSSH with a comment": f"{line} me@example.org, my laptop\n",
        "OpenSSH with space around": f" \n{line}\t \r\n",
    }
    if isinstance(key, rsa.RSAPublicKey):
        pkcs1 = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
        found["PKCS#1"] = pkcs1
        found["PKCS#1 with CRLF"] = pkcs1.replace("\n", "\r\n")
    return found


def test_one_key_is_the_same_however_it_was_written_down(client: Client) -> None:
    """JK-10: kid and PEM do not depend on the format."""
    algorithm = client.public_key.algorithm
    for name, text in spellings_of(client.private_key.public_key()).items():
        assert uploaded_public_key(text, NOW, algorithm) == client.public_key, name


def test_the_longest_upload_is_read() -> None:
    """JK-10: the length is bounded, and the bound itself is within."""
    assert uploaded_public_key(PEM.ljust(MAX_LENGTH), NOW) == upload(PEM)


def test_a_compressed_point_is_the_same_key(es256: Client) -> None:
    """JK-10: what is stored and named is the point, not its encoding."""
    public = es256.private_key.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    raw = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    pem = spki(P_256, b"\x03" + bytes([len(raw) + 1, 0]) + raw)
    assert uploaded_public_key(pem, NOW) == es256.public_key


def test_members_of_a_jwk_that_say_nothing_about_the_key_are_ignored() -> None:
    """JK-04: RFC 7517 section 4; the kid is always our own."""
    jwk = jwk_of(ED25519.public_key()) | {"kid": "x", "x5u": "https://x", "ext": True}
    assert uploaded_public_key(json.dumps(jwk), NOW) == uploaded_public_key(
        pem_of(ED25519.public_key()), NOW
    )


def test_a_modulus_with_a_leading_zero_is_the_same_key(rs256: Client) -> None:
    """JK-10: RFC 7518 section 6.3.1.1: some libraries write one."""
    jwk = jwk_of(rs256.private_key.public_key())
    n = rs256.private_key.public_key().public_numbers().n  # type: ignore[union-attr]
    jwk["n"] = segment(b"\0" + n.to_bytes(256, "big"))
    assert uploaded_public_key(json.dumps(jwk), NOW) == rs256.public_key


# -- algorithms ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "stated", "expected"),
    [
        ("", None, "RS256"),
        ("", "PS256", "PS256"),
        ("PS256", None, "PS256"),
        ("PS256", "PS256", "PS256"),
        ("RS256", "RS256", "RS256"),
    ],
)
def test_ps256_has_to_be_asked_for(
    rs256: Client, argument: str, stated: str | None, expected: str
) -> None:
    """JS-08: by whoever uploads it, or by the JWK."""
    jwk = jwk_of(rs256.private_key.public_key())
    if stated:
        jwk["alg"] = stated
    assert uploaded_public_key(json.dumps(jwk), NOW, argument).algorithm == expected


@pytest.mark.parametrize(
    ("argument", "stated"),
    [("Ed25519", "EdDSA"), ("EdDSA", "Ed25519"), ("", "Ed25519"), ("Ed25519", "")],
)
def test_eddsa_may_be_called_ed25519(argument: str, stated: str) -> None:
    """RFC 9864; what is kept is one name."""
    jwk = jwk_of(ED25519.public_key()) | ({"alg": stated} if stated else {})
    assert uploaded_public_key(json.dumps(jwk), NOW, argument).algorithm == "EdDSA"


@pytest.mark.parametrize(
    ("argument", "stated", "problem"),
    [
        ("RS256", "PS256", "contradiction"),
        ("PS256", "RS256", "contradiction"),
        ("EdDSA", "RS256", "contradiction"),
        ("", "ES256", "wrong_algorithm"),
        ("ES256", None, "wrong_algorithm"),
        ("EdDSA", None, "wrong_algorithm"),
        ("", "RS512", "unknown_algorithm"),
        ("", "RSA-OAEP", "unknown_algorithm"),
        ("RS256", "none", "unknown_algorithm"),
        ("HS256", None, "unknown_algorithm"),
        ("rs256", None, "unknown_algorithm"),
        ("\ud800", None, "unknown_algorithm"),
        ("", "", "unknown_algorithm"),
        ("", 256, "unreadable"),
        ("", ["RS256"], "unreadable"),
        ("", {}, "unreadable"),
    ],
)
def test_an_algorithm_that_does_not_fit_is_refused(
    rs256: Client, argument: str, stated: Any, problem: str
) -> None:
    """JS-08, JS-09: the argument, the JWK and the key say the same."""
    jwk = jwk_of(rs256.private_key.public_key())
    if stated is not None:
        jwk["alg"] = stated
    assert refusal_of(json.dumps(jwk), argument).problem == problem


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("use", "enc"),
        ("use", "SIG"),
        ("use", None),
        ("use", ["sig"]),
        ("key_ops", ["encrypt"]),
        ("key_ops", ["wrapKey", "deriveBits"]),
        ("key_ops", ["sign"]),
        ("key_ops", []),
        ("key_ops", "verify"),
        ("key_ops", None),
        ("key_ops", {"verify": 1}),
    ],
)
def test_a_key_that_is_not_for_signatures_is_refused(member: str, value: Any) -> None:
    """JK-05: RFC 7517 sections 4.2 and 4.3."""
    text = json.dumps(jwk_of(ED25519.public_key()) | {member: value})
    assert refusal_of(text).problem == "not_for_signatures"


# -- what is refused -----------------------------------------------------------

PEM = pem_of(ED25519.public_key())
JWK = jwk_of(ED25519.public_key())
LINE = openssh(ED25519.public_key())
BODY = PEM.splitlines()[1]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
P_384 = ec.generate_private_key(ec.SECP384R1()).public_key()
RSA_PSS = base64.b64encode(
    rsa_key_of(2048)
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # rsaEncryption and NULL become RSASSA-PSS and empty parameters.
    .replace(bytes.fromhex("f70d0101010500"), bytes.fromhex("f70d01010a3000"))
).decode()


def changed(jwk: dict[str, Any] = JWK, **members: Any) -> str:
    return json.dumps(jwk | members)


REFUSED: dict[str, tuple[str, str]] = {
    "nothing": ("", "empty"),
    "white space": (" \r\n\t", "empty"),
    "a byte order mark": ("\ufeff", "empty"),
    "prose": ("This is my key.", "unknown_format"),
    "a number": ("17", "unknown_format"),
    "a JSON list": (f"[{json.dumps(JWK)}]", "unknown_format"),
    "a broken JSON list": ("[", "unreadable"),
    "bare base64": (BODY, "unknown_format"),
    "authorized_keys with options": (f"no-pty {LINE}", "unknown_format"),
    "a PEM of another kind": (PEM.replace("PUBLIC KEY", "PKCS7"), "unknown_format"),
    "SSH2": ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END", "unknown_format"),
    "one character too many": (PEM + " " * MAX_LENGTH, "too_long"),
    "much too much": ("-----BEGIN" * 1_000_000, "too_long"),
    "NUL inside": (PEM.replace("\n", "\n\0", 1), "not_plain_text"),
    "NUL at the end": (f"{LINE}\0", "not_plain_text"),
    "another control character": (f"{LINE} me\x1b[2J", "not_plain_text"),
    "a vertical tab": (f"\v{PEM}", "not_plain_text"),
    "an umlaut": (f"{LINE} Jürgen", "not_plain_text"),
    "wide digits": (PEM.replace("M", "\uff2d"), "not_plain_text"),
    "a lone surrogate": (f"{LINE}\ud800", "not_plain_text"),
    "a wide space": (f"{PEM}\u2003", "not_plain_text"),
    "two byte order marks": (f"\ufeff\ufeff{PEM}", "not_plain_text"),
    "a certificate": (CERTIFICATE, "certificate"),
    "a key and a certificate": (PEM + CERTIFICATE, "certificate"),
    "two PEM blocks": (PEM + PEM, "several_keys"),
    "two lines of OpenSSH": (f"{LINE} a\n{LINE} b\n", "several_keys"),
    "two keys in a JWK Set": (json.dumps({"keys": [JWK, JWK]}), "several_keys"),
    "no key in a JWK Set": (json.dumps({"keys": []}), "empty"),
    "a JWK Set of something else": (json.dumps({"keys": ["x"]}), "unreadable"),
    "a JWK Set that is no list": (json.dumps({"keys": JWK}), "unreadable"),
    "a JWK Set in a JWK Set": ('{"keys": [{"keys": []}]}', "unreadable"),
    "text before the PEM": (f"my key\n{PEM}", "unreadable"),
    "text after the PEM": (f"{PEM}that was it", "unreadable"),
    "a letter before the PEM": (f"X{PEM}", "unreadable"),
    "a letter after the PEM": (f"{PEM}X", "unreadable"),
    "a PEM and a line of OpenSSH": (f"{PEM}{LINE}", "unreadable"),
    "a PEM without an end": (PEM[:-10], "unreadable"),
    "a PEM with another end": (
        PEM.replace("END PUBLIC", "END RSA PUBLIC"),
        "unreadable",
    ),
    "an empty PEM": (PEM.replace(BODY, ""), "unreadable"),
    "a PEM of white space": (PEM.replace(BODY, " \n "), "unreadable"),
    "a PEM with headers": (PEM.replace(BODY, f"A: b\n\n{BODY}"), "unreadable"),
    "a PEM cut short": (PEM.replace(BODY, BODY[:-4]), "unreadable"),
    "a PEM with more inside": (PEM.replace(BODY, f"{BODY}AAAA"), "unreadable"),
    "a PEM of broken base64": (PEM.replace(BODY, BODY[:-1]), "unreadable"),
    "padding inside": (PEM.replace(BODY, f"AA=={BODY}"), "unreadable"),
    "a line of OpenSSH cut short": (LINE[:-4], "unreadable"),
    "a line of OpenSSH with more inside": (f"{LINE}AAAA", "unreadable"),
    "a line of OpenSSH that was wrapped": (f"{LINE[:40]}\n{LINE[40:]}", "unreadable"),
    "a line of OpenSSH and another": (f"{LINE}\nhello", "unreadable"),
    "a kind that the key is not": (
        LINE.replace("ssh-ed25519 ", "ssh-rsa "),
        "unreadable",
    ),
    "OpenSSH: a FIDO key": (f"sk-{LINE}", "unsupported_kind"),
    "OpenSSH: a certificate": (
        LINE.replace("ed25519 ", "ed25519-cert-v01@openssh.com "),
        "unsupported_kind",
    ),
    "OpenSSH: P-384": (openssh(P_384), "unsupported_kind"),
    "OpenSSH: DSA": (f"ssh-dss {LINE.split()[1]}", "unsupported_kind"),
    "two JWK": (json.dumps(JWK) * 2, "unreadable"),
    "a JWK with something behind": (json.dumps(JWK) + "x", "unreadable"),
    "a JWK cut short": (json.dumps(JWK)[:-1], "unreadable"),
    "a member twice": (changed(e=1)[:-1] + ', "x": "AA"}', "unreadable"),
    "NaN": (changed(e=float("nan")), "unreadable"),
    "deep nesting": ('{"a":' * 3000, "unreadable"),
    "deep lists": ('{"a":' + "[" * 16000, "unreadable"),
    "a huge integer": (f'{{"kty": {"9" * 16000}}}', "unreadable"),
    "an empty JWK": ("{}", "unreadable"),
    "no kind": (changed(kty=None), "unreadable"),
    "a kind that is no text": (changed(kty=["OKP"]), "unreadable"),
    "an unknown kind": (changed(kty="okp"), "unsupported_kind"),
    "another curve": (changed(crv="X25519"), "unsupported_kind"),
    "a curve that is no text": (changed(crv=[]), "unsupported_kind"),
    "an EC key on P-384": (changed(kty="EC", crv="P-384"), "unsupported_kind"),
    "no coordinate": (changed(x=None), "unreadable"),
    "a coordinate that is a number": (changed(x=7), "unreadable"),
    "a short coordinate": (changed(x=JWK["x"][:-4]), "unreadable"),
    "a padded coordinate": (changed(x=JWK["x"] + "="), "unreadable"),
    "spare bits": (changed(x=JWK["x"][:-1] + "_"), "unreadable"),
    "base64 that is not base64url": (changed(x="+/" * 21 + "A"), "unreadable"),
    "a point off the curve": (
        changed(jwk_of(P256.public_key()), x=segment(b"\x01" * 32)),
        "unreadable",
    ),
    "a short coordinate of a point": (
        changed(jwk_of(P256.public_key()), x=segment(b"\x01")),
        "unreadable",
    ),
    "an RSA key of nothing": (changed(kty="RSA", n="", e=""), "unreadable"),
    "an RSA key of zero": (changed(kty="RSA", n="AA", e="AQAB"), "unreadable"),
    "an RSA key without e": (changed(kty="RSA", n="AQAB"), "unreadable"),
    "an RSA key with an even e": (
        changed(jwk_of(rsa_key_of(2048)), e="Ag"),
        "unreadable",
    ),
    "an enormous RSA key": (
        changed(kty="RSA", n=segment(b"\xff" * 11_000), e="AQAB"),
        "rsa_bits",
    ),
    "RSA of 1024 bits": (openssh(rsa_key_of(1024)), "rsa_bits"),
    "RSA of 2047 bits": (pem_of(rsa_key_of(2047)), "rsa_bits"),
    "RSA of 4097 bits": (changed(jwk_of(rsa_key_of(4097))), "rsa_bits"),
    "RSA with e = 3": (openssh(rsa_key_of(2048, 3)), "rsa_exponent"),
    "RSA with PSS": (PEM.replace(BODY, RSA_PSS), "unsupported_kind"),
    "P-384": (pem_of(P_384), "unsupported_kind"),
    "Ed448": (
        pem_of(ed448.Ed448PrivateKey.generate().public_key()),  # type: ignore[arg-type]
        "unsupported_kind",
    ),
    "X25519": (
        pem_of(x25519.X25519PrivateKey.generate().public_key()),  # type: ignore[arg-type]
        "unsupported_kind",
    ),
    "DSA": (
        pem_of(dsa.generate_private_key(1024).public_key()),  # type: ignore[arg-type]
        "unsupported_kind",
    ),
    "an algorithm that nobody has": (spki("06032a0304"), "unsupported_kind"),
    "a point at infinity": (spki(P_256, b"\x03\x02\x00\x00"), "unreadable"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_an_upload_that_is_not_one_good_key_is_refused(text: str, problem: str) -> None:
    """JS-12, JS-13: with a reason, and without keeping the string."""
    error = refusal_of(text)
    assert error.problem == problem
    assert type(error) is KeyRefused


# -- weak keys -----------------------------------------------------------------


def prime(start: int) -> int:
    return int(gmpy2.next_prime(start))


def product(p: int, q: int) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(65537, p * q).public_key()


def roca_prime(source: random.Random) -> int:
    """A prime as the library of CVE-2017-15361 made them: k * M + 65537^a mod M."""
    modulus = int(gmpy2.primorial(701))
    while True:
        size = (1 << 1024) // modulus
        k = source.randrange(size * 9 // 10, size)
        candidate = k * modulus + pow(65537, source.getrandbits(60), modulus)
        if gmpy2.is_prime(candidate):
            return candidate


def weak_keys() -> dict[str, rsa.RSAPublicKey]:
    source = random.Random(1)
    half = (3 << 1022) + source.getrandbits(1022)
    odd = prime((3 << 2045) + source.getrandbits(2045))
    return {
        "fermat": product(prime(half), prime(prime(half) + 2**300)),
        "smallfactors": product(65521, prime((1 << 2032) + source.getrandbits(2030))),
        "roca": product(roca_prime(source), roca_prime(source)),
        "smallfactors (3)": product(3, odd),
        "fermat, smallfactors": product(3 * prime(half), 3 * prime(half)),
    }


@pytest.mark.parametrize(("name", "key"), weak_keys().items())
def test_an_rsa_key_that_is_known_to_be_weak_is_refused(
    name: str, key: rsa.RSAPublicKey
) -> None:
    """JS-13: close primes, small factors, ROCA; whatever the format."""
    for text in (pem_of(key), json.dumps(jwk_of(key)), openssh(key)):
        error = refusal_of(text)
        assert error.problem == "weak"
        assert error.values == {"weakness": name.split(" (")[0]}


FIELD = 2**255 - 19
D = -121665 * pow(121666, -1, FIELD) % FIELD


def small_order_keys() -> list[bytes]:
    """Every encoding of a point of order 1, 2, 4 or 8, computed from the curve."""
    root = pow(2, (FIELD - 1) // 4, FIELD)
    # Order 8 doubles to order 4, where y = 0: x^2 = -y^2, so D y^4 + 2 y^2 - 1 = 0.
    found = {0, 1, FIELD - 1}
    discriminant = square_root(1 + D, root)
    for sign in (1, -1):
        square = (-1 + sign * discriminant) * pow(D, -1, FIELD) % FIELD
        if pow(square, (FIELD - 1) // 2, FIELD) == 1:
            y = square_root(square, root)
            found |= {y, FIELD - y}
    found |= {y + FIELD for y in found if y + FIELD < 2**255}
    return [
        (y + (sign << 255)).to_bytes(32, "little") for y in found for sign in (0, 1)
    ]


def square_root(value: int, root: int) -> int:
    candidate = pow(value, (FIELD + 3) // 8, FIELD)
    if candidate * candidate % FIELD != value % FIELD:
        candidate = candidate * root % FIELD
    assert candidate * candidate % FIELD == value % FIELD
    return candidate


@pytest.mark.parametrize("raw", small_order_keys(), ids=bytes.hex)
def test_an_ed25519_key_of_small_order_is_refused(raw: bytes) -> None:
    """JS-13: one signature would fit many messages."""
    key = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    for text in (pem_of(key), json.dumps(jwk_of(key)), openssh(key)):
        assert refusal_of(text).values == {"weakness": "small order"}


def test_everybody_can_sign_for_a_key_of_small_order() -> None:
    """Why they are refused: the library does not."""
    raw = b"\x01" + bytes(31)
    key = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    key.verify(raw + bytes(32), b"whatever somebody likes to say")


def test_points_of_small_order_have_fourteen_spellings() -> None:
    """JS-13: the test above computes them all."""
    assert len(small_order_keys()) == 14


def test_a_check_asks_nobody(
    rs256: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """No network, no blocklists to download."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "socket", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    uploaded_public_key(rs256.public_key.pem, NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_check_of_keys_is_loaded_when_a_key_is_checked() -> None:
    """It takes a fifth of a second."""
    script = "import sys, pas.plugins.tokenauth.core.uploads; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "badkeys" not in found.stdout.split()


# -- private keys --------------------------------------------------------------


def pem(key: Any, form: PrivateFormat, password: bytes = b"") -> str:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, lock).decode()


def private_keys() -> dict[str, str]:
    """Everything that people have in their clipboard by mistake."""
    key = rsa.generate_private_key(65537, 2048)
    numbers = key.private_numbers()
    scalar = segment(P256.private_numbers().private_value.to_bytes(32, "big"))
    pair = generate_key_pair("EdDSA", NOW)
    pkcs8 = pem(key, PrivateFormat.PKCS8)
    body = "".join(pkcs8.splitlines()[1:-1])
    private_rsa = jwk_of(key.public_key()) | {"d": number(numbers.d)}
    private_ec = jwk_of(P256.public_key()) | {"d": scalar}
    ours = keyfile(pair, "client", "user", "https://example.org/@@oauth2-token")
    google = google_keyfile(pair, "client", "https://example.org/@@oauth2-token")
    return {
        "PKCS#8": pkcs8,
        "PKCS#8, Ed25519": pem(ED25519, PrivateFormat.PKCS8),
        "PKCS#8, P-256": pem(P256, PrivateFormat.PKCS8),
        "PKCS#8, encrypted": pem(key, PrivateFormat.PKCS8, b"secret"),
        "PKCS#1": pem(key, PrivateFormat.TraditionalOpenSSL),
        "SEC 1": pem(P256, PrivateFormat.TraditionalOpenSSL),
        "OpenSSH": pem(ED25519, PrivateFormat.OpenSSH),
        "OpenSSH, encrypted": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk",
        "PGP": "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdGBGX\n=0000\n",
        "SSH2": "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAA\n",
        "PuTTY": "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me",
        "PuTTY without its first line": "Private-Lines: 1\nAAAAIBvWy4\nPrivate-MAC: 9",
        "OpenSSL's text": "ED25519 Private-Key:\npriv:\n    31:31:31:31:31:31:31",
        "with the public key before": PEM + pem(ED25519, PrivateFormat.PKCS8),
        "with text before": f"Here it is:\n{pkcs8}",
        "with CRLF": pkcs8.replace("\n", "\r\n"),
        "in one line": pkcs8.replace("\n", ""),
        "with escaped ends of line": pkcs8.replace("\n", "\\n"),
        "without its last line": pkcs8.rsplit("-----END", 1)[0],
        "without its first line": pkcs8.split("\n", 1)[1],
        "without both": body,
        "without both, SEC 1": "".join(
            pem(P256, PrivateFormat.TraditionalOpenSSL).splitlines()[1:-1]
        ),
        "without both, encrypted": "".join(
            pem(key, PrivateFormat.PKCS8, b"secret").splitlines()[1:-1]
        ),
        "without both, OpenSSH": "".join(
            pem(ED25519, PrivateFormat.OpenSSH).splitlines()[1:-1]
        ),
        "the first characters of its body": body[:12],
        "some more of them": body[:15],
        "as a public key": pkcs8.replace("PRIVATE", "PUBLIC"),
        "in UTF-16": pkcs8.encode("utf-16").decode("latin-1"),
        "too long": pkcs8 + " " * MAX_LENGTH,
        "after an umlaut": f"Schlüssel\n{pkcs8}",
        "JWK, RSA": json.dumps(private_rsa),
        "JWK, RSA with p only": json.dumps(
            jwk_of(key.public_key()) | {"p": number(numbers.p)}
        ),
        "JWK, EC": json.dumps(private_ec, indent=2),
        "JWK, OKP": json.dumps(JWK | {"d": segment(b"1" * 32)}),
        "JWK, oct": json.dumps({"kty": "oct", "k": segment(b"1" * 32)}),
        "JWK for encryption": json.dumps(private_ec | {"use": "enc"}),
        "JWK Set": json.dumps({"keys": [jwk_of(P256.public_key()), private_ec]}),
        "JWK in a list": json.dumps([private_ec]),
        "JWK as text in JSON": json.dumps({"key": json.dumps(private_ec)}),
        "JWK in Python": repr(private_ec),
        "JWK with an escaped name": json.dumps(private_ec).replace('"d"', '"\\u0064"'),
        "JWK cut short": json.dumps(private_ec)[:-2],
        "JWK with a member twice": json.dumps(private_ec)[:-1] + ', "kty": "EC"}',
        "our keyfile": json.dumps(ours, indent=4),
        "a keyfile for google-auth": json.dumps(google),
        "a keyfile cut in the middle": json.dumps(ours).split("BEGIN")[0],
        "the XML of .NET": "<RSAKeyValue><Modulus>AA</Modulus><D>AA</D></RSAKeyValue>",
    }


PRIVATE = private_keys()


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
@pytest.mark.parametrize("algorithm", ["", "RS256", "nonsense"])
def test_a_private_key_is_refused_and_left_nowhere(text: str, algorithm: str) -> None:
    """Nothing secret in messages, reprs and tracebacks."""
    error = refusal_of(text, algorithm)
    assert type(error) is PrivateKeyUploaded
    assert error.problem == "private_key"
    assert error.args == ("private_key", {})


# -- any string ----------------------------------------------------------------

TEXTS = [
    *spellings_of(ED25519.public_key()).values(),
    *spellings_of(P256.public_key()).values(),
    *spellings_of(product(prime(3 << 1022), prime(7 << 1021))).values(),
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner)
    ),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    ["kty", "crv", "x", "y", "n", "e", "use", "alg", "key_ops", "keys", "kid"]
)
VALUES = ANY_JSON | st.sampled_from(
    ["RSA", "EC", "OKP", "P-256", "Ed25519", "sig", "AQAB", JWK["x"], [JWK]]
)


def upload(text: str, algorithm: str = "") -> PublicKey | None:
    """The key or None; any exception but KeyRefused fails the test."""
    try:
        return uploaded_public_key(text, NOW, algorithm)
    except KeyRefused as error:
        assert error.__context__ is None
        return None


@PROPERTY
@given(st.text(), st.text(max_size=6))
def test_any_string_is_a_key_or_refused(text: str, algorithm: str) -> None:
    """Bad input gets a clear error."""
    upload(text, algorithm)


@PROPERTY
@given(st.dictionaries(MEMBERS, VALUES), st.booleans())
def test_any_jwk_is_a_key_or_refused(jwk: dict[str, Any], in_set: bool) -> None:
    """Bad input gets a clear error."""
    upload(json.dumps({"keys": [jwk]} if in_set else jwk))


@PROPERTY
@given(st.sampled_from(TEXTS), st.data())
def test_a_damaged_key_is_a_key_or_refused(text: str, data: st.DataObject) -> None:
    """Bad input gets a clear error: characters changed, left out or put in."""
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 5)))
    upload(text[:start] + data.draw(st.text(max_size=5)) + text[end:])


@PROPERTY
@given(st.sampled_from(["PUBLIC KEY", "RSA PUBLIC KEY"]), st.binary(max_size=99))
def test_any_der_is_a_key_or_refused(label: str, der: bytes) -> None:
    """Bad input gets a clear error."""
    body = base64.b64encode(der).decode()
    upload(f"-----BEGIN {label}-----\n{body}\n-----END {label}-----")


@PROPERTY
@given(
    st.sampled_from(["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"]),
    st.lists(st.binary(max_size=40) | st.sampled_from([b"nistp256", b"\1\0\1"])),
)
def test_any_line_of_openssh_is_a_key_or_refused(kind: str, parts: list[bytes]) -> None:
    """Bad input gets a clear error."""
    fields = [kind.encode(), *parts]
    blob = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    upload(f"{kind} {base64.b64encode(blob).decode()}")
