"""How hard the attack is, and what it has done.

A run of all tests takes a sample, the same every time. ``make attack`` sets
TOKENAUTH_ATTACK to the number of cases for each reason.
"""

from collections import Counter
from collections.abc import Callable
from hypothesis import HealthCheck
from hypothesis import seed
from hypothesis import settings
from typing import Any

import os
import zlib


WANTED = int(os.environ.get("TOKENAUTH_ATTACK", "0"))
#: Cases in a run of all tests.
SAMPLE = 14

CASES: Counter[str] = Counter()
DISTINCT: dict[str, set[int]] = {}


def count(name: str, assertion: str) -> None:
    """One more case."""
    CASES[name] += 1
    if WANTED:
        DISTINCT.setdefault(name, set()).add(hash(assertion))


def effort(name: str, sample: int = SAMPLE, times: int = 1) -> Callable[[Any], Any]:
    """As many examples as are wanted; the same ones every time.

    :param sample: how many in a run of all tests
    :param times: how many times the wanted number in a long run
    """
    profile = settings(
        max_examples=WANTED * times or sample,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    def decorate(function: Any) -> Any:
        return seed(zlib.crc32(name.encode()))(profile(function))

    return decorate
