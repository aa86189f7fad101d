"""The root of what is kept in the database: one object below the plugin."""

from .accesstokens import AccessTokens
from .interfaces import ICredential
from .interfaces import ITokenAuthStorage
from .replay import ReplaySet
from .servicekeys import ServiceKeys
from .usagelog import UsageLog
from persistent import Persistent
from zope.interface import implementer


@implementer(ITokenAuthStorage)
class TokenAuthStorage(Persistent):
    """See ITokenAuthStorage."""

    def __init__(self) -> None:
        self.service_keys = ServiceKeys()
        self.access_tokens = AccessTokens()
        self.replay = ReplaySet()
        self.usage_log = UsageLog()

    def credential(self, credential_id: str) -> ICredential | None:
        return self.service_keys.get(credential_id)
