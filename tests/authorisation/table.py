"""The tables of docs/authorisation.md."""

from dataclasses import dataclass
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "authorisation.md"


@dataclass(frozen=True)
class Row:
    """One line of a table.

    :param what: the page, service, endpoint or command
    :param request: methods, and which request it is
    :param cells: the expected result by who asks
    """

    what: str
    request: str
    cells: dict[str, str]

    @property
    def methods(self) -> list[str]:
        """The methods to try, one after the other."""
        return [word for word in self.request.split(", ") if word.isupper()]

    @property
    def variant(self) -> str:
        """Which of several requests; empty for the only one."""
        words = [word for word in self.request.split(", ") if not word.isupper()]
        return " ".join(words)

    def __str__(self) -> str:
        return f"{self.what} {self.request}".replace("`", "")


def rows(section: str) -> list[Row]:
    """The lines of the last table in a section."""
    text = PAGE.read_text(encoding="utf-8")
    _, _, section_text = text.partition(f"\n## {section}\n")
    section_text = section_text.partition("\n## ")[0]
    table = section_text.strip().split("\n\n")[-1].splitlines()
    first, _, *others = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in table
    ]
    return [
        Row(what.replace("`", ""), request, dict(zip(first[2:], cells, strict=True)))
        for what, request, *cells in others
    ]


OWN_PAGES = rows("Pages for keys and tokens of one's own")
SITE_SETUP = rows("Pages in Site Setup, and scheduled jobs")
LINKS = rows("Signed links")
PARTS = rows("What leads there, and what the pages consist of")
PROBES = rows("Pages for proxies and load balancers")
SERVICES = rows("REST API")
ZMI = rows("ZMI")
ENDPOINTS = rows("OAuth endpoints")
COMMANDS = rows("Command line")
