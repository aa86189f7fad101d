"""Faults found in packages like this one, as a table for the documentation.

``docs/threats-tested.ini`` lists them with the tests that look for them here.
"""

from configparser import ConfigParser
from pathlib import Path


ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "threats-tested.ini"
#: In a page, the place of the table.
PLACE = "<!-- table of threats -->"

_HEADING = """## Faults that others had

| found in | fault | test here |
|---|---|---|
"""


def table() -> str:
    """The table with its heading; empty where there is no list."""
    parser = ConfigParser(interpolation=None)
    if not parser.read(FILE, encoding="utf-8"):
        return ""
    return _HEADING + "".join(_row(dict(parser[name])) for name in parser.sections())


def _row(fault: dict[str, str]) -> str:
    found, what = (" ".join(fault[name].split()) for name in ("found", "fault"))
    tests = [f"`{test}`" for test in fault.get("tests", "").split()]
    held_by = ", ".join(tests) or " ".join(fault.get("not_applicable", "").split())
    return f"| {found} | {what} | {held_by} |\n"
