"""A site about which everything is known that it leaves anywhere."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.cli import opening
from pas.plugins.tokenauth.cli.main import main
from pathlib import Path
from plone import api
from Products.Five.browser import BrowserView
from tests.secrets.needles import Needles
from tests.secrets.places import Log
from tests.secrets.places import Places
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import logging
import pytest
import requests


class Fails(BrowserView):
    """A page that does not work, whoever looks at it."""

    def __call__(self) -> str:
        raise RuntimeError("Out of order.")


@pytest.fixture
def needles() -> Needles:
    return Needles()


@pytest.fixture
def log() -> Iterator[Log]:
    log, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    yield log
    root.setLevel(level)
    root.removeHandler(log)


@pytest.fixture
def failing_page() -> Iterator[None]:
    """``@@fails``: it leaves an entry in the error log."""
    manager = getGlobalSiteManager()
    adapted = (Interface, IBrowserRequest)
    manager.registerAdapter(Fails, adapted, Interface, "fails")
    yield
    manager.unregisterAdapter(Fails, adapted, Interface, "fails")


@pytest.fixture
def places(
    site: Any,
    log: Log,
    mail_server: Any,
    failing_page: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Places:
    """Everything that the site, its users and its programs leave from now on."""
    folder = tmp_path / "databases"
    folder.mkdir()
    places = Places(site, log, mail_server, folder)
    send = requests.Session.send

    def noting(self: Any, *args: Any, **kwargs: Any) -> requests.Response:
        response = send(self, *args, **kwargs)
        places.note(response)
        return response

    monkeypatch.setattr(requests.Session, "send", noting)
    for user_id in ("owner", "admin"):
        site.add_user(user_id, "Manager")
        user = api.user.get(userid=user_id)
        user.setMemberProperties({"email": f"{user_id}@example.org"})
    site.plugin.personal_access_tokens_as_passwords = True
    site.plugin.max_keys_per_user = 100
    site.commit()
    return places


@pytest.fixture
def tokenauth(
    site: Any,
    places: Places,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., None]:
    """Calls the command line; what it prints is noted."""

    @contextmanager
    def opened_site(conf: str, path: str, logging_conf: str | None) -> Iterator[Any]:
        site.sync()
        yield site.portal

    monkeypatch.setattr(opening, "opened_site", opened_site)

    def tokenauth(*arguments: str) -> None:
        capsys.readouterr()
        main(["--conf", "zope.conf", "--site", "/plone", *arguments])
        captured = capsys.readouterr()
        places.output += [captured.out, captured.err]

    return tokenauth
