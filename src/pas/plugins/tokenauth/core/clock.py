"""The clock. Entry points read it; everywhere else, time is a parameter."""

import time


def now() -> float:
    """Seconds since the epoch."""
    return time.time()
