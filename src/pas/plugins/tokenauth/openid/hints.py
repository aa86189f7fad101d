"""JWTs of the site that come back to it: as hints, and where none is of any use.

Hints are ID tokens by which a client says whom it means, also long after they expired.

(OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2)
"""

from ..core.jws import InvalidJWS
from ..core.jws import parse
from ..core.jws import signing_key
from ..resource_server.extraction import IMisplacedToken
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from .signingkeys import SigningKeyRing
from collections.abc import Mapping
from typing import Any
from zope.interface import implementer


#: What the site signs, by its type.
_TYPES = ("jwt", "logout+jwt")


class InvalidHint(ValueError):
    """What a client has sent is no ID token of this site for it."""


def hinted_claims(
    site: SiteContext, hint: str, client_id: str | None
) -> Mapping[str, Any]:
    """The claims of an ID token that was sent as a hint; it may have expired.

    :param client_id: for whom it must be, None for anybody
    :raises InvalidHint: when the site has not signed it, or not as an ID token, or it
        is for another client
    """
    try:
        jws = parse(hint)
        signing_key(jws, SigningKeyRing(site).verifying_keys())
    except InvalidJWS as error:
        raise InvalidHint(str(error)) from None
    claims = jws.unverified_claims
    if claims.get("iss") != site.issuer or client_id not in (None, claims.get("aud")):
        raise InvalidHint("for somebody else")
    return claims


@implementer(IMisplacedToken)
class OwnJWT(SiteAdapter):
    """See IMisplacedToken: ID tokens and logout tokens of the site."""

    def __call__(self, token: str) -> str:
        try:
            signing_key(
                parse(token, _TYPES), SigningKeyRing(self._site).verifying_keys()
            )
        except InvalidJWS:
            return ""
        return "JWT of the site as an access token"
