"""What a client of ours has signed (RFC 7521): read strictly, and by its own keys."""

from .claims import required_text
from .errors import InvalidGrant
from .jws import InvalidJWS
from .jws import parse
from .jws import verified_claims
from .keys import PublicKey
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any


#: Finds the live public keys of a client id; none if it is unknown.
KeysOf = Callable[[str], Iterable[PublicKey]]


class NotSigned(Exception):
    """No client of ours has signed it. The message is for the log."""


def signed_claims(
    assertion: str, types: Collection[str], keys_of: KeysOf
) -> tuple[str, Mapping[str, Any]]:
    """Who has signed an assertion, and its claims, which are not checked yet.

    :param assertion: what the client posted
    :param types: what its header may call it, see jws.parse
    :raises NotSigned: when it is no such assertion
    """
    try:
        jws = parse(assertion, types)
        # Unverified, and used for nothing but looking up the client's keys.
        unverified_issuer = required_text(jws.unverified_claims, "iss")
        claims = verified_claims(jws, keys_of(unverified_issuer))
    except (InvalidJWS, InvalidGrant) as error:
        raise NotSigned(str(error)) from None
    return unverified_issuer, claims
