"""A public key that somebody uploads: PEM, JWK or a line of OpenSSH.

One string, one key, nothing around it. What is kept is the key, not its encoding.
"""

from .errors import KeyRefused
from .jwks import key_in_jwk
from .keys import known_algorithm
from .keys import public_key_of
from .keys import PublicKey
from .privatekeys import holds_private_key
from .weakkeys import check_not_weak
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

import base64
import re


MAX_LENGTH = 16 * 1024

_FOREIGN = re.compile(r"[^\t\n\r -~]")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_PEM_LABELS = ("PUBLIC KEY", "RSA PUBLIC KEY")
#: RSASSA-PSS with parameters of its own, which a PublicKey does not keep.
_PSS = bytes.fromhex("06092a864886f70d01010a")
_OPENSSH = re.compile(r"(\S+)[ \t]+[A-Za-z0-9+/]+={0,2}(?:[ \t][ -~\t]*)?")
_OPENSSH_KIND = re.compile(r"^(?:sk-)?(?:ssh|ecdsa)-\S+[ \t]", re.MULTILINE)
_OPENSSH_KINDS = ("ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519")


class PrivateKeyUploaded(KeyRefused):
    """A private key, or a part of one, where a public key belongs."""

    def __init__(self) -> None:
        super().__init__("private_key")


def uploaded_public_key(text: str, now: float, algorithm: str = "") -> PublicKey:
    """The public key in a string.

    :param text: PEM (SubjectPublicKeyInfo or PKCS#1), JWK, a JWK Set of one key,
        or a public key of OpenSSH
    :param algorithm: what it is pinned to; empty for what the JWK says, or else
        for the usual one of its kind
    :raises PrivateKeyUploaded: when there is a private key in the string
    :raises KeyRefused: when it is unreadable, unsafe, or not for this algorithm
    """
    try:
        return _read(text, now, algorithm)
    except KeyRefused as error:
        refusal = error
    # The string may be a secret, recognised or not, and errors travel into logs with
    # the errors before them and the variables of every frame.
    del text
    refusal.__context__ = None
    raise refusal.with_traceback(None)


def _read(text: str, now: float, algorithm: str) -> PublicKey:
    if holds_private_key(text):
        raise PrivateKeyUploaded
    key, stated = _parsed(_stripped(text))
    public_key = public_key_of(key, now, _agreed(stated, algorithm))
    check_not_weak(key)
    return public_key


def _stripped(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise KeyRefused("too_long", maximum=MAX_LENGTH)
    # Editors on Windows put a byte order mark in front.
    stripped = text.removeprefix("\ufeff").strip(" \t\r\n")
    if not stripped:
        raise KeyRefused("empty")
    if _FOREIGN.search(stripped):
        raise KeyRefused("not_plain_text")
    return stripped


def _agreed(stated: str, algorithm: str) -> str:
    """The algorithm that the JWK and whoever uploads it want, or ``""``."""
    wanted = known_algorithm(algorithm) if algorithm else ""
    if stated and wanted and stated != wanted:
        raise KeyRefused("contradiction", stated=stated, wanted=wanted)
    return wanted or stated


def _parsed(text: str) -> tuple[object, str]:
    if text.startswith(("{", "[")):
        return key_in_jwk(text)
    try:
        return _key(text), ""
    except UnsupportedAlgorithm:
        raise KeyRefused("unsupported_kind") from None


def _key(text: str) -> object:
    if "-----BEGIN" in text:
        return _key_in_pem(text)
    if _OPENSSH_KIND.match(text):
        return _key_of_openssh(text)
    raise KeyRefused("unknown_format")


def _key_in_pem(text: str) -> object:
    if "CERTIFICATE-----" in text:
        raise KeyRefused("certificate")
    if text.count("-----BEGIN") > 1:
        raise KeyRefused("several_keys")
    match = _PEM.fullmatch(text)
    if match is None:
        raise KeyRefused("unreadable")
    if match[1] not in _PEM_LABELS:
        raise KeyRefused("unknown_format")
    try:
        der = base64.b64decode("".join(match[2].split()), validate=True)
        key = load_der_public_key(der)
    except ValueError:
        raise KeyRefused("unreadable") from None
    if _PSS in der[:24]:
        raise KeyRefused("unsupported_kind")
    return key


def _key_of_openssh(text: str) -> object:
    if len(_OPENSSH_KIND.findall(text)) > 1:
        raise KeyRefused("several_keys")
    match = _OPENSSH.fullmatch(text)
    if match is None:
        raise KeyRefused("unreadable")
    if match[1] not in _OPENSSH_KINDS:
        raise KeyRefused("unsupported_kind")
    try:
        return load_ssh_public_key(text.encode("ascii"))
    except (ValueError, NotImplementedError):
        # NotImplementedError: a compressed point, which OpenSSH does not write.
        raise KeyRefused("unreadable") from None
