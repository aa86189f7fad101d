"""Client authentication by a signed assertion: ``private_key_jwt``.

RFC 7523 sections 2.2 and 3 as its successor draft corrects them: the assertion is
addressed to the issuer and to nobody else, and good for one time.
"""

from .assertions import KeysOf
from .assertions import NotSigned
from .assertions import signed_claims
from .claims import check_times
from .claims import GrantRules
from .claims import is_audience
from .claims import required_text
from .errors import InvalidClient
from .errors import InvalidGrant
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: What the header may call such a JWT. Most clients say nothing, or JWT.
TYPES = ("jwt", "client-authentication+jwt")
#: One answer for a wrong signature and for a client that does not exist.
NOT_OURS = "The client assertion is not signed by a live key of a client of this site."


@dataclass(frozen=True, kw_only=True)
class ClientAssertionClaims:
    """Claims that passed every check.

    :param client_id: the client that has signed
    :param jti: identifier for single use
    :param expires_at: when the assertion stops being valid
    :param kid: names the key that has signed them
    """

    client_id: str
    jti: str
    expires_at: float
    kid: str


def verified_client_assertion(
    assertion: str,
    keys_of: KeysOf,
    rules: GrantRules,
    now: float,
) -> ClientAssertionClaims:
    """The claims of an assertion by which a client of ours authenticates itself.

    :param assertion: what the client posted
    :param keys_of: finds the keys of a client
    :param rules: what this site accepts; one of the audiences must be the only one
    :param now: seconds since the epoch
    :raises InvalidClient: for everything that can be wrong with it
    """
    try:
        signed = signed_claims(assertion, TYPES, keys_of)
    except NotSigned as error:
        raise InvalidClient(NOT_OURS, reason=str(error)) from None
    try:
        return _checked(signed.claims, rules, now, signed.kid)
    except InvalidGrant as error:
        raise InvalidClient(error.description, credential_id=signed.issuer) from None


def _checked(
    claims: Mapping[str, Any], rules: GrantRules, now: float, kid: str
) -> ClientAssertionClaims:
    client_id = required_text(claims, "iss")
    if required_text(claims, "sub") != client_id:
        raise InvalidGrant("The claims iss and sub must both be the client id.")
    _check_sole_audience(claims, rules.audiences)
    expires_at = check_times(claims, rules, now)
    return ClientAssertionClaims(
        client_id=client_id,
        jti=required_text(claims, "jti"),
        expires_at=expires_at,
        kid=kid,
    )


def _check_sole_audience(claims: Mapping[str, Any], audiences: Collection[str]) -> None:
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    if not is_audience(audience, audiences):
        raise InvalidGrant("The claim aud must be the issuer of this site alone.")
