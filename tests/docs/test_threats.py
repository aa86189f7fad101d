"""The table of threats is true: every test in it is there."""

from configparser import ConfigParser
from pathlib import Path

import ast
import pytest


ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "threats-tested.ini"


def rows() -> dict[str, dict[str, str]]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(TABLE.read_text(encoding="utf-8"))
    return {name: dict(parser[name]) for name in parser.sections()}


ROWS = rows()
TESTS = sorted({line for row in ROWS.values() for line in row.get("tests", "").split()})


def names_in(file: str) -> set[str]:
    """The functions and methods of a test module."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_is_named_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert name.startswith("test_")
    assert name in names_in(file)


@pytest.mark.parametrize("row", ROWS)
def test_a_threat_is_tested_or_does_not_apply(row: str) -> None:
    told = ROWS[row]
    assert set(told) in (
        {"found", "fault", "tests"},
        {"found", "fault", "not_applicable"},
    )
    assert all(told.values())
    assert told["fault"].endswith(".")
