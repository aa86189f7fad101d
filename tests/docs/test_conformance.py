"""The table of conformance is true: every row is held by a test, or decided."""

from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import sys


ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance-table.md"


def _script() -> Any:
    spec = spec_from_file_location("conformance", ROOT / "scripts" / "conformance.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    # Where dataclasses look up the module they are in.
    sys.modules["conformance"] = module
    spec.loader.exec_module(module)
    return module


conformance = _script()
ROWS = conformance.requirements()
NAMED = conformance.named_rows()
REQUIRED = {"source": "RFC 6749 §5", "strength": "MUST", "asks": "Something."}


def test_every_row_is_held_or_decided() -> None:
    assert conformance.problems(ROWS, NAMED) == []


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_is_asked_where_and_how_strictly(row: str) -> None:
    requirement = ROWS[row]
    assert requirement.strength in ("MUST", "SHOULD", "MAY", "own")
    assert requirement.source
    for text in (requirement.asks, requirement.different, requirement.not_applicable):
        assert "|" not in text
        assert not text or text.endswith((".", ")"))
    assert requirement.asks


def test_the_rows_of_a_section_are_numbered() -> None:
    for prefix in conformance.SECTIONS:
        rows = [row for row in ROWS if row.startswith(prefix)]
        assert rows == [f"{prefix}-{n:02}" for n in range(1, len(rows) + 1)]


@pytest.mark.parametrize(
    "row, decision, named, problem",
    [
        ("TE-01", {}, [], "neither held"),
        ("TE-01", {}, ["check_success"], "neither held"),
        ("TE-01", {"not_applicable": "No."}, ["test_it"], "more than that"),
        ("TE-01", {"not_applicable": "No.", "different": "No."}, [], "more than that"),
        ("TE-99", {}, ["test_it"], "names TE-01"),
        ("XX-01", {"different": "No."}, [], "no section"),
    ],
)
def test_a_row_that_is_not_true_is_found(
    row: str, decision: dict[str, str], named: list[str], problem: str
) -> None:
    rows = {row: conformance.Requirement(**REQUIRED, **decision)}
    names = {"TE-01": [conformance.Named("tests/x.py", name) for name in named]}
    assert any(problem in text for text in conformance.problems(rows, names))


def test_the_table_shows_every_row_and_its_tests() -> None:
    table = conformance.table(ROWS, NAMED)
    assert all(f"| {row} |" in table for row in ROWS)
    assert (
        "`test_a_repeated_parameter_is_refused` in tests/authorization_server/" in table
    )


def test_the_page_has_a_place_for_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8").count(conformance.PLACE) == 1
