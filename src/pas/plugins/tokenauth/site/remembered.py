"""Results for a site, remembered as long as what they depend on stays."""

from ..storage.remembered import Remembered
from Acquisition import aq_base
from collections.abc import Callable
from collections.abc import Iterable
from persistent import Persistent
from typing import Any
from typing import Generic
from typing import TypeVar


T = TypeVar("T")


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
        remembered: Remembered[T] | None = results.get(self)
        if remembered is None or not remembered.is_current():
            remembered = Remembered(self._make(site), self._objects(site))
            results[self] = remembered
            base._v_tokenauth_results = results
        return remembered.result
