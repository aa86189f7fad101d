"""The table of what a token of each scope can store, as the documentation has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import re


PAGE = Path(__file__).parents[2] / "docs" / "what-tokens-store.md"
COLUMNS = ["write", "Site Administrator", "Manager"]
METHODS = ("POST", "PATCH", "PUT", "DELETE")
#: Stands for the method in rows about pages.
PAGE_ROW = "page"


@dataclass(frozen=True)
class Row:
    """What the table says about a service or a page."""

    method: str
    name: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.name}".strip()

    @property
    def view(self) -> str:
        """The name by which it is registered."""
        return self.name.partition(" ")[0]


def _rows() -> Iterator[Row]:
    """All rows of the tables, one for each method and each page."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if len(cells) == 5 and cells[3] in ("yes", "no"):
            outcomes = [cell.partition(",")[0] for cell in cells[2:]]
            for each in re.findall("`([^`]+)`", cells[0]):
                method, _, name = each.partition(" ")
                name = name if method in METHODS else each
                method = method if method in METHODS else PAGE_ROW
                yield Row(method, name, dict(zip(COLUMNS, outcomes, strict=True)))


_ALL_ROWS = list(_rows())
ROWS = [row for row in _ALL_ROWS if row.method != PAGE_ROW]
PAGES = {row.name: row for row in _ALL_ROWS if row.method == PAGE_ROW}
