"""By what name other sites know people."""

from BTrees.OOBTree import OOBTree
from persistent import Persistent


class Subjects(Persistent):
    """Identifiers by which other sites know people; each is given once, and no more.

    One that is for a single client is kept under its `sector`; that of all others is
    the empty string.
    """

    def __init__(self) -> None:
        self._by_user = OOBTree()
        #: The user id of each that was ever given.
        self._users = OOBTree()

    def add(self, user_id: str, sector: str, subject: str) -> None:
        """Keep the identifier of a user.

        Raises KeyError when there is one, or it is or was that of another user.
        """
        if (user_id, sector) in self._by_user or subject in self._users:
            raise KeyError(user_id)
        self._by_user[user_id, sector] = subject
        self._users[subject] = user_id

    def get(self, user_id: str, sector: str) -> str | None:
        """The identifier of a user, None where there is none."""
        return self._by_user.get((user_id, sector))

    def user_of(self, subject: str) -> str | None:
        """Whose identifier it is or was, None for one that was never given."""
        found: str | None = self._users.get(subject)
        return found

    def forget(self, user_id: str) -> None:
        """Never take a later user of this id for the one who is gone."""
        # The least string that is greater than the user id.
        until = (f"{user_id}\0", "")
        for key in list(self._by_user.keys((user_id, ""), until, excludemax=True)):
            del self._by_user[key]

    def users(self) -> set[str]:
        """The ids of all who have an identifier, as a set."""
        return {user_id for user_id, _sector in self._by_user}
