"""The command line in processes of its own, beside a Zope that serves the site."""

from collections.abc import Iterator
from databases import zeo_server
from instance import Instance
from pathlib import Path

import json
import pytest
import requests
import shutil
import subprocess
import sys
import textwrap


pytestmark = [pytest.mark.functional, pytest.mark.long]

TOKENAUTH = (
    "import sys; from pas.plugins.tokenauth.cli.main import main; sys.exit(main())"
)
TIMEOUT = 60

LOGGING = """\
    [loggers]
    keys = root, audit
    [handlers]
    keys = console, audit
    [formatters]
    keys = message
    [logger_root]
    handlers = console
    [logger_audit]
    level = INFO
    handlers = audit
    qualname = pas.plugins.tokenauth.audit
    [handler_console]
    class = StreamHandler
    args = (sys.stdout,)
    formatter = message
    [handler_audit]
    class = FileHandler
    args = ({file!r}, "a")
    formatter = message
    [formatter_message]
    format = %(message)s
    """


def tokenauth(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TOKENAUTH, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


@pytest.fixture(scope="module")
def instance() -> Instance:
    """A site in a database file that no server has opened."""
    instance = Instance("cli-test")
    instance.prepare(fresh=True)
    return instance


@pytest.fixture(scope="module")
def file_conf(instance: Instance) -> Path:
    """Opens the database file itself."""
    return shutil.copy(instance.conf, instance.conf.with_name("file.conf"))


@pytest.fixture(scope="module")
def zeo_conf(instance: Instance, file_conf: Path) -> Iterator[Path]:
    """Asks a ZEO server, which has the database file."""
    with zeo_server(instance.home) as instance.database:
        instance.configure()
        yield instance.conf


@pytest.fixture(scope="module")
def running(instance: Instance, zeo_conf: Path) -> Iterator[Instance]:
    """The site, served by a Zope that asks the ZEO server."""
    with instance:
        yield instance


def get(url: str, token: str) -> requests.Response:
    """A request with a token."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    return requests.get(url, headers=headers, timeout=TIMEOUT)


def test_a_key_works_while_zeo_serves_the_site(
    running: Instance, zeo_conf: Path, tmp_path: Path
) -> None:
    """From the issue of a key to the end of its token, with two processes at work."""
    keyfile, audit = tmp_path / "keyfile.json", tmp_path / "audit.log"
    logging = tmp_path / "logging.ini"
    logging.write_text(textwrap.dedent(LOGGING).format(file=str(audit)))
    common = ("--conf", zeo_conf, "--site", "/Plone", "--json")
    url = f"{running.url}/@users/demo"

    issued = tokenauth(
        *(*common, "--logging", logging, "issue", "--user", "demo"),
        *("--title", "A key", "--algorithm", "EdDSA", "--output", keyfile),
    )
    assert issued.returncode == 0, issued.stderr
    client_id = json.loads(issued.stdout)["client_id"]
    assert json.loads(audit.read_text())["event"] == "Issued"

    token = tokenauth("token", keyfile).stdout.strip()
    assert get(url, token).json()["id"] == "demo"

    revoked = tokenauth(*common, "revoke", client_id)
    assert json.loads(revoked.stdout) == {"revoked": 1}
    assert get(url, token).status_code == 401


def test_a_personal_access_token_works_while_zeo_serves_the_site(
    running: Instance, zeo_conf: Path, tmp_path: Path
) -> None:
    """From the issue of a token to its end, with two processes at work."""
    output = tmp_path / "token.txt"
    common = ("--conf", zeo_conf, "--site", "/Plone", "--json")
    url = f"{running.url}/@users/demo"

    issued = tokenauth(
        *(*common, "pat", "issue", "--user", "demo", "--title", "A token"),
        *("--expires", "90d", "--output", output),
    )
    assert issued.returncode == 0, issued.stderr
    token_id = json.loads(issued.stdout)["token_id"]
    token = output.read_text().strip()
    assert token not in issued.stdout + issued.stderr
    assert get(url, token).json()["id"] == "demo"

    (listed,) = json.loads(tokenauth(*common, "pat", "list").stdout)
    assert (listed["token_id"], listed["scopes"]) == (token_id, ["plone.read"])
    revoked = tokenauth(*common, "pat", "revoke", token_id)
    assert json.loads(revoked.stdout) == {"revoked": 1}
    assert get(url, token).status_code == 401


def test_a_locked_database_is_exit_code_5(zeo_conf: Path, file_conf: Path) -> None:
    result = tokenauth("--conf", file_conf, "--site", "/Plone", "list")
    assert (result.returncode, result.stdout) == (5, "")
    assert "Data.fs.lock" in result.stderr
    assert "Stop it, or serve the database by ZEO or RelStorage" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_conf_that_is_not_there_is_exit_code_3(tmp_path: Path) -> None:
    conf = tmp_path / "zope.conf"
    result = tokenauth("--conf", conf, "--site", "/Plone", "list")
    assert (result.returncode, result.stdout) == (3, "")
    assert f"There is no file {conf}." in result.stderr


def test_a_conf_that_is_none_is_told(tmp_path: Path) -> None:
    conf = tmp_path / "zope.conf"
    conf.write_text("no-such-setting on\n")
    result = tokenauth("--conf", conf, "--site", "/Plone", "list")
    assert (result.returncode, result.stdout) == (1, "")
    assert "Zope cannot be configured: 'no-such-setting'" in result.stderr
