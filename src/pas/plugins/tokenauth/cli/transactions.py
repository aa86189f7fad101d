"""Conflicting transactions are repeated, as those of requests are."""

from .failures import CommandFailed
from collections.abc import Callable
from transaction.interfaces import TransientError
from typing import TypeVar

import transaction


TRIES = 5
Result = TypeVar("Result")


def committed(change: Callable[[], Result]) -> Result:
    """Change something in a transaction of its own.

    :raises CommandFailed: when it conflicts at every attempt
    """
    try:
        for attempt in transaction.manager.attempts(TRIES):
            with attempt:
                result = change()
    except TransientError:
        raise CommandFailed(
            "Others change the same data at this moment. Nothing was done: repeat it."
        ) from None
    return result
