#!/usr/bin/env python3
"""Which requirement of the specifications is held by which test, as a table.

``docs/conformance.ini`` says what is required. A test that proves it names its row,
for instance TE-11, in its docstring; what nothing proves is decided in the file. The
page of the documentation and the output of this script are made of both.
"""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import ast
import re


ROOT = Path(__file__).parents[1]
#: In a page, the place of the table.
PLACE = "<!-- table of conformance -->"

SECTIONS = {
    "TE": "Token endpoint",
    "CA": "Client authentication",
    "JB": "JWT bearer grants and client assertions",
    "JW": "Claims of a JWT",
    "JS": "Signatures of a JWT",
    "JK": "Keys",
    "RS": "Requests with a token",
    "AS": "Metadata of the authorization server",
    "PR": "Metadata of the protected resource",
    "CC": "Client credentials",
    "RV": "Revocation",
    "IN": "Introspection",
    "RI": "Resource indicators",
    "SL": "Signed links",
    "AE": "Authorization endpoint",
    "PK": "PKCE",
    "CR": "Codes and refresh tokens",
    "RT": "Refresh tokens",
    "CO": "Consent",
    "DG": "Devices",
    "TX": "Token exchange",
    "DR": "Applications that register themselves",
    "PL": "Plone",
    "ZP": "Zope",
    "SB": "Best current practice for OAuth",
    "CP": "CAS protocol",
    "OC": "OpenID Connect",
    "OD": "Discovery and signing keys",
    "UI": "UserInfo",
    "LO": "Logout",
    "SK": "Partners (ska)",
    "SS": "django-simple-sso",
    "LG": "Older OAuth 2.0 clients",
    "CS": "Modules of conformance suites",
}
SHOWN_TESTS = 3

_ROW = re.compile(r"\b[A-Z]{2}-\d\d\b")
_TEST_NAME = re.compile(r"test_|Test")


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A row of the file.

    :param source: where it is written
    :param strength: MUST, SHOULD or MAY; "own" for a rule of this package
    :param asks: what is required
    :param different: why it is done in another way here
    :param not_applicable: why there is nothing here that it could be about
    """

    source: str
    strength: str
    asks: str
    different: str = ""
    not_applicable: str = ""


@dataclass(frozen=True, order=True)
class Named:
    """A function or class whose docstring names a row."""

    file: str
    name: str

    @property
    def is_test(self) -> bool:
        return _TEST_NAME.match(self.name) is not None


def requirements() -> dict[str, Requirement]:
    """Every row, in the order of the file.

    :raises TypeError: when one lacks a value or has an unknown one
    """
    parser = ConfigParser(interpolation=None)
    parser.read_string((ROOT / "docs/conformance.ini").read_text(encoding="utf-8"))
    return {
        row: Requirement(
            **{name: " ".join(text.split()) for name, text in parser[row].items()}
        )
        for row in parser.sections()
    }


def named_rows() -> dict[str, list[Named]]:
    """Where docstrings of the tests name which row; helpers of the tests included."""
    named: dict[str, list[Named]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        for name, docstring in _docstrings(path):
            for row in dict.fromkeys(_ROW.findall(docstring)):
                named[row].append(Named(file, name))
    return named


def _docstrings(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, ast.get_docstring(node) or ""


def problems(
    rows: Mapping[str, Requirement], named: Mapping[str, list[Named]]
) -> list[str]:
    """Why the table would not be true; none if it is."""
    found = [f"{row} is in no section" for row in rows if row[:2] not in SECTIONS]
    for row in sorted(named.keys() - rows.keys()):
        found += [f"{each.file}: {each.name} names {row}" for each in named[row]]
    for row, requirement in rows.items():
        held = any(each.is_test for each in named.get(row, ()))
        if requirement.not_applicable and (held or requirement.different):
            found.append(f"{row} is not applicable and more than that")
        if not (held or requirement.different or requirement.not_applicable):
            found.append(f"{row} is neither held by a test nor decided")
    return found


def table(rows: Mapping[str, Requirement], named: Mapping[str, list[Named]]) -> str:
    """The rows as Markdown, section by section."""
    parts = [_summary(rows)]
    for prefix, title in SECTIONS.items():
        parts += [
            f"## {title}",
            "\n".join(
                [
                    "| row | required | here |",
                    "|---|---|---|",
                    *(
                        _line(row, requirement, named.get(row, []))
                        for row, requirement in rows.items()
                        if row.startswith(f"{prefix}-")
                    ),
                ]
            ),
        ]
    return "\n\n".join(parts) + "\n"


def _summary(rows: Mapping[str, Requirement]) -> str:
    different = sum(bool(row.different) for row in rows.values())
    nothing = sum(bool(row.not_applicable) for row in rows.values())
    held = len(rows) - different - nothing
    return (
        f"{len(rows)} requirements: {held} are held as written, {different} are decided"
        f" differently, {nothing} do not apply."
    )


def _line(row: str, requirement: Requirement, named: list[Named]) -> str:
    required = f"{requirement.asks} ({requirement.source}, {requirement.strength})"
    here = []
    if requirement.different:
        here.append(f"**Different:** {requirement.different}")
    if requirement.not_applicable:
        here.append(f"**Does not apply:** {requirement.not_applicable}")
    tests = sorted(each for each in named if each.is_test)
    here += [f"`{test.name}` in {test.file}" for test in tests[:SHOWN_TESTS]]
    if len(tests) > SHOWN_TESTS:
        here.append(f"and {len(tests) - SHOWN_TESTS} more")
    return f"| {row} | {required} | {'<br>'.join(here)} |"


if __name__ == "__main__":
    print(table(requirements(), named_rows()))
