"""A grant is good for one time at two Zopes on one database, over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextlib import ExitStack
from pathlib import Path
from tests.surface.realsite import issued_keyfile
from tests.surface.realsite import scripts
from tests.surface.realsite import set_up_users
from tests.surface.realsite import signed_grant
from typing import Any

import os
import pytest
import requests
import shutil
import subprocess
import sys
import textwrap


pytestmark = pytest.mark.skipif(
    not os.environ.get("TOKENAUTH_ATTACK"), reason="set TOKENAUTH_ATTACK to a number"
)

GRANTS = 100
ZEO = """\
    <zeo>
      address 127.0.0.1:{port}
    </zeo>
    <blobstorage 1>
      blob-dir {home}/blobstorage
      <filestorage>
        path {home}/Data.fs
      </filestorage>
    </blobstorage>
    """
CLIENT = """\
    <zeoclient>
      server 127.0.0.1:{port}
      storage 1
      blob-dir {home}/blobcache
    </zeoclient>
    """


@contextmanager
def zeo(home: Path) -> Iterator[int]:
    """Serve the database of an instance."""
    port: int = scripts().free_port()
    conf = home / "etc" / "zeo.conf"
    conf.write_text(textwrap.dedent(ZEO).format(home=home, port=port))
    command = [sys.executable, "-m", "ZEO.runzeo", "-C", str(conf)]
    with (home / "zeo.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def front_end(number: int, zeo_port: int) -> Iterator[Any]:
    """A Zope that uses it."""
    instance = scripts().Instance(f"two-servers-{number}", scripts().free_port())
    shutil.rmtree(instance.home, ignore_errors=True)
    instance._write_configuration()
    (instance.home / "inituser").unlink()
    conf = instance.home / "etc" / "zope.conf"
    text = conf.read_text()
    start, end = text.index("  <blobstorage>"), text.index("</zodb_db>")
    section = textwrap.dedent(CLIENT).format(home=instance.home, port=zeo_port)
    conf.write_text(text[:start] + section + text[end:])
    instance.start()
    try:
        yield instance
    finally:
        instance.stop()


@pytest.fixture
def front_ends() -> Iterator[list[Any]]:
    database = scripts().Instance("two-servers", scripts().free_port())
    database.prepare(fresh=True)
    with ExitStack() as stack:
        port = stack.enter_context(zeo(database.home))
        yield [stack.enter_context(front_end(number, port)) for number in (1, 2)]


def test_each_grant_gives_one_token(front_ends: list[Any]) -> None:
    """JB-14; threat: two ZEO clients. The same grant at the same time at both."""
    set_up_users(front_ends[0])
    keyfile = issued_keyfile(front_ends[0])
    statuses = []
    with ThreadPoolExecutor(len(front_ends)) as executor:
        for _ in range(GRANTS):
            grant = signed_grant(keyfile)
            answers = executor.map(_exchange, front_ends, [grant] * len(front_ends))
            statuses.append(sorted(answers))
    assert statuses == [[200, 400]] * GRANTS


def _exchange(instance: Any, grant: str) -> int:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": grant,
    }
    url = f"{instance.url}/@@oauth2-token"
    return requests.post(url, data=form, timeout=60).status_code
