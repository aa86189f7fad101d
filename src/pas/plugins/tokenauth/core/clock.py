"""The clock of the edges; below them, time is a parameter."""

import time


def now() -> float:
    """Seconds since the epoch."""
    return time.time()
