"""Where requests fail, seen from within the server's process."""

from collections.abc import Iterator
from pas.plugins import tokenauth
from types import TracebackType
from typing import Any
from zope.component import adapter
from zope.component import getGlobalSiteManager
from ZPublisher.interfaces import IPubFailure


PACKAGE_PATH = tokenauth.__path__[0]


class Failures:
    """Remembers the failure of the last request while it is entered."""

    def __init__(self) -> None:
        self._last: BaseException | None = None

        @adapter(IPubFailure)
        def note(event: Any) -> None:
            self._last = event.exc_info[1]

        self._note = note

    def __enter__(self) -> "Failures":
        getGlobalSiteManager().registerHandler(self._note)
        return self

    def __exit__(self, *args: Any) -> None:
        getGlobalSiteManager().unregisterHandler(self._note)

    def forget(self) -> None:
        """Before the next request: not every failure is told."""
        self._last = None

    def in_our_code(self) -> bool:
        """Whether the request that failed came as far as to code of ours."""
        return any(name.startswith(PACKAGE_PATH) for name in _files(self._last))


def _files(failure: BaseException | None) -> Iterator[str]:
    while failure is not None:
        step: TracebackType | None = failure.__traceback__
        while step is not None:
            yield step.tb_frame.f_code.co_filename
            step = step.tb_next
        failure = failure.__context__
