"""Access tokens, which clients obtain: ``pta_``."""

from ..core.scopes import parse_scope
from ..core.tokens import digest as digest_of
from ..core.tokens import TokenDigest
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import scopes_in_force
from ..events import ACCESS_TOKEN
from ..events import RevokedEvent
from ..site.context import SiteContext
from .find import FoundToken
from .find import UnknownToken
from .interfaces import IRevocableTokenType
from contextlib import suppress
from zope.event import notify
from zope.interface import implementer


@implementer(IRevocableTokenType)
class AccessTokenType:
    """See IRevocableTokenType."""

    authenticates = True
    # Clients of ftw.tokenauth renew on one text.
    explains_refusals = False
    password_setting = ""
    # The log has an entry of when it was issued.
    records_uses = False
    is_introspected = True

    def find(self, site: SiteContext, token: str, now: float) -> FoundToken:
        return self.find_by_digest(site, digest_of(token), now)

    def find_by_digest(
        self, site: SiteContext, digest: TokenDigest, now: float
    ) -> FoundToken:
        """See ITokenType.find; for who has kept the digest of the token."""
        record = site.storage["access_tokens"].get(digest, now)
        if record is None:
            raise UnknownToken()
        credential = record.credential
        if record.issued_at <= (credential.owned_since or 0):
            # It was obtained for another owner.
            raise UnknownToken()
        if record.family is not None and record.family.has_ended:
            raise UnknownToken()
        session = record.claims.get("sid")
        if session is not None and session.has_ended:
            raise UnknownToken()
        origin = record.claims.get("subject_token")
        if origin is not None:
            # It lives no longer than what it was exchanged for.
            self.find_by_digest(site, origin, now)
        scopes = granted_scopes(credential.scopes)
        if record.scope is not None:
            # Both count at every use: what the client asked for, and what its key has.
            scopes &= granted_scopes(parse_scope(record.scope))
        ends = credential.expires_at or record.expires_at
        return FoundToken(
            digest=digest,
            credential=credential,
            subject=record.subject,
            scopes=scopes_in_force(site.settings, scopes),
            issued_at=record.issued_at,
            expires_at=min(record.expires_at, ends),
            family=record.family,
            audience=record.claims.get("aud", ""),
            actor=record.claims.get("act", ""),
        )

    def revoke(
        self, site: SiteContext, found: FoundToken, requester: str, now: float
    ) -> None:
        site.storage["access_tokens"].remove(found.digest)
        notify(
            RevokedEvent(
                kind=ACCESS_TOKEN,
                credential_id=found.credential.credential_id,
                owner=found.credential.owner,
                requester=requester,
                details={"subject": found.subject},
            )
        )


def end_access_token(
    site: SiteContext, digest: TokenDigest, requester: str, now: float
) -> FoundToken | None:
    """End an access token before its time.

    :returns: what it was, None where there is none any more
    """
    token_type = AccessTokenType()
    with suppress(UnknownToken):
        found = token_type.find_by_digest(site, digest, now)
        token_type.revoke(site, found, requester, now)
        return found
    return None
