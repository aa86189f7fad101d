"""The root of what is kept in the database: one object below the plugin."""

from .accesstokens import AccessTokens
from .credentials import Credentials
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

    #: Credentials by kind, of the kinds of add-ons.
    _more_kinds: dict[str, ICredentials] = {}

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
            **self._more_kinds,
        }

    def make_room(self, kind: str) -> ICredentials:
        known = self.kinds.get(kind)
        if known is None:
            known = Credentials()
            # A new mapping, so that the change is noticed.
            self._more_kinds = {**self._more_kinds, kind: known}
        return known

    def credential(self, credential_id: str) -> ICredential | None:
        found = (kind.get(credential_id) for kind in self.kinds.values())
        return next((each for each in found if each is not None), None)
