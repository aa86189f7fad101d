"""How often something may be done in a while, by names that others choose."""

from collections import deque
from collections import OrderedDict
from hashlib import sha256
from threading import Lock


MINUTE = 60.0


class RateLimit:
    """Counts, for each name, how often it was used lately.

    What it remembers is bounded by how much is done in that time, however long the
    names are.

    :param times: how often each name may be used
    :param seconds: in which time
    """

    def __init__(self, times: int, seconds: float = MINUTE) -> None:
        self._times = times
        self._seconds = seconds
        self._lock = Lock()
        #: By the digests of names; what was used last is the last.
        self._uses: OrderedDict[bytes, deque[float]] = OrderedDict()

    def use(self, name: str, now: float) -> bool:
        """Count a use; whether it may be.

        :param now: seconds; where their clock is set back, uses count for longer
        """
        key = _key(name)
        with self._lock:
            if not self._may_use(key, now):
                return False
            self._uses.setdefault(key, deque()).append(now)
            self._uses.move_to_end(key)
            return True

    def may_use(self, name: str, now: float) -> bool:
        """Whether a use may be, without counting it."""
        with self._lock:
            return self._may_use(_key(name), now)

    def _may_use(self, key: bytes, now: float) -> bool:
        self._forget(now - self._seconds)
        uses = self._uses.get(key, deque())
        while uses and uses[0] <= now - self._seconds:
            uses.popleft()
        return len(uses) < self._times

    def _forget(self, before: float) -> None:
        while self._uses:
            key, uses = next(iter(self._uses.items()))
            if uses and uses[-1] > before:
                break
            del self._uses[key]


def _key(name: str) -> bytes:
    return sha256(name.encode("utf-8", "surrogatepass")).digest()
