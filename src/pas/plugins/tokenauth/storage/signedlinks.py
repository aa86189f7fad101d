"""Signed links, found by token and by object, and the visits that they allow."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .interfaces import IOpenToTokens
from .records import Records
from BTrees.IIBTree import IITreeSet
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from ZODB.POSException import ConflictError
from zope.interface import implementer


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


class SignedLink(Credential):
    """A URL that shows one object, without a log-in.

    :ivar digest: digest of the token in the URL, see core.tokens
    :ivar uid: UID of the object
    :ivar action: view or download
    :ivar password: what is kept of its password; empty where it has none
    :ivar max_uses: how often it can be used, or None
    :ivar uses: UseCount; it counts only where there is a maximum
    :ivar is_used_up: whether it was used as often as it can be
    :ivar shows_title: whether its page names the object before it is opened
    :ivar wrong_passwords: since when passwords were wrong, and how many
    """

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


@dataclass(frozen=True, kw_only=True)
class SignedLinkVisit:
    """Who has opened a signed link sees the object for a while.

    :param link: which was opened
    :param expires_at: seconds since the epoch
    """

    link: SignedLink
    expires_at: float


class SignedLinkVisits(Records[SignedLinkVisit]):
    """Visits, by the digest of what the cookie of the visitor holds."""

    record = SignedLinkVisit
