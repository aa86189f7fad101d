"""By what name other sites know people."""

from .interfaces import ISubjects
from BTrees.OOBTree import OOBTree
from persistent import Persistent
from zope.interface import implementer


@implementer(ISubjects)
class Subjects(Persistent):
    """See ISubjects."""

    def __init__(self) -> None:
        self._by_user = OOBTree()
        #: The user id of each that was ever given.
        self._users = OOBTree()

    def add(self, user_id: str, sector: str, subject: str) -> None:
        if (user_id, sector) in self._by_user or subject in self._users:
            raise KeyError(user_id)
        self._by_user[user_id, sector] = subject
        self._users[subject] = user_id

    def get(self, user_id: str, sector: str) -> str | None:
        return self._by_user.get((user_id, sector))

    def user_of(self, subject: str) -> str | None:
        found: str | None = self._users.get(subject)
        return found

    def forget(self, user_id: str) -> None:
        # The least string that is greater than the user id.
        until = (f"{user_id}\0", "")
        for key in list(self._by_user.keys((user_id, ""), until, excludemax=True)):
            del self._by_user[key]

    def users(self) -> set[str]:
        return {user_id for user_id, _sector in self._by_user}
