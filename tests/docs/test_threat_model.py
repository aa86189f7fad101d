"""The page about threats names tests that exist, and says how to report."""

from pathlib import Path

import ast
import pytest
import re


ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
ROW = re.compile(r"^\| .* \|$")


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_on_the_page_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert name in [function.name for function in functions]


def test_every_defence_names_its_test() -> None:
    (attackers,) = re.findall(r"(?s)\n## Who attacks(.*?)\n## What does not", PAGE)
    rows = [line for line in attackers.splitlines() if ROW.match(line)]
    rows = [row for row in rows if not row.endswith("| test |")]
    assert len(rows) > 30
    assert [row for row in rows if "::" not in row] == []


def test_faults_are_reported_where_the_project_lives() -> None:
    text = (ROOT / "SECURITY.rst").read_text(encoding="utf-8")
    (home,) = re.findall(
        r'^Homepage = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert f"{home}/security/advisories" in text
    assert "SECURITY.rst" in PAGE
