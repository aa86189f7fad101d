"""The authorization code flow in the protocol's spelling (RFC 6749 4.1, RFC 7636).

Pure: what is stored, and who is logged in, is the affair of others.
"""

from ..core.base64url import encoded
from ..core.forms import read_form
from dataclasses import dataclass

import hashlib
import hmac
import re


#: Bytes of a whole request for authorization; what is sealed has to fit into a URL.
MAX_REQUEST = 5 * 1024
#: Bytes of `state`, which is the client's own.
MAX_STATE = 4 * 1024
#: A challenge is the digest of a verifier in base64url, and nothing else.
CHALLENGE_METHOD = "S256"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
#: Unreserved characters, and base64, which git-credential-oauth and others send.
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~+/=]{43,128}")


@dataclass(frozen=True, kw_only=True)
class SentParameters:
    """The parameters of a request for authorization.

    :param once: those that were sent once, without empty ones
    :param repeated: names of those that were sent several times
    :param resources: values of `resource`, which may be sent several times (RFC 8707)
    """

    once: dict[str, str]
    repeated: frozenset[str]
    resources: tuple[str, ...]


def read_parameters(raw: str) -> SentParameters:
    """The parameters of a query or of a form.

    :raises UnreadableForm: when it is too large, or no UTF-8 form
    """
    pairs = read_form(raw, MAX_REQUEST)
    resources = tuple(value for name, value in pairs if name == "resource" and value)
    values: dict[str, str] = {}
    repeated = set()
    for name, value in pairs:
        if name == "resource":
            continue
        if name in values:
            repeated.add(name)
        values[name] = value
    return SentParameters(
        once={
            name: value
            for name, value in values.items()
            if value and name not in repeated
        },
        repeated=frozenset(repeated),
        resources=resources,
    )


def is_challenge(text: str) -> bool:
    """Whether it can be a code challenge (RFC 7636 section 4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def verifies(verifier: str, challenge: str) -> bool:
    """Whether a code verifier belongs to a challenge (RFC 7636 section 4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = encoded(hashlib.sha256(verifier.encode("ascii")).digest())
    return hmac.compare_digest(made, challenge)
