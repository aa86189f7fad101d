"""Users whom no source knows any more, and since when."""

from .interfaces import IMissingUsers
from BTrees.OOBTree import OOBTree
from collections.abc import Collection
from persistent import Persistent
from zope.interface import implementer


@implementer(IMissingUsers)
class MissingUsers(Persistent):
    """See IMissingUsers."""

    def __init__(self) -> None:
        self._since = OOBTree()

    def note(self, user_id: str, now: float) -> float:
        self._since.insert(user_id, now)
        since: float = self._since[user_id]
        return since

    def keep(self, user_ids: Collection[str]) -> None:
        for user_id in [each for each in self._since if each not in user_ids]:
            del self._since[user_id]
