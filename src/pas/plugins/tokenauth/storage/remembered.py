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
    """A result, and the objects of one connection that it was worked out from.

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

    def is_current(self) -> bool:
        """Whether the objects are still what they were."""
        # Each request asks: a loop takes half the time of anything shorter.
        for obj, serial in self._serials:
            if _has_changes(obj) or obj._p_serial != serial:
                return False
        return True


def _has_changes(obj: Any) -> bool:
    """Whether an object is not as it is committed; loads it."""
    if obj._p_changed is None:
        obj._p_activate()
    jar = obj._p_jar
    # What a savepoint has set aside looks unchanged and has its old serial.
    return jar is None or obj._p_changed or jar._savepoint_storage is not None
