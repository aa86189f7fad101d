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

#: Seconds from one try to the next.
DELAYS = (2.0, 10.0, 40.0)
MAX_AT_ONCE = 8
#: To one host, so that one that does not answer holds up no other.
MAX_AT_ONCE_PER_HOST = 2
#: To all hosts together of which the last message has not arrived.
MAX_AT_ONCE_TO_SILENT = 4
#: Messages that wait for one host at most; later ones are lost.
MAX_WAITING = 1000
#: Refusals that may be none the next time (RFC 9110 section 15.5.9, RFC 6585).
_RETRIED = (408, 429)

MakeForm = Callable[[], Mapping[str, str]]


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
    make_form: MakeForm = field(compare=False, repr=False)
    may_redirect: bool = field(default=False, compare=False)
    tries: int = field(default=0, compare=False)


@dataclass(eq=False)
class _Host:
    """A host to which messages wait or are under way.

    :param waiting: a heap
    :param is_silent: whether the last message has not arrived
    """

    waiting: list[_Delivery] = field(default_factory=list)
    under_way: int = 0
    is_silent: bool = False


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
        self._hosts: dict[str, _Host] = {}
        self._numbers = count()
        self._background = BackgroundWork(
            "tokenauth-deliveries",
            self.deliver_due,
            lambda: None,
            self._seconds_to_wait,
        )

    def post_later(
        self, url: str, make_form: MakeForm, may_redirect: bool = False
    ) -> None:
        """See IDeliveries."""
        transaction.get().addAfterCommitHook(
            self._post_if, args=(url, make_form, may_redirect)
        )

    def deliver_due(self) -> list[Thread]:
        """Begin to send what is due, several at a time; what fails waits once more.

        :returns: what sends it; each goes on as long as there is more
        """
        threads = []
        while found := self._take_due():
            thread = Thread(target=self._send_from, args=(found,), daemon=True)
            threads.append(thread)
            thread.start()
        return threads

    def stop(self) -> None:
        """End the thread; what waits is sent with the next one."""
        self._background.stop()

    def _post_if(
        self, is_committed: bool, url: str, make_form: MakeForm, may_redirect: bool
    ) -> None:
        if is_committed:
            now, number = self._clock(), next(self._numbers)
            self._add(_Delivery(now, number, url, make_form, may_redirect))

    def _add(self, delivery: _Delivery) -> None:
        name = shown_target(delivery.url)
        with self._lock:
            waiting = self._hosts.setdefault(name, _Host()).waiting
            is_full = len(waiting) >= MAX_WAITING
            if not is_full:
                heapq.heappush(waiting, delivery)
        if is_full:
            logger.warning("No message to %s: too many wait.", name)
        else:
            self._wake_up()

    def _wake_up(self) -> None:
        if self._in_background:
            self._background.wake_up()

    def _take_due(self) -> tuple[_Host, _Delivery] | None:
        """What is sent next, if anything can be sent now."""
        now = self._clock()
        with self._lock:
            due = [host for host in self._free_hosts() if host.waiting[0].due <= now]
            if not due:
                return None
            host = min(due, key=lambda each: each.waiting[0])
            host.under_way += 1
            return host, heapq.heappop(host.waiting)

    def _free_hosts(self) -> list[_Host]:
        """Those for which something waits and which may get one more at once."""
        hosts = self._hosts.values()
        to_silent = sum(host.under_way for host in hosts if host.is_silent)
        if sum(host.under_way for host in hosts) >= MAX_AT_ONCE:
            return []
        return [
            host
            for host in hosts
            if host.waiting
            and host.under_way < MAX_AT_ONCE_PER_HOST
            and not (host.is_silent and to_silent >= MAX_AT_ONCE_TO_SILENT)
        ]

    def _seconds_to_wait(self) -> float | None:
        now = self._clock()
        with self._lock:
            waits = [host.waiting[0].due - now for host in self._free_hosts()]
        return max(min(waits), 0) if waits else None

    def _send_from(self, found: tuple[_Host, _Delivery] | None) -> None:
        """Send a message, and whatever can be sent after it."""
        while found:
            host, delivery = found
            has_arrived = False
            try:
                has_arrived = self._deliver(delivery)
            finally:
                with self._lock:
                    host.under_way -= 1
                    host.is_silent = not has_arrived
                # Its next message may be for later than this thread goes on.
                self._wake_up()
            found = self._take_due()

    def _deliver(self, delivery: _Delivery) -> bool:
        """Send a message once; whether it has arrived. If not, it may wait again."""
        problem, may_help = _send(delivery)
        if not problem:
            return True
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
        return False


def _send(delivery: _Delivery) -> tuple[str, bool]:
    """Why it has not arrived, empty if it has, and whether another try may help."""
    try:
        status = getUtility(IFetcher).post(delivery.url, delivery.make_form())
    except FetchError as error:
        return str(error), not isinstance(error, FetchRefused)
    if 200 <= status < (400 if delivery.may_redirect else 300):
        return "", False
    return f"the answer is {status}", status >= 500 or status in _RETRIED
