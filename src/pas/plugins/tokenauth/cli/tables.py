"""What people get to read: tables and lists that fit a terminal."""

from ..core.text import is_clean
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

import shutil
import textwrap


#: In characters, where the output is no terminal.
WIDTH = 100
_NARROWEST = 80
#: What an empty value means to people, by member.
_NOTHING = {"expires": "never", "last_used": "never", "ip_ranges": "anywhere"}
#: Members with times of which a table shows the day.
_DAYS = frozenset({"expires", "last_used", "issued"})


def terminal_width() -> int:
    """Characters in a line."""
    return max(_NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns)


def as_table(documents: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """Members of documents as a table for people."""
    headings = [name.replace("_", " ").upper() for name in columns]
    rows = [[_cell(name, document[name]) for name in columns] for document in documents]
    # What is there to be copied, and half a day says nothing.
    whole = {
        number
        for number, name in enumerate(columns)
        if name.endswith("id") or name == "address" or name in _DAYS
    }
    return table(headings, rows, {0, *whole})


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    whole: Iterable[int] = (),
) -> str:
    """Rows in columns that are as wide as their widest cell, if a line has the room.

    :param whole: numbers of the columns whose cells are never cut
    """
    lines = [list(headings), *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    _narrow(widths, [len(heading) for heading in headings], set(whole))
    return "\n".join(
        "  ".join(
            _cut(cell, width).ljust(width)
            for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def as_list(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values, each pair on a line, or on several where it is longer."""
    lines = [(name, _printable(value)) for name, value in pairs]
    indent = max(len(name) for name, _value in lines) + 2
    return "\n".join(
        textwrap.fill(
            name.ljust(indent) + value,
            terminal_width(),
            subsequent_indent=" " * indent,
            # What is copied must not have a gap in it.
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, value in lines
    )


def shown(name: str, value: Any) -> str:
    """A member of a document for people."""
    if value in (None, "", []):
        return _NOTHING.get(name, "-")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(shown("", each) for each in value)
    if isinstance(value, dict):
        texts = {key: shown(key, each) for key, each in value.items()}
        # A key in PEM is for programs.
        lines = (item for item in texts.items() if "\n" not in item[1])
        return " ".join(f"{key} {text}" for key, text in lines)
    return str(value)


def _cell(name: str, value: Any) -> str:
    if value and name in _DAYS:
        return str(value)[: len("2026-11-22")]
    if name == "time":
        return str(value).replace("+00:00", "Z")
    return shown(name, value)


def _narrow(widths: list[int], least: Sequence[int], whole: set[int]) -> None:
    """Take from the widest columns until a line has the room, but for some."""
    room = terminal_width() - 2 * (len(widths) - 1)
    while sum(widths) > room:
        spare = [
            (width, number)
            for number, width in enumerate(widths)
            if number not in whole and width > least[number]
        ]
        if not spare:
            return
        widths[max(spare)[1]] -= 1


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"


def _printable(cell: str) -> str:
    """What others have typed must not steer the terminal."""
    return "".join(char if is_clean(char) else "?" for char in cell) or "-"
