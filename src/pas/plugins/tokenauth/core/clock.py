"""The clock. Entry points read it; everywhere else, time is a parameter."""

import time


#: Seconds.
DAY = 24 * 60 * 60


def now() -> float:
    """Seconds since the epoch."""
    return time.time()
