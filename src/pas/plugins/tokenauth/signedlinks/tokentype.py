"""The tokens of signed links: ``ptl_``."""

from ..core.tokens import digest as digest_of
from ..site.context import SiteContext
from ..tokens.find import FoundToken
from ..tokens.find import UnknownToken
from ..tokens.interfaces import ITokenType
from zope.interface import implementer


@implementer(ITokenType)
class SignedLinkTokenType:
    """See ITokenType. The token stands in a URL, and nobody acts as a user with it."""

    authenticates = False
    explains_refusals = True
    password_setting = ""
    records_uses = True
    is_introspected = False

    def find(self, site: SiteContext, token: str, now: float) -> FoundToken:
        digest = digest_of(token)
        link = site.storage["signed_link"].by_digest(digest)
        if link is None:
            raise UnknownToken()
        return FoundToken(
            digest=digest,
            credential=link,
            subject=link.owner,
            scopes=frozenset(),
            issued_at=link.issued_at,
            expires_at=link.expires_at,
        )
