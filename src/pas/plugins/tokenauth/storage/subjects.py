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
        #: The user id of each that was forgotten, for whoever looks who that was.
        self._gone = OOBTree()

    def add(self, user_id: str, subject: str) -> None:
        if user_id in self._by_user or subject in self._gone:
            raise KeyError(user_id)
        self._by_user[user_id] = subject

    def get(self, user_id: str) -> str | None:
        found: str | None = self._by_user.get(user_id)
        return found

    def forget(self, user_id: str) -> None:
        subject = self._by_user.pop(user_id, None)
        if subject is not None:
            self._gone[subject] = user_id
