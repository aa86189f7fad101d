"""Personal access tokens in a request: ``ptp_``."""

from ..core.errors import AccessRefused
from ..core.tokens import digest as digest_of
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import scopes_in_force
from ..site.context import SiteContext
from ..tokens.find import FoundToken
from ..tokens.find import REPLACED
from ..tokens.find import UnknownToken
from ..tokens.interfaces import ITokenType
from zope.interface import implementer


@implementer(ITokenType)
class PersonalAccessTokenType:
    """See ITokenType. The token is the credential, which no program changes."""

    authenticates = True
    explains_refusals = True
    password_setting = "personal_access_tokens_as_passwords"
    records_uses = True
    is_introspected = True

    def find(self, site: SiteContext, token: str, now: float) -> FoundToken:
        digest = digest_of(token)
        credential = site.storage["personal_access_token"].by_digest(digest)
        if credential is None:
            raise UnknownToken()
        secret = credential.secret(digest)
        if not secret.is_live(now):
            raise AccessRefused(REPLACED, credential.credential_id)
        ends = [credential.expires_at, secret.expires_at]
        return FoundToken(
            digest=digest,
            credential=credential,
            subject=credential.owner,
            scopes=scopes_in_force(site.settings, granted_scopes(credential.scopes)),
            issued_at=secret.added_at,
            expires_at=min((end for end in ends if end is not None), default=None),
        )
