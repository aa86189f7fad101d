"""The command line in this process, at the site of the tests."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pas.plugins.tokenauth.cli import opening
from pas.plugins.tokenauth.cli.main import main
from typing import Any

import json
import pytest


@dataclass(frozen=True)
class Result:
    """What one call has left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Tokenauth = Callable[..., Result]


@pytest.fixture
def tokenauth(
    site: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Tokenauth:
    """Calls the command line with arguments."""

    @contextmanager
    def opened_site(conf: str, path: str, logging_conf: str | None) -> Iterator[Any]:
        assert (conf, path) == ("zope.conf", "/plone")
        print("Zope is starting.")
        site.sync()
        yield site.portal

    monkeypatch.setattr(opening, "opened_site", opened_site)
    # Of the terminal that the tests run in.
    monkeypatch.setenv("COLUMNS", "100")

    def tokenauth(*arguments: object) -> Result:
        capsys.readouterr()
        common = ["--conf", "zope.conf", "--site", "/plone"]
        code = main([*common, *map(str, arguments)])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return tokenauth
