"""Access tokens, which clients obtain: ``pta_``."""

from ..core.refreshtokens import start_of_name
from ..core.scopes import parse_scope
from ..core.tokens import digest as digest_of
from ..core.tokens import TokenDigest
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import scopes_in_force
from ..events import ACCESS_TOKEN
from ..events import RevokedEvent
from ..site.context import SiteContext
from ..storage.accesstokens import AccessToken
from ..storage.interfaces import IRefreshFamilies
from ..storage.interfaces import IRefreshFamily
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
        digest = digest_of(token)
        record = site.storage["access_tokens"].get(digest, now)
        if record is None:
            family = _family_of(site, token, now)
            record = family and family.access_token(digest, now)
        return self._found(site, digest, record, now)

    def find_by_digest(
        self,
        site: SiteContext,
        digest: TokenDigest,
        now: float,
        family: IRefreshFamily | None = None,
    ) -> FoundToken:
        """See ITokenType.find; for who has kept the digest of the token.

        :param family: that it came with, None for none
        """
        record = site.storage["access_tokens"].get(digest, now)
        if record is None and family is not None:
            record = family.access_token(digest, now)
        return self._found(site, digest, record, now)

    def _found(
        self,
        site: SiteContext,
        digest: TokenDigest,
        record: AccessToken | None,
        now: float,
    ) -> FoundToken:
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
            self.find_by_digest(site, origin, now, record.family)
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
        if found.family is not None:
            found.family.remove_access_token(found.digest)
        notify(
            RevokedEvent(
                kind=ACCESS_TOKEN,
                credential_id=found.credential.credential_id,
                owner=found.credential.owner,
                requester=requester,
                details={"subject": found.subject},
            )
        )


def _family_of(site: SiteContext, token: str, now: float) -> IRefreshFamily | None:
    """The family that keeps an access token if it is one of those, or None."""
    start = start_of_name(token)
    if start is None:
        return None
    stores = site.storage.stores(IRefreshFamilies).values()
    found = (families.starting_with(start, now) for families in stores)
    return next((family for family in found if family is not None), None)


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
