"""Signed links, found by token and by object, and the visits that they allow."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .expiring import ExpiringMap
from .interfaces import IExpiringStore
from .interfaces import IOpenToTokens
from .interfaces import ISignedLink
from BTrees.IIBTree import IITreeSet
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from persistent import Persistent
from typing import Any
from ZODB.POSException import ConflictError
from zope.interface import implementer


#: Seconds.
PERIOD = 60 * 60
#: With what a record begins, so that later ones can hold something else.
VERSION = 1


class UseCount(Persistent):
    """A number of uses, of which there is a maximum.

    Transactions that count at the same time do not conflict, unless there would be more
    uses than may be: then one is repeated, and finds that there are as many.
    """

    def __init__(self) -> None:
        self.value = 0
        self._maximum = 0

    def add(self, maximum: int) -> None:
        """Count a use."""
        self.value += 1
        self._maximum = maximum

    def _p_resolveConflict(
        self, before: dict[str, int], stored: dict[str, int], own: dict[str, int]
    ) -> dict[str, int]:
        value = stored["value"] + own["value"] - before["value"]
        if value > min(stored["_maximum"], own["_maximum"]):
            raise ConflictError
        return {**own, "value": value}


@implementer(ISignedLink)
class SignedLink(Credential):
    """See ISignedLink."""

    kind = "signed_link"

    max_uses: int | None = None
    shows_title = False
    wrong_passwords: tuple[float, int] = (0.0, 0)

    def __init__(
        self,
        credential_id: str,
        *,
        digest: TokenDigest,
        uid: str,
        action: str,
        password: str = "",
        **common: Any,
    ) -> None:
        super().__init__(credential_id, **common)
        self.digest = digest
        self.uid = uid
        self.action = action
        self.password = password
        self.uses = UseCount()

    @property
    def is_used_up(self) -> bool:
        return self.max_uses is not None and self.uses.value >= self.max_uses


@implementer(IOpenToTokens)
class SignedLinks(Credentials[SignedLink]):
    """All signed links of the site."""

    def __init__(self) -> None:
        super().__init__()
        self._by_digest = OOBTree()
        self._by_uid = OOBTree()

    def add(self, credential: SignedLink) -> None:
        super().add(credential)
        self._by_digest[credential.digest] = credential
        numbers = self._by_uid.get(credential.uid)
        if numbers is None:
            numbers = self._by_uid[credential.uid] = IITreeSet()
        numbers.add(credential._number)

    def by_digest(self, digest: TokenDigest) -> SignedLink | None:
        """The one whose token has this digest, or None."""
        return self._by_digest.get(digest)

    def numbers_of(self, uid: str) -> list[int]:
        """Numbers of those that lead to an object, see numbered(), as a list."""
        return list(self._by_uid.get(uid, ()))

    def of_object(self, uid: str) -> Iterator[SignedLink]:
        """Those that lead to an object, in no particular order."""
        return map(self.numbered, self.numbers_of(uid))

    def remove(self, credential_id: str) -> None:
        credential = self._by_id[credential_id]
        del self._by_digest[credential.digest]
        numbers = self._by_uid[credential.uid]
        numbers.remove(credential._number)
        if not numbers:
            del self._by_uid[credential.uid]
        super().remove(credential_id)


@implementer(IExpiringStore)
class SignedLinkVisits(Persistent):
    """Who has opened a signed link sees the object for a while."""

    def __init__(self) -> None:
        self._visits = ExpiringMap(PERIOD)

    def add(
        self, digest: TokenDigest, link: SignedLink, now: float, expires_at: float
    ) -> None:
        """Keep a visit, by the digest of what the cookie of the visitor holds."""
        self._visits.drop_expired_beside(digest, now)
        self._visits.insert(digest, (VERSION, link), expires_at)

    def get(self, digest: TokenDigest, now: float) -> SignedLink | None:
        """The link of a visit that has not expired, or None."""
        found = self._visits.get(digest, now)
        if found is None:
            return None
        _expires_at, _version, link = found
        return link

    def drop_expired(self, now: float) -> None:
        self._visits.drop_expired(now)
