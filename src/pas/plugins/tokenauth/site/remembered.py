"""Results that depend on a few stored objects, remembered across requests.

The serial of an object changes when any Zope commits a change of it, so what is
remembered is never older than what a request sees.
"""

from Acquisition import aq_base
from collections.abc import Callable
from collections.abc import Iterable
from persistent import Persistent
from typing import Any
from typing import Generic
from typing import TypeVar


T = TypeVar("T")


class RememberedBySite(Generic[T]):
    """One result for each site, for one state of the objects that it depends on."""

    def __init__(self) -> None:
        self._results: dict[Any, tuple[list[bytes], T]] = {}

    def get(self, site: Any, objects: Iterable[Persistent], make: Callable[[], T]) -> T:
        """The result for the state of these objects, worked out if it is a new one."""
        state = _state(objects)
        if state is None:
            return make()
        base = aq_base(site)
        key = (base._p_jar.db().database_name, base._p_oid)
        remembered = self._results.get(key)
        if remembered is None or remembered[0] != state:
            remembered = self._results[key] = (state, make())
        return remembered[1]


def _state(objects: Iterable[Persistent]) -> list[bytes] | None:
    """What tells the committed state of objects from others; None for changed ones."""
    serials = []
    for obj in objects:
        obj._p_activate()
        jar = obj._p_jar
        # What a savepoint has set aside looks unchanged and has its old serial.
        if jar is None or obj._p_changed or jar._savepoint_storage is not None:
            return None
        serials.append(obj._p_serial)
    return serials
