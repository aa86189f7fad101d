"""What a client of ours has signed (RFC 7521): read strictly, and by its own keys."""

from .claims import required_text
from .errors import InvalidGrant
from .jws import InvalidJWS
from .jws import parse
from .jws import signing_key
from .keys import PublicKey
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


#: Finds the live public keys of a client id; none if it is unknown.
KeysOf = Callable[[str], Iterable[PublicKey]]


class NotSigned(Exception):
    """No client of ours has signed it. The message is for the log."""


@dataclass(frozen=True, kw_only=True)
class SignedClaims:
    """Claims that a client of ours has signed, and nobody has checked yet.

    :param issuer: the client
    :param kid: names the key it has signed with
    :param claims: what it has signed
    """

    issuer: str
    kid: str
    claims: Mapping[str, Any]


def signed_claims(
    assertion: str, types: Collection[str], keys_of: KeysOf
) -> SignedClaims:
    """The claims of an assertion, and who has signed them.

    :param assertion: what the client posted
    :param types: what its header may call it, see jws.parse
    :raises NotSigned: when it is no such assertion
    """
    try:
        jws = parse(assertion, types)
        # Unverified, and used for nothing but looking up the client's keys.
        unverified_issuer = required_text(jws.unverified_claims, "iss")
        key = signing_key(jws, keys_of(unverified_issuer))
    except (InvalidJWS, InvalidGrant) as error:
        raise NotSigned(str(error)) from None
    return SignedClaims(
        issuer=unverified_issuer, kid=key.kid, claims=jws.unverified_claims
    )
