"""The JWT-bearer grant: from the assertion a client posts to verified claims.

RFC 7523 sections 2.1 and 3, with RFC 8725. One path: read strictly, find the
client, verify with a key of that client, check the claims.
"""

from .assertions import KeysOf
from .assertions import NotSigned
from .assertions import signed_claims
from .claims import checked_claims
from .claims import GrantClaims
from .claims import GrantRules
from .errors import InvalidGrant


#: What the header of a grant may call it.
TYPES = ("jwt",)
#: One answer for a wrong signature and for a client that does not exist.
NOT_OURS = "The assertion is not a JWT signed by a live service key of this site."


def verified_grant(
    assertion: str, keys_of: KeysOf, rules: GrantRules, now: float
) -> GrantClaims:
    """The claims of an assertion that a client of ours has signed.

    :param assertion: what the client posted
    :param keys_of: finds the keys of a client
    :param rules: what this site accepts
    :param now: seconds since the epoch
    :raises InvalidGrant: for everything that can be wrong with it
    """
    try:
        signed = signed_claims(assertion, TYPES, keys_of)
    except NotSigned as error:
        raise InvalidGrant(NOT_OURS, reason=str(error)) from None
    try:
        return checked_claims(signed.claims, rules, now, signed.kid)
    except InvalidGrant as error:
        error.credential_id = signed.issuer
        raise
