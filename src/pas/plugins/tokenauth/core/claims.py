"""The claims of a grant, checked after its signature (RFC 7519, RFC 7523 section 3).

All times are seconds since the epoch. They are compared as numbers and never
converted, so no date is too large to be refused properly.
"""

from .errors import InvalidGrant
from .resources import is_same
from .text import is_clean
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


MAX_TEXT_LENGTH = 256
_YEAR_10000 = 253402300800


@dataclass(frozen=True, kw_only=True)
class GrantRules:
    """What this site accepts in a grant.

    :param audiences: names of this site as the recipient of a grant
    :param max_lifetime: how long a grant may live, in seconds. Clients date ``iat``
        back for slow clocks, so ``exp`` may be later than that by the leeway
    :param leeway: how far clocks may differ, in seconds
    """

    audiences: Collection[str]
    max_lifetime: float
    leeway: float


@dataclass(frozen=True, kw_only=True)
class GrantClaims:
    """Claims that passed every check.

    :param issuer: client id of the service key
    :param subject: the user asked for, or None for the owner
    :param jti: identifier for single use, or None
    :param expires_at: when the grant stops being valid
    :param scope: what is asked for, as it stands there; empty if nothing is said
    :param kid: names the key that has signed them
    """

    issuer: str
    subject: str | None
    jti: str | None
    expires_at: float
    scope: str
    kid: str


def checked_claims(
    claims: Mapping[str, Any], rules: GrantRules, now: float, kid: str = ""
) -> GrantClaims:
    """The claims of a grant, if they are acceptable now.

    :param kid: names the key that has signed them

    :raises InvalidGrant: with a description of the first claim that is not
    """
    issuer = required_text(claims, "iss")
    _check_audience(claims, rules.audiences)
    expires_at = check_times(claims, rules, now)
    return GrantClaims(
        issuer=issuer,
        subject=_subject(claims, issuer),
        jti=_optional_text(claims, "jti"),
        expires_at=expires_at,
        scope=_scope(claims),
        kid=kid,
    )


def required_text(claims: Mapping[str, Any], name: str) -> str:
    """The claim as a string that is fit to be compared and stored.

    :raises InvalidGrant: when it is missing or anything else
    """
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT_LENGTH:
        raise InvalidGrant(f"The claim {name} must be a string of 1 to 256 characters.")
    if not is_clean(value):
        raise InvalidGrant(f"The claim {name} holds characters that are not text.")
    return value


def _optional_text(claims: Mapping[str, Any], name: str) -> str | None:
    return required_text(claims, name) if name in claims else None


def _subject(claims: Mapping[str, Any], issuer: str) -> str | None:
    subject = _optional_text(claims, "sub")
    return None if subject == issuer else subject


def _check_audience(claims: Mapping[str, Any], audiences: Collection[str]) -> None:
    if "aud" not in claims:
        raise InvalidGrant("The claim aud is missing.")
    audience = claims["aud"]
    values = audience if isinstance(audience, list) else [audience]
    # A grant that also names another server could be replayed by that server.
    if not values or not all(is_audience(value, audiences) for value in values):
        raise InvalidGrant(
            "The claim aud must be the issuer or the token endpoint of this site."
        )


def is_audience(value: Any, audiences: Collection[str]) -> bool:
    """Whether a member of the claim aud is one of the names of this site."""
    return isinstance(value, str) and any(is_same(value, each) for each in audiences)


def _scope(claims: Mapping[str, Any]) -> str:
    # google-auth sends an empty string when it asks for nothing.
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise InvalidGrant("The claim scope must be a string.")
    return scope


def check_times(claims: Mapping[str, Any], rules: GrantRules, now: float) -> float:
    """When the assertion ends, if it is valid now.

    :raises InvalidGrant: when it is not
    """
    expires_at = _numeric_date(claims, "exp")
    issued_at = _numeric_date(claims, "iat") if "iat" in claims else None
    if now >= expires_at + rules.leeway:
        raise InvalidGrant("The assertion has expired: exp is in the past.")
    if issued_at is not None and issued_at > now + rules.leeway:
        raise InvalidGrant("The claim iat is in the future: check the clock.")
    if "nbf" in claims and _numeric_date(claims, "nbf") > now + rules.leeway:
        raise InvalidGrant("The assertion is not valid yet: nbf is in the future.")
    if issued_at is not None and expires_at <= issued_at:
        raise InvalidGrant("The claim exp must be after iat.")
    earliest = now if issued_at is None else min(issued_at, now)
    if expires_at - earliest > rules.max_lifetime + rules.leeway:
        raise InvalidGrant(
            "The claim exp is too late: the assertion may live for at most"
            f" {rules.max_lifetime:.0f} seconds."
        )
    return expires_at


def _numeric_date(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    # bool is an int in Python, and no date in JSON.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidGrant(f"The claim {name} must be a number of seconds.")
    if not 0 <= value < _YEAR_10000:
        raise InvalidGrant(f"The claim {name} is no sensible time.")
    return value
