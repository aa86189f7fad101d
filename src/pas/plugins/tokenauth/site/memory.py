"""What each site of a Zope has in memory for itself."""

from .context import SiteContext
from collections.abc import Callable
from typing import Generic
from typing import TypeVar


T = TypeVar("T")


class OfEachSite(Generic[T]):
    """Gives a site its own, so that what happens at one means nothing at another.

    :param make: makes one
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[str, T] = {}

    def __call__(self, site: SiteContext) -> T:
        """That of a site, the same for all threads."""
        path = site.path
        if path not in self._made:
            self._made.setdefault(path, self._make())
        return self._made[path]
