"""Measuring side by side, and printing one line a figure."""

from collections.abc import Callable
from typing import Any

import gc
import statistics
import time


REPEAT = 400


def median(function: Callable[[], Any], repeat: int = REPEAT) -> float:
    """The median time of a call, in microseconds."""
    return medians(function, repeat=repeat)[0]


def medians(
    *functions: Callable[[], Any],
    repeat: int = REPEAT,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """The median times of several calls in turn, in microseconds.

    Whatever else the machine does meanwhile meets all of them.

    :param clock: in seconds
    """
    times: list[list[float]] = [[] for _ in functions]
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeat):
            for measured, function in zip(times, functions, strict=True):
                start = clock()
                function()
                measured.append(clock() - start)
    finally:
        gc.enable()
    return [statistics.median(measured) * 1e6 for measured in times]


def heading(text: str) -> None:
    """Begin a part of the table."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def show(what: str, value: str) -> None:
    """Print one figure."""
    print(f"{what:58}{value}", flush=True)
