"""The walk of docs/incident.md, command by command, with its own example."""

from collections.abc import Iterator
from pas.plugins.tokenauth.web.accesslog import filter_factory
from paste.translogger import TransLogger
from pathlib import Path
from tests.docs.walks import commands
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults
from ZODB.Connection import TransactionMetaData
from ZODB.FileStorage import FileStorage
from ZPublisher.WSGIPublisher import publish_module

import logging
import pytest
import re
import shlex
import shutil
import subprocess
import sys


pytest_plugins = ["tests.cli.commandline"]

PAGE = Path(__file__).parents[2] / "docs" / "incident.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = commands(TEXT)
#: What stands in the page for what is new each time.
SHOWN_ID = "svc-0Itlp6eFACpV6wqvyivnBk"
SHOWN_URL = "http://localhost:8080/Plone"
#: Times, and the size of an answer.
CHANGING = re.compile(r"[\d-]+T[\d:]+\+00:00|\[\S+ [+-]\d{4}\]|(?<= 200 )\d+")


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """The folder of the logs; audit and access log are written as the docs say."""
    folder = tmp_path / "var" / "log"
    folder.mkdir(parents=True)
    made = []
    for name, file in (
        ("pas.plugins.tokenauth.audit", "tokenauth-audit.log"),
        ("wsgi", "instance-access.log"),
    ):
        handler = logging.FileHandler(folder / file)
        logger = logging.getLogger(name)
        made.append((logger, handler, logger.level))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield folder
    for logger, handler, level in made:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()


@pytest.fixture
def happened(
    site: Any, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A program makes a page, and changes it from another address; its keyfile."""
    monkeypatch.setattr("ZPublisher.HTTPRequest.trusted_proxies", ("127.0.0.1",))
    site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
    site.add_user("demo", "Manager")
    keyfile: dict[str, Any] = site.issue("demo", title="Shop")
    token = site.token(keyfile)

    def act(method: str, path: str, address: str, **body: str) -> None:
        headers = {"X-Forwarded-For": address}
        answer = site.api(method, path, token, json=body, headers=headers)
        assert answer.ok, answer.text

    page = {"@type": "Document", "id": "page", "title": "Prices"}
    act("POST", "", "192.0.2.7", **page)
    change = {"title": "New prices", "changeNote": "Price update"}
    act("PATCH", "/page", "198.51.100.9", **change)
    _read(site, "/page", token)
    site.sync()
    _dump(site.app._p_jar.db().storage, tmp_path / "Data.fs")
    return keyfile


def _dump(storage: Any, file: Path) -> None:
    """What the database of a test holds, as a file of a FileStorage."""
    copy = FileStorage(str(file))
    for record in getattr(storage, "_storage", storage).iterator():
        about = TransactionMetaData(record.user, record.description, record.extension)
        copy.tpc_begin(about, record.tid)
        for each in record:
            copy.restore(each.oid, each.tid, each.data, "", None, about)
        copy.tpc_vote(about)
        copy.tpc_finish(about)
    copy.close()


def _read(site: Any, path: str, token: str) -> None:
    """A request through the pipeline that the page about logs shows."""
    environ: dict[str, Any] = {
        "PATH_INFO": urlsplit(site.url).path + path,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_ACCEPT": "application/json",
        "HTTP_X_FORWARDED_FOR": "198.51.100.9",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    publisher = filter_factory({}, in_user="true")(publish_module)
    b"".join(
        TransLogger(publisher, setup_console_handler=False)(
            environ, lambda *answer: None
        )
    )


@pytest.fixture
def run(site: Any, tokenauth: Any, tmp_path: Path, happened: dict[str, Any]) -> Any:
    """Runs a command of the page; its output, with what the page has for new values."""
    if not all(map(shutil.which, ("bash", "curl", "jq"))):
        pytest.skip("bash, curl or jq is missing")

    def run(command: str) -> str:
        command = command.replace(SHOWN_ID, happened["client_id"])
        command = command.replace(SHOWN_URL, site.url)
        command = command.replace("-u demo", f"-u demo:{PASSWORD}")
        if command.startswith("tokenauth "):
            # The database is in this process.
            call, pipe, rest = command.partition(" | ")
            result = tokenauth(*shlex.split(call)[1:])
            assert result.code == 0, result.err
            (tmp_path / "printed").write_text(result.out)
            command = f"cat printed{pipe}{rest}"
        done = subprocess.run(
            ["bash", "-ec", f"PATH={Path(sys.executable).parent}:$PATH\n{command}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        out = done.stdout.replace(happened["client_id"], SHOWN_ID)
        out = out.replace(site.url, SHOWN_URL)
        return out.replace(site.portal.absolute_url_path(), "/Plone")

    return run


def test_each_command_finds_what_the_page_shows(site: Any, run: Any) -> None:
    """A walk of two minutes from a changed page to the end of its credential."""
    assert len(COMMANDS) == 6
    for command, shown in COMMANDS:
        assert CHANGING.sub("…", run(command)) == CHANGING.sub("…", shown), command


def test_history_and_logs_stay_when_the_credential_has_ended(
    site: Any, run: Any, happened: dict[str, Any]
) -> None:
    *before, (revoke, _shown) = COMMANDS
    found = [run(command) for command, _shown in before if "tokenauth" not in command]
    run(revoke)
    assert site.service_key(happened).revoked_at is not None
    again = [run(command) for command, _shown in before if "tokenauth" not in command]
    assert again == found
