"""Hints: ID tokens by which a client says whom it means, also long after they expired.

(OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2)
"""

from ..core.jws import InvalidJWS
from ..core.jws import parse
from ..core.jws import signing_key
from ..site.context import SiteContext
from .signingkeys import SigningKeyRing
from collections.abc import Mapping
from typing import Any


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
