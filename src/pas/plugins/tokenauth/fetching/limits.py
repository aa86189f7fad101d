"""How often something may be done in a minute, by names that others choose."""

from collections import deque
from collections import OrderedDict


MINUTE = 60.0


class RateLimit:
    """Counts, for each name, how often it was used in the last minute.

    What it remembers is bounded by how much is done in a minute. Not safe for several
    threads at once.

    :param times: how often each name may be used in a minute
    """

    def __init__(self, times: int) -> None:
        self._times = times
        #: The name that was used last is the last.
        self._uses: OrderedDict[str, deque[float]] = OrderedDict()

    def use(self, name: str, now: float) -> bool:
        """Count a use; whether it may be.

        :param now: seconds on a clock that never goes back
        """
        self._forget(now - MINUTE)
        uses = self._uses.setdefault(name, deque())
        while uses and uses[0] <= now - MINUTE:
            uses.popleft()
        if len(uses) >= self._times:
            return False
        uses.append(now)
        self._uses.move_to_end(name)
        return True

    def _forget(self, before: float) -> None:
        while self._uses:
            name, uses = next(iter(self._uses.items()))
            if uses[-1] > before:
                break
            del self._uses[name]
