"""Tables for people."""

from ..core.text import is_clean
from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns that are as wide as their widest cell."""
    lines = [list(headings), *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _printable(cell: str) -> str:
    """What others have typed must not steer the terminal."""
    return "".join(char if is_clean(char) else "?" for char in cell) or "-"
