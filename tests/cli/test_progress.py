"""The line that tells how far a long command is."""

from pas.plugins.tokenauth.cli import progress
from pas.plugins.tokenauth.cli.progress import counted
from pas.plugins.tokenauth.cli.progress import show_progress
from types import SimpleNamespace
from typing import Any

import io
import pytest


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=terminal))
    return terminal


def test_a_line_overwrites_the_one_before(terminal: Terminal) -> None:
    assert list(counted(["a", "b"], "Keys")) == ["a", "b"]
    assert terminal.getvalue().split("\r") == [
        *("", "Keys: 0 of 2\x1b[K", "Keys: 1 of 2\x1b[K", "\x1b[K")
    ]


def test_items_of_unknown_number_are_counted(terminal: Terminal) -> None:
    assert list(counted(iter("a"), "Keys")) == ["a"]
    assert "Keys: 0\x1b" in terminal.getvalue()


def test_nothing_is_shown_where_there_is_no_terminal(capsys: Any) -> None:
    show_progress("Keys: 1")
    assert list(counted("ab", "Keys")) == ["a", "b"]
    assert capsys.readouterr() == ("", "")
