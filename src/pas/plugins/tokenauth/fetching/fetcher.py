"""Documents from other servers, and messages to them."""

from ..core import strictjson
from ..core.ratelimit import RateLimit
from .addresses import is_public
from .addresses import network_of
from .configuration import allowed_hosts
from .connection import Answer
from .connection import Exchange
from .errors import FetchError
from .errors import FetchFailed
from .errors import FetchRefused
from .flights import Flight
from .interfaces import IFetcher
from .targets import parse_target
from .targets import Target
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from functools import partial
from ssl import create_default_context
from ssl import SSLContext
from threading import BoundedSemaphore
from threading import Lock
from typing import Any
from typing import TypeVar
from urllib.parse import urlencode
from zope.interface import implementer

import re
import socket
import time


#: Seconds for all of a request.
TIMEOUT = 5.0
#: Requests for documents at a time, with those that nobody waits for any longer.
MAX_AT_ONCE = 4
#: Threads that wait for known documents, and for those of strangers; a Zope has four if
#: nobody changes that.
MAX_WAITING, MAX_WAITING_FOR_STRANGERS = 2, 1
#: Seconds after which a second of waiting for strangers is made up for.
STRANGERS_COST = 4
#: Seconds that may be still to make up for when another one waits.
STRANGERS_DEBT = 60.0
MAX_PER_HOST = 10
#: Any number of names can lead to one server.
MAX_PER_NETWORK = 60
MAX_ADDRESSES = 4
MAX_KEPT = 200
MIN_AGE, MAX_AGE = 300.0, 86_400.0
#: Seconds for which a failure is not tried again: twice as many after each that has
#: taken long, for then somebody has waited.
FAILURE_AGE, MAX_FAILURE_AGE = 10.0, 600.0
_LONG = 1.0
#: Bytes of the answer to a message, which nobody looks at.
MAX_ANSWER = 65_536

_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_MAX_AGE = re.compile(r"max-age=([0-9]{1,9})", re.IGNORECASE)
_HEADERS = {
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "pas.plugins.tokenauth",
}
_DOCUMENT = {**_HEADERS, "Accept": "application/json"}
#: Nobody reads the answer, and to a Plone site JSON is for another set of views.
_FORM = {
    **_HEADERS,
    "Accept": "*/*",
    "Content-Type": "application/x-www-form-urlencoded",
}

Parsed = TypeVar("Parsed")
Parse = Callable[[dict[str, Any]], Parsed]
_Key = tuple[str, Parse[Any]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a host, as the system finds them.

    :raises OSError: when there are none
    :raises UnicodeError: when it cannot be a name
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def system_tls() -> SSLContext:
    """Certificates are verified as the system does; it is read once, for it is long."""
    return create_default_context()


@dataclass(frozen=True)
class _Kept:
    """What is known about a document, until a time; or why there is none.

    :param age: seconds for which a failure is kept
    """

    until: float
    value: Any = None
    problem: str = ""
    age: float = 0


class _Lane:
    """What is counted and kept of some documents, apart from all others.

    :param places: threads that may wait at a time
    :param cost: seconds after which a second of waiting is made up for; 0 if it need
        not be
    """

    def __init__(self, places: int, cost: int) -> None:
        self.waiting = BoundedSemaphore(places)
        self.flights: dict[_Key, Flight] = {}
        self.kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self.per_host = RateLimit(MAX_PER_HOST)
        self.per_network = RateLimit(MAX_PER_NETWORK)
        self._cost = cost
        self._made_up_at = 0.0

    def keep(self, key: _Key, kept: _Kept) -> None:
        """Remember what is known about a document, and forget the oldest of many."""
        self.kept.pop(key, None)
        self.kept[key] = kept
        if len(self.kept) > MAX_KEPT:
            self.kept.popitem(last=False)

    def may_wait(self, now: float) -> bool:
        """Whether what was waited is made up for, so far that another may wait."""
        return self._made_up_at < now + STRANGERS_DEBT

    def note_wait(self, seconds: float, now: float) -> None:
        """Count what somebody has waited."""
        self._made_up_at = max(self._made_up_at, now) + self._cost * seconds


@implementer(IFetcher)
class Fetcher:
    """See IFetcher. What it remembers is bounded, and is that of one process.

    :param resolver: finds the IP addresses of a host
    :param clock: seconds, never going back
    :param timeout: seconds for all of a request
    :param tls: how certificates are verified, asked when it is needed
    """

    def __init__(
        self,
        resolver: Callable[[str, int], Sequence[str]] = resolve,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = TIMEOUT,
        tls: Callable[[], SSLContext] = system_tls,
    ) -> None:
        self._resolver = resolver
        self._clock = clock
        self._timeout = timeout
        self._tls = tls
        self._lock = Lock()
        self._known = _Lane(MAX_WAITING, cost=0)
        self._strangers = _Lane(MAX_WAITING_FOR_STRANGERS, STRANGERS_COST)

    def get(
        self, url: str, parse: Parse[Parsed], max_size: int, is_known: bool = False
    ) -> Parsed:
        """See IFetcher."""
        target = parse_target(url, allowed_hosts())
        key = (url, parse)
        lane = self._known if is_known else self._strangers
        began = self._clock()
        with self._lock:
            kept = lane.kept.get(key)
            may_wait = lane.may_wait(began)
        if kept is not None and began < kept.until:
            if kept.problem:
                raise FetchFailed(kept.problem)
            return kept.value  # type: ignore[no-any-return]
        if not may_wait or not lane.waiting.acquire(blocking=False):
            raise FetchFailed("too many wait for documents")
        try:
            return self._flight(lane, key, target, max_size).wait()  # type: ignore[no-any-return]
        finally:
            now = self._clock()
            with self._lock:
                lane.note_wait(now - began, now)
            lane.waiting.release()

    def post(self, url: str, form: Mapping[str, str]) -> int:
        """See IFetcher."""
        target = parse_target(url, allowed_hosts())
        body = urlencode(form).encode("ascii")

        def deliver(flight: Flight) -> int:
            addresses = self._addresses(target)
            answer = self._send(
                flight, target, addresses, "POST", _FORM, body, MAX_ANSWER
            )
            return answer.status

        return Flight(deliver, self._timeout).start().wait()

    def _flight(self, lane: _Lane, key: _Key, target: Target, max_size: int) -> Flight:
        """The request for a document, which may be under way already."""
        with self._lock:
            if key not in lane.flights:
                if len(lane.flights) >= MAX_AT_ONCE:
                    raise FetchFailed("too many documents are being fetched")
                self._count(lane.per_host, target.host)
                work = partial(self._fetch, lane, key, target, max_size)
                lane.flights[key] = Flight(work, self._timeout).start()
            return lane.flights[key]

    def _fetch(
        self, lane: _Lane, key: _Key, target: Target, max_size: int, flight: Flight
    ) -> Any:
        kept, began = None, self._clock()
        try:
            addresses = self._addresses(target)
            self._count(lane.per_network, network_of(addresses[0]))
            answer = self._send(
                flight, target, addresses, "GET", _DOCUMENT, b"", max_size
            )
            value = _parsed(answer, key[1])
            kept = _Kept(self._clock() + _age(answer), value)
            return value
        except FetchError as error:
            now = self._clock()
            age = _failure_age(lane.kept.get(key), now - began)
            kept = _Kept(now + age, problem=str(error), age=age)
            raise
        finally:
            with self._lock:
                del lane.flights[key]
                if kept is not None:
                    lane.keep(key, kept)

    def _count(self, limit: RateLimit, name: str) -> None:
        if not limit.use(name, self._clock()):
            raise FetchFailed(f"too many requests to {name} in a minute")

    def _addresses(self, target: Target) -> Sequence[str]:
        try:
            addresses = self._resolver(target.host, target.port)
        except (OSError, UnicodeError):
            addresses = ()
        if not addresses:
            raise FetchFailed("its host has no address")
        if not target.is_allowed and not all(map(is_public, addresses)):
            raise FetchRefused("its host has an address that is not public")
        return addresses[:MAX_ADDRESSES]

    def _send(
        self,
        flight: Flight,
        target: Target,
        addresses: Sequence[str],
        method: str,
        headers: Mapping[str, str],
        body: bytes,
        max_size: int,
    ) -> Answer:
        """Send a request to the first address that takes a connection."""
        problem = ""
        for address in addresses:
            exchange = Exchange(target, address, self._tls, self._timeout)
            flight.follow(exchange)
            try:
                exchange.connect()
            except (OSError, ValueError) as error:
                exchange.close()
                problem = type(error).__name__
            else:
                return exchange.send_request(method, headers, body, max_size)
        raise FetchFailed(f"no connection: {problem}")


def _parsed(answer: Answer, parse: Parse[Parsed]) -> Parsed:
    if answer.status != 200:
        raise FetchFailed(f"the answer is {answer.status}")
    if not _JSON.fullmatch(answer.headers.get("content-type", "")):
        raise FetchFailed("the answer is no JSON")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchFailed("the answer is compressed")
    try:
        document = strictjson.parsed(answer.body.decode("utf-8"))
    except ValueError:
        raise FetchFailed("the answer is no good JSON") from None
    if not isinstance(document, dict):
        raise FetchFailed("the answer is no JSON object")
    try:
        return parse(document)
    except ValueError as error:
        raise FetchFailed(f"the document is not right: {error}") from None


def _failure_age(before: _Kept | None, seconds: float) -> float:
    """How long a failure is kept, by what came before it, and how long it took."""
    if before is None or seconds < _LONG:
        return FAILURE_AGE
    return min(max(2 * before.age, FAILURE_AGE), MAX_FAILURE_AGE)


def _age(answer: Answer) -> float:
    # One by one: an expression for the whole header can be made to take minutes.
    directives = answer.headers.get("cache-control", "").split(",")
    found = map(_MAX_AGE.fullmatch, map(str.strip, directives))
    seconds = next((float(each[1]) for each in found if each), 0.0)
    return min(max(seconds, MIN_AGE), MAX_AGE)
