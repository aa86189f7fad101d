"""The JWT-bearer grant: from the assertion a client posts to claims we believe.

RFC 7523 sections 2.1 and 3, with RFC 8725. One path: read strictly, find the
client, verify with a key of that client, judge the claims.
"""

from .claims import checked_claims
from .claims import GrantClaims
from .claims import GrantRules
from .claims import required_text
from .errors import InvalidGrant
from .jws import InvalidJWS
from .jws import parse
from .jws import verified_claims
from .keys import PublicKey
from collections.abc import Callable
from collections.abc import Iterable


#: One answer for a wrong signature and for a client that does not exist.
NOT_OURS = "The assertion is not a JWT signed by a live service key of this site."


def verified_grant(
    assertion: str,
    keys_of: Callable[[str], Iterable[PublicKey]],
    rules: GrantRules,
    now: float,
) -> GrantClaims:
    """The claims of an assertion that a client of ours has signed.

    :param assertion: what the client posted
    :param keys_of: the live public keys of a client id; none if it is unknown
    :param rules: what this site accepts
    :param now: seconds since the epoch
    :raises InvalidGrant: for everything that can be wrong with it
    """
    try:
        jws = parse(assertion)
        # Unverified, and used for nothing but looking up the client's keys.
        unverified_issuer = required_text(jws.unverified_claims, "iss")
        claims = verified_claims(jws, keys_of(unverified_issuer))
    except (InvalidJWS, InvalidGrant) as error:
        raise InvalidGrant(NOT_OURS, reason=str(error)) from None
    try:
        return checked_claims(claims, rules, now)
    except InvalidGrant as error:
        error.credential_id = unverified_issuer
        raise
