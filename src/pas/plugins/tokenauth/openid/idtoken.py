"""ID tokens (OpenID Connect Core section 2)."""

from ..authorization_server.interfaces import ISubjects
from ..delegation.interfaces import ITokenResponseMembers
from ..delegation.interfaces import RedeemedGrant
from ..site.context import SiteAdapter
from .authorize import allowed_claims
from .authorize import ID_TOKEN
from .authorize import USERINFO
from .claims import claims_about
from .claims import claims_of
from .protocol import at_hash
from .scopes import OPENID
from .signingkeys import SigningKeyRing
from collections.abc import Mapping
from typing import Any
from zope.interface import implementer


#: Under which name what belongs to the ID token is kept with the code.
DATA = "openid"


@implementer(ITokenResponseMembers)
class IDTokenMember(SiteAdapter):
    """See ITokenResponseMembers."""

    def __call__(self, redeemed: RedeemedGrant) -> dict[str, Any]:
        if OPENID not in redeemed.scopes:
            return {}
        ring = SigningKeyRing(self._site)
        algorithm = redeemed.client.openid.id_token_signed_response_alg
        claims = self._claims(redeemed, algorithm)
        return {"id_token": ring.sign(claims, "JWT", algorithm, redeemed.now)}

    def _claims(self, redeemed: RedeemedGrant, algorithm: str) -> dict[str, Any]:
        kept = redeemed.data.get(DATA, {})
        # Never in the future: some clients know no leeway.
        issued_at = int(redeemed.now)
        return {
            **self._requested(redeemed, frozenset(kept.get("claims", "").split())),
            "iss": self._site.issuer,
            "sub": ISubjects(self._site)(redeemed.subject, redeemed.client),
            "aud": redeemed.client.client_id,
            "iat": issued_at,
            "exp": issued_at + self._site.settings.id_token_lifetime,
            "at_hash": at_hash(redeemed.access_token, algorithm),
            **_about_log_in(kept),
        }

    def _requested(
        self, redeemed: RedeemedGrant, asked: frozenset[str]
    ) -> dict[str, Any]:
        """The claims that the client wants to have in here, and may know."""
        client, authorization = redeemed.client, redeemed.authorization
        scopes = redeemed.scopes if client.openid.claims_in_id_token else frozenset()
        names = asked and asked & (
            claims_of(self._site, redeemed.scopes)
            | allowed_claims(self._site, authorization, client, ID_TOKEN, USERINFO)
        )
        user = self._site.users.get(redeemed.subject) if names or scopes else None
        return claims_about(self._site, user, scopes, names) if user else {}


def _about_log_in(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the request, of the session and of the log-in.

    :param kept: what was kept with the code, or for refreshes
    """
    told = {name: kept[name] for name in ("nonce", "sid") if name in kept}
    if "auth_time" in kept:
        told["auth_time"] = int(kept["auth_time"])
    if "amr" in kept:
        told["amr"] = kept["amr"].split()
    return told
