"""The clock. Entry points read it; everywhere else, time is a parameter."""

import time


#: Seconds.
DAY = 24 * 60 * 60


class EndsAtATime:
    """Base of what is good for anything until `expires_at`; with None for good."""

    expires_at: float | None

    def is_live(self, now: float) -> bool:
        """Whether it is good for anything at this time."""
        return self.expires_at is None or now < self.expires_at


def now() -> float:
    """Seconds since the epoch."""
    return time.time()
