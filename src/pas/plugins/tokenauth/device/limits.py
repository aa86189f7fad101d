"""What is counted in memory, so that neither a poll nor a guess writes anything.

Each Zope counts for itself. That makes the limits as many times as large, and nothing
unsafe: a code has 34 bits, and lives for ten minutes.
"""

from ..core.ratelimit import MINUTE
from ..core.ratelimit import RateLimit
from ..fetching.addresses import network_of
from ..site.memory import OfEachSite
from .protocol import INTERVAL
from collections import OrderedDict
from threading import Lock


#: Seconds for which a wrong code counts.
_GUESSING_TIME = 10 * MINUTE
_WRONG_PER_PERSON = 5
_WRONG_PER_MINUTE = 100
_REQUESTS_PER_NETWORK = 20
_REQUESTS_PER_MINUTE = 200
_SITE = ""


class Guesses:
    """Wrong user codes (RFC 8628 section 5.1). A right one changes no count."""

    def __init__(self) -> None:
        self._by_name = RateLimit(_WRONG_PER_PERSON, _GUESSING_TIME)
        self._all = RateLimit(_WRONG_PER_MINUTE)

    def may_guess(self, user_id: str, address: str, now: float) -> bool:
        """Whether somebody may enter a code.

        :param address: of their browser
        :param now: seconds since the epoch
        """
        return self._all.may_use(_SITE, now) and all(
            self._by_name.may_use(name, now) for name in _names(user_id, address)
        )

    def note_wrong(self, user_id: str, address: str, now: float) -> None:
        """Count a wrong one."""
        self._all.use(_SITE, now)
        for name in _names(user_id, address):
            self._by_name.use(name, now)


class Requests:
    """Requests of devices, each of which writes: anybody can make some."""

    def __init__(self) -> None:
        self._by_network = RateLimit(_REQUESTS_PER_NETWORK)
        self._all = RateLimit(_REQUESTS_PER_MINUTE)

    def may_ask(self, address: str, now: float) -> bool:
        """Count a request; whether it may be."""
        network = network_of(address)
        return self._by_network.use(network, now) and self._all.use(_SITE, now)


class Polls:
    """When each device has asked last, and how long it has to wait since.

    What does not fit is forgotten, the oldest first: its device may ask once too early.

    :param size: of how many devices something is known
    """

    def __init__(self, size: int = 10_000) -> None:
        self._lock = Lock()
        self._size = size
        self._polls: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def is_too_early(self, digest: bytes, now: float) -> bool:
        """Note that a device asks; whether it has not waited for long enough.

        Then it has to wait longer from now on (RFC 8628 section 3.5).

        :param digest: of its code
        :param now: seconds since the epoch
        """
        with self._lock:
            last, interval = self._polls.pop(digest, (float("-inf"), INTERVAL))
            is_early = now < last + interval
            self._polls[digest] = (now, interval + INTERVAL if is_early else interval)
            if len(self._polls) > self._size:
                self._polls.popitem(last=False)
            return is_early


def _names(user_id: str, address: str) -> tuple[str, str]:
    return f"user {user_id}", f"network {network_of(address)}"


guesses = OfEachSite(Guesses)
requests = OfEachSite(Requests)
polls = Polls()
