"""Messages to other servers, off the path of requests, several times if they must."""

from ..core.background import BackgroundWork
from ..core.redirects import shown_target
from .errors import FetchError
from .errors import FetchRefused
from .interfaces import IDeliveries
from .interfaces import IFetcher
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import count
from threading import Lock
from threading import Thread
from zope.component import getUtility
from zope.interface import implementer

import heapq
import logging
import time
import transaction


logger = logging.getLogger("pas.plugins.tokenauth")

#: Seconds from one try to the next. A logout token is good for two minutes.
DELAYS = (2.0, 10.0, 40.0)
MAX_AT_ONCE = 8
#: Messages that wait at most; later ones are lost.
MAX_WAITING = 10_000
#: Refusals that may be none the next time (RFC 9110 section 15.5.9, RFC 6585).
_RETRIED = (408, 429)


@dataclass(order=True)
class _Delivery:
    """A message that waits.

    :param due: when it is sent, on the clock
    :param number: the order of those that are due at one time
    :param may_redirect: whether a redirect says that it has arrived
    :param tries: how often it was sent before
    """

    due: float
    number: int
    url: str = field(compare=False)
    form: Mapping[str, str] = field(compare=False, repr=False)
    may_redirect: bool = field(default=False, compare=False)
    tries: int = field(default=0, compare=False)


@implementer(IDeliveries)
class Deliveries:
    """See IDeliveries.

    :param clock: seconds, never going back
    :param in_background: whether a thread calls `deliver_due`
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        in_background: bool = True,
    ) -> None:
        self._clock = clock
        self._in_background = in_background
        self._lock = Lock()
        self._waiting: list[_Delivery] = []
        self._numbers = count()
        self._background = BackgroundWork(
            "tokenauth-deliveries",
            self.deliver_due,
            lambda: None,
            self._seconds_to_wait,
        )

    def post_later(
        self, url: str, form: Mapping[str, str], may_redirect: bool = False
    ) -> None:
        """See IDeliveries."""
        transaction.get().addAfterCommitHook(
            self._post_if, args=(url, dict(form), may_redirect)
        )

    def deliver_due(self) -> None:
        """Send what is due, several at a time; what fails waits once more."""
        while due := self._take_due():
            threads = [
                Thread(target=self._deliver, args=(delivery,), daemon=True)
                for delivery in due
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def stop(self) -> None:
        """End the thread; what waits is sent with the next one."""
        self._background.stop()

    def _post_if(
        self,
        is_committed: bool,
        url: str,
        form: Mapping[str, str],
        may_redirect: bool,
    ) -> None:
        if is_committed:
            now, number = self._clock(), next(self._numbers)
            self._add(_Delivery(now, number, url, form, may_redirect))

    def _add(self, delivery: _Delivery) -> None:
        with self._lock:
            is_full = len(self._waiting) >= MAX_WAITING
            if not is_full:
                heapq.heappush(self._waiting, delivery)
        if is_full:
            logger.warning(
                "No message to %s: too many wait.", shown_target(delivery.url)
            )
        elif self._in_background:
            self._background.wake_up()

    def _take_due(self) -> list[_Delivery]:
        now = self._clock()
        due: list[_Delivery] = []
        with self._lock:
            while (
                self._waiting and self._waiting[0].due <= now and len(due) < MAX_AT_ONCE
            ):
                due.append(heapq.heappop(self._waiting))
        return due

    def _seconds_to_wait(self) -> float | None:
        with self._lock:
            if not self._waiting:
                return None
            return max(self._waiting[0].due - self._clock(), 0)

    def _deliver(self, delivery: _Delivery) -> None:
        problem, may_help = _send(delivery)
        if not problem:
            return
        if may_help and delivery.tries < len(DELAYS):
            self._add(
                replace(
                    delivery,
                    due=self._clock() + DELAYS[delivery.tries],
                    tries=delivery.tries + 1,
                )
            )
        else:
            logger.warning(
                "A message to %s did not arrive: %s.",
                shown_target(delivery.url),
                problem,
            )


def _send(delivery: _Delivery) -> tuple[str, bool]:
    """Why it has not arrived, empty if it has, and whether another try may help."""
    try:
        status = getUtility(IFetcher).post(delivery.url, delivery.form)
    except FetchError as error:
        return str(error), not isinstance(error, FetchRefused)
    if 200 <= status < (400 if delivery.may_redirect else 300):
        return "", False
    return f"the answer is {status}", status >= 500 or status in _RETRIED
