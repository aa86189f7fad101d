"""Results that depend on a few stored objects, remembered across requests.

The serial of an object changes when any Zope commits a change of it, so what is
remembered is never older than what a request sees.
"""

from Acquisition import aq_base
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from typing import Generic
from typing import TypeVar


T = TypeVar("T")


@dataclass(frozen=True)
class _Remembered(Generic[T]):
    """A result, and the objects of one connection that it was worked out from."""

    result: T
    serials: tuple[tuple[Persistent, bytes], ...]

    def is_current(self) -> bool:
        # Each request asks: a loop takes half the time of anything shorter.
        for obj, serial in self.serials:
            if _has_changes(obj) or obj._p_serial != serial:
                return False
        return True


class RememberedBySite(Generic[T]):
    """One result for a site, for one state of the objects that it depends on.

    Each connection remembers its own, as long as the site stays in its cache.

    :param objects: the stored objects that tell the result for a site, those that tell
        which they are included
    :param make: works it out
    """

    def __init__(
        self,
        objects: Callable[[Any], Iterable[Persistent]],
        make: Callable[[Any], T],
    ) -> None:
        self._objects = objects
        self._make = make

    def __call__(self, site: Any) -> T:
        """The result for a site, worked out if something has changed."""
        base = aq_base(site)
        base._p_activate()
        results = vars(base).get("_v_tokenauth_results", {})
        remembered: _Remembered[T] | None = results.get(self)
        if remembered is not None and remembered.is_current():
            return remembered.result
        result = self._make(site)
        objects = list(self._objects(site))
        if not any(map(_has_changes, objects)):
            serials = tuple((obj, obj._p_serial) for obj in objects)
            results[self] = _Remembered(result, serials)
            base._v_tokenauth_results = results
        return result


def _has_changes(obj: Any) -> bool:
    """Whether an object is not as it is committed; loads it."""
    if obj._p_changed is None:
        obj._p_activate()
    jar = obj._p_jar
    # What a savepoint has set aside looks unchanged and has its old serial.
    return jar is None or obj._p_changed or jar._savepoint_storage is not None
