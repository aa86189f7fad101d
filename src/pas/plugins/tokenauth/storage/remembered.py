"""Results that depend on a few stored objects, remembered across requests.

The serial of an object changes when any Zope commits a change of it, so what is
remembered is never older than what a request sees.
"""

from collections.abc import Iterable
from persistent import Persistent
from typing import Any
from typing import Generic
from typing import TypeVar


T = TypeVar("T")


class Remembered(Generic[T]):
    """A result, and the stored objects that it was worked out from.

    :param result: what is remembered, if none of the objects has changes
    :param objects: all that the result depends on
    """

    def __init__(self, result: T, objects: Iterable[Persistent]) -> None:
        self.result = result
        self._serials = [
            # Changes may be aborted, and the serial says nothing of them.
            (obj, None if _has_changes(obj) else obj._p_serial)
            for obj in objects
        ]
        self._connections = {obj._p_jar for obj, _ in self._serials}

    def is_current(self) -> bool:
        """Whether the objects are still what they were."""
        if any(map(_sets_aside, self._connections)):
            return False
        # Each request asks, and there are many: a loop that asks each for two things
        # takes a third of the time of anything shorter.
        for obj, serial in self._serials:
            changed = obj._p_changed
            if changed is None:
                obj._p_activate()
            elif changed:
                return False
            if obj._p_serial != serial:
                return False
        return True


def _has_changes(obj: Any) -> bool:
    """Whether an object is not as it is committed; loads it."""
    obj._p_activate()
    return bool(obj._p_jar is None or obj._p_changed or _sets_aside(obj._p_jar))


def _sets_aside(connection: Any) -> bool:
    # What a savepoint has set aside looks unchanged and has its old serial.
    return connection is not None and connection._savepoint_storage is not None
