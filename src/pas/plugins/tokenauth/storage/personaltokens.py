"""Personal access tokens: one secret each, of which only the digest is kept."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .interfaces import IPersonalAccessToken
from .interfaces import IPersonalAccessTokens
from BTrees.OOBTree import OOBTree
from typing import Any
from zope.interface import implementer


@implementer(IPersonalAccessToken)
class PersonalAccessToken(Credential):
    """See IPersonalAccessToken."""

    kind = "personal_access_token"

    def __init__(
        self, credential_id: str, *, digest: TokenDigest, **common: Any
    ) -> None:
        super().__init__(credential_id, **common)
        self.digest = digest


@implementer(IPersonalAccessTokens)
class PersonalAccessTokens(Credentials[PersonalAccessToken]):
    """See IPersonalAccessTokens."""

    def __init__(self) -> None:
        super().__init__()
        self._by_digest = OOBTree()

    def add(self, credential: PersonalAccessToken) -> None:
        super().add(credential)
        self._by_digest[credential.digest] = credential

    def by_digest(self, digest: TokenDigest) -> PersonalAccessToken | None:
        found: PersonalAccessToken | None = self._by_digest.get(digest)
        return found

    def remove(self, credential_id: str) -> None:
        del self._by_digest[self._by_id[credential_id].digest]
        super().remove(credential_id)
