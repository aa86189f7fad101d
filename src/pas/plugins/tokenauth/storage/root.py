"""The root of what is kept in the database: one object below the plugin."""

from .accesstokens import AccessTokens
from .interfaces import ICredential
from .interfaces import ICredentials
from .interfaces import ITokenAuthStorage
from .personaltokens import PersonalAccessToken
from .personaltokens import PersonalAccessTokens
from .replay import ReplaySet
from .servicekeys import ServiceKey
from .servicekeys import ServiceKeys
from .usagelog import UsageLog
from persistent import Persistent
from zope.interface import implementer


@implementer(ITokenAuthStorage)
class TokenAuthStorage(Persistent):
    """See ITokenAuthStorage."""

    def __init__(self) -> None:
        self.service_keys = ServiceKeys()
        self.personal_access_tokens = PersonalAccessTokens()
        self.access_tokens = AccessTokens()
        self.replay = ReplaySet()
        self.usage_log = UsageLog()

    @property
    def kinds(self) -> dict[str, ICredentials]:
        return {
            ServiceKey.kind: self.service_keys,
            PersonalAccessToken.kind: self.personal_access_tokens,
        }

    def credential(self, credential_id: str) -> ICredential | None:
        found = (kind.get(credential_id) for kind in self.kinds.values())
        return next((each for each in found if each is not None), None)
