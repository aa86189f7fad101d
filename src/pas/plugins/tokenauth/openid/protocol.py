"""What OpenID Connect adds to requests and answers; needs no Zope."""

from ..core import strictjson
from ..core.base64url import encoded
from ..core.keys import EDDSA
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hashlib


#: Characters of a nonce and of the parameter claims.
MAX_NONCE = 2000
MAX_CLAIMS = 2000


class UnreadableClaims(ValueError):
    """The parameter claims is not as it should be."""


@dataclass(frozen=True)
class RequestedClaims:
    """What an application asks for beside the claims of its scopes.

    :param id_token: names of claims for the ID token
    :param userinfo: names of claims for UserInfo
    :param essential: names of those that are essential in one of them
    :param subject: who the user must be; None for anybody
    """

    id_token: frozenset[str] = frozenset()
    userinfo: frozenset[str] = frozenset()
    essential: frozenset[str] = frozenset()
    subject: str | None = None


def parse_claims(text: str) -> RequestedClaims:
    """The parameter `claims` (OpenID Connect Core section 5.5).

    Claims that nobody knows, and members that are not understood, are no error.

    :param text: empty where there is none
    :raises UnreadableClaims: when it is malformed
    """
    if not text:
        return RequestedClaims()
    if len(text) > MAX_CLAIMS:
        raise UnreadableClaims("The parameter claims is too long.")
    try:
        requested = strictjson.parsed(text)
    except ValueError:
        raise UnreadableClaims("The parameter claims must be JSON.") from None
    if not isinstance(requested, dict):
        raise UnreadableClaims("The parameter claims must be a JSON object.")
    id_token = _member(requested, "id_token")
    userinfo = _member(requested, "userinfo")
    subject = (id_token.get("sub") or userinfo.get("sub") or {}).get("value")
    if subject is not None and not isinstance(subject, str):
        raise UnreadableClaims("The claim sub must have a string as value.")
    essential = {
        name
        for name, value in (*id_token.items(), *userinfo.items())
        if value is not None and value.get("essential") is True
    }
    return RequestedClaims(
        frozenset(id_token), frozenset(userinfo), frozenset(essential), subject
    )


#: What a logout token says that happened (OpenID Connect Back-Channel Logout 2.4).
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
#: Seconds for which a logout token is good; that suffices for three tries.
LOGOUT_TOKEN_LIFETIME = 120


def logout_claims(
    issuer: str, client_id: str, subject: str | None, sid: str, jti: str, now: float
) -> dict[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout section 2.4).

    :param subject: None where the user is gone
    :param sid: of the session that has ended, as the client knows it
    :param now: seconds since the epoch
    """
    return {
        "iss": issuer,
        "aud": client_id,
        **({"sub": subject} if subject else {}),
        "sid": sid,
        "iat": int(now),
        "exp": int(now) + LOGOUT_TOKEN_LIFETIME,
        "jti": jti,
        "events": {LOGOUT_EVENT: {}},
    }


def at_hash(access_token: str, algorithm: str) -> str:
    """What binds an ID token to an access token (OpenID Connect Core 3.1.3.6).

    :param algorithm: by which the ID token is signed, whose hash this is; that of
        Ed25519 is SHA-512 (RFC 8032 section 5.1)
    """
    hashed = hashlib.sha512 if algorithm == EDDSA else hashlib.sha256
    digest = hashed(access_token.encode("ascii")).digest()
    return encoded(digest[: len(digest) // 2])


def _member(requested: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    claims = requested.get(name)
    if claims is None:
        return {}
    if not isinstance(claims, dict) or not all(
        value is None or isinstance(value, dict) for value in claims.values()
    ):
        raise UnreadableClaims(f"In claims, {name} must be an object of objects.")
    return claims
