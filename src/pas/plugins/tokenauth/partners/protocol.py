"""Signatures as ska 1.11 makes and checks them, in their one canonical form.

What is signed is ``valid_until_user[_extras]``, in which the extras are percent-encoded
as a whole. The package reads one signature in several ways: a value with an ampersand
is two values, the end of a user's name can be an extra, its beginning the end of the
time. Here both sides know the names of the extras, a signature has exactly these, and
what could be read in another way is neither made nor accepted.
"""

from ..core.text import is_clean
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import base64
import hashlib
import hmac
import re


#: The package knows MD5 and SHA-224 too, and takes SHA-1 unless it is told otherwise.
SHA1 = "sha1"
ALGORITHMS = ("sha256", "sha384", "sha512", SHA1)
SIGNATURE, AUTH_USER, VALID_UNTIL, EXTRA = PARAMETERS = (
    "signature",
    "auth_user",
    "valid_until",
    "extra",
)
MAX_NAME = 50
MAX_VALUE = 500
#: Seconds since the epoch, with a fraction or without; nothing else that Python reads.
_TIME = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?", re.ASCII)
#: What looks like one extra more.
_PAIR = re.compile("&[^&]*=")
#: With what collections begin, which the package spells like a string of theirs.
_COLLECTIONS = frozenset("[{(")

Problem = Literal[
    "missing",
    "repeated",
    "user",
    "time",
    "names",
    "value",
    "signature",
    "expired",
    "lifetime",
]
_REASONS: dict[Problem, str] = {
    "missing": "a parameter is missing",
    "repeated": "a parameter is repeated",
    "user": "the user's name could be read in another way",
    "time": "valid_until is not a time in seconds",
    "names": "the extras are not exactly those that are registered",
    "value": "an extra could be read in another way",
    "signature": "Invalid signature!",
    "expired": "Signature timestamp expired!",
    "lifetime": "the signature is valid for too long",
}


class SignatureRefused(ValueError):
    """A signature is not accepted, or not made.

    :param problem: what is wrong
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(_REASONS[problem])
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class SignedData:
    """What a signature is about.

    :param user: name of the user, as the signer knows it
    :param valid_until: the time in seconds, as it is spelled
    :param extras: everything else that is signed, by name
    """

    user: str
    valid_until: str
    extras: Mapping[str, str]

    @property
    def base(self) -> str:
        """The string that is signed; no other data has the same.

        For the same names of extras, that is: see :func:`check_canonical`.
        """
        base = f"{self.valid_until}_{self.user}"
        if not self.extras:
            return base
        pairs = "&".join(f"{name}={self.extras[name]}" for name in sorted(self.extras))
        return f"{base}_{quote(pairs)}"

    @property
    def expires_at(self) -> float:
        """When the signature stops being valid, in seconds since the epoch."""
        return float(self.valid_until)


def is_name(name: str) -> bool:
    """Whether an extra can be called so."""
    return (
        0 < len(name) <= MAX_NAME
        and name not in PARAMETERS
        and is_clean(name)
        and not set("=&,") & set(name)
    )


def check_canonical(data: SignedData) -> None:
    """Refuse what another reading of the same string could be made of.

    :raises SignatureRefused: with the reason
    """
    # With extras behind it, the first percent sign is the end of the user's name.
    if not data.user or "%" in data.user or not _is_value(data.user):
        raise SignatureRefused("user")
    if not _TIME.fullmatch(data.valid_until):
        raise SignatureRefused("time")
    if not all(map(is_name, data.extras)):
        raise SignatureRefused("names")
    for value in data.extras.values():
        if not _is_value(value) or _PAIR.search(value) or value[:1] in _COLLECTIONS:
            raise SignatureRefused("value")


def signature_of(data: SignedData, secret: bytes, algorithm: str) -> str:
    """The signature in base64."""
    made = hmac.new(secret, data.base.encode(), getattr(hashlib, algorithm)).digest()
    return base64.b64encode(made).decode("ascii")


def signed_parameters(
    data: SignedData, secret: bytes, algorithm: str
) -> list[tuple[str, str]]:
    """Names and values for a URL, in the order in which ska has them.

    :param algorithm: one of ALGORITHMS
    :raises SignatureRefused: when what is to be signed could be read in another way
    """
    check_canonical(data)
    return [
        (SIGNATURE, signature_of(data, secret, algorithm)),
        (AUTH_USER, data.user),
        (VALID_UNTIL, data.valid_until),
        (EXTRA, ",".join(sorted(data.extras))),
        *data.extras.items(),
    ]


def read_data(
    parameters: Iterable[tuple[str, str]], names: Iterable[str]
) -> tuple[SignedData, str]:
    """What a request says is signed, and the signature. Other parameters do not count.

    :param names: of the extras that are registered: all of them, and no others
    :raises SignatureRefused: when it is not in canonical form
    """
    names = sorted(names)
    counted = {*PARAMETERS, *names}
    sent: dict[str, str] = {}
    for name, value in parameters:
        if name in counted and name in sent:
            raise SignatureRefused("repeated")
        sent[name] = value
    if any(name not in sent for name in (SIGNATURE, AUTH_USER, VALID_UNTIL)):
        raise SignatureRefused("missing")
    listed = ",".join(names)
    if sent.get(EXTRA, "") != listed or any(name not in sent for name in names):
        raise SignatureRefused("names")
    data = SignedData(
        user=sent[AUTH_USER],
        valid_until=sent[VALID_UNTIL],
        extras={name: sent[name] for name in names},
    )
    check_canonical(data)
    return data, sent[SIGNATURE]


def check_signature(
    data: SignedData,
    signature: str,
    secrets: Iterable[bytes],
    algorithm: str,
    max_lifetime: float,
    now: float,
) -> None:
    """Refuse what none of the secrets has signed, or not for now.

    :param max_lifetime: seconds for which a signature may be valid from now on
    :raises SignatureRefused: with the reason
    """
    sent = signature.encode("utf-8", "replace")
    # How long this takes says nothing about any of them.
    matches = [
        hmac.compare_digest(signature_of(data, secret, algorithm).encode(), sent)
        for secret in secrets
    ]
    if not any(matches):
        raise SignatureRefused("signature")
    if now >= data.expires_at:
        raise SignatureRefused("expired")
    if data.expires_at > now + max_lifetime:
        raise SignatureRefused("lifetime")


def _is_value(value: str) -> bool:
    return len(value) <= MAX_VALUE and is_clean(value)
