"""What cannot be undone is asked before, at a terminal."""

from pas.plugins.tokenauth.cli import questions
from tests.cli.test_keys import live
from types import SimpleNamespace
from typing import Any

import io
import pytest


class TestAsking:
    @pytest.fixture
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A terminal at which somebody answers."""

        class Stream(io.StringIO):
            def isatty(self) -> bool:
                return True

        def terminal(answer: str) -> Stream:
            stderr = Stream()
            streams = SimpleNamespace(stdin=Stream(answer), stderr=stderr)
            monkeypatch.setattr(questions, "sys", streams)
            return stderr

        return terminal

    @pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "yesterday\n"])
    def test_anything_but_yes_revokes_nothing(
        self, site: Any, tokenauth: Any, terminal: Any, answer: str
    ) -> None:
        site.issue()
        stderr = terminal(answer)
        result = tokenauth("revoke", "--all")
        assert result.code == 1
        assert "Nothing is changed." in result.err
        assert stderr.getvalue().startswith("Revoke 1 of all credentials")
        assert len(live(site)) == 1

    @pytest.mark.parametrize("answer", ["y\n", " YES \n"])
    def test_yes_revokes_them(
        self, site: Any, tokenauth: Any, terminal: Any, answer: str
    ) -> None:
        site.issue()
        terminal(answer)
        assert tokenauth("revoke", "--issued-before", "2199-01-01").code == 0
        assert live(site) == []

    @pytest.mark.parametrize("named", [True, False])
    def test_who_says_yes_before_is_not_asked(
        self, site: Any, tokenauth: Any, terminal: Any, named: bool
    ) -> None:
        client_id = site.issue()["client_id"]
        stderr = terminal("")
        which = client_id if named else "--all"
        assert tokenauth("revoke", which, "--yes").code == 0
        assert stderr.getvalue() == ""
        assert live(site) == []

    def test_a_named_one_is_asked_about(
        self, site: Any, tokenauth: Any, terminal: Any
    ) -> None:
        client_id = site.issue()["client_id"]
        stderr = terminal("n\n")
        assert tokenauth("revoke", client_id).code == 1
        assert stderr.getvalue().startswith(f"Revoke {client_id} for good?")
        assert len(live(site)) == 1

    def test_the_end_of_a_secret_is_asked_about(
        self, site: Any, tokenauth: Any, terminal: Any
    ) -> None:
        keyfile = site.issue()
        stderr = terminal("n\n")
        result = tokenauth("end-secret", keyfile["client_id"], keyfile["key_id"])
        assert result.code == 1 and "Nothing is changed." in result.err
        assert keyfile["key_id"] in stderr.getvalue()
