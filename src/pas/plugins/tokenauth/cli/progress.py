"""How far a long command is: one line that overwrites itself, on a terminal only."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sized
from typing import TypeVar

import sys


Item = TypeVar("Item")


def show_progress(text: str) -> None:
    """Show a line in the place of the one before; an empty string removes it."""
    # The answer goes to standard output, perhaps into a file.
    if sys.stderr.isatty():
        # The sequence clears what is left of a longer line.
        print(f"\r{text}\x1b[K", end="", file=sys.stderr, flush=True)


def counted(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The items, while a line tells how many of them have had their turn.

    :param what: what they are, for people
    """
    total = f" of {len(items)}" if isinstance(items, Sized) else ""
    try:
        for number, item in enumerate(items):
            show_progress(f"{what}: {number}{total}")
            yield item
    finally:
        show_progress("")
