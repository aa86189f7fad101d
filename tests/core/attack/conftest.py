"""Tells after a long run how many cases there were."""

from tests.core.attack.effort import CASES
from tests.core.attack.effort import DISTINCT
from tests.core.attack.effort import WANTED
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not WANTED:
        return
    terminalreporter.section("cases of the attack, and how many were different")
    for name, cases in sorted(CASES.items()):
        terminalreporter.write_line(f"{cases:8} {len(DISTINCT[name]):8}  {name}")
    different = sum(map(len, DISTINCT.values()))
    terminalreporter.write_line(f"{CASES.total():8} {different:8}  in all")
