"""Users whom no source knows any more, and since when."""

from BTrees.OOBTree import OOBTree
from collections.abc import Collection
from persistent import Persistent


class MissingUsers(Persistent):
    """Users whom no source knows any more."""

    def __init__(self) -> None:
        self._since = OOBTree()

    def note(self, user_id: str, now: float) -> float:
        """Since when a user is missing: since now, if nobody has missed them before.

        :returns: seconds since the epoch
        """
        self._since.insert(user_id, now)
        since: float = self._since[user_id]
        return since

    def keep(self, user_ids: Collection[str]) -> None:
        """Forget all others: they are back, or gone for good."""
        for user_id in [each for each in self._since if each not in user_ids]:
            del self._since[user_id]
