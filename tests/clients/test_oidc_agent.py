"""oidc-agent, which gets tokens for the command line by the device grant."""

from collections.abc import Iterator
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pathlib import Path
from tests.applications.registering import register as register
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import browser as browser
from tests.device.conftest import Person
from threading import Timer
from typing import Any

import json
import os
import pytest
import re
import shutil
import signal
import subprocess


pytestmark = pytest.mark.skipif(
    shutil.which("oidc-agent") is None,
    reason="oidc-agent (Debian: oidc-agent-cli) is not installed",
)
_TIMEOUT = 60


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of programs that use a running agent."""
    environment = {**os.environ, "OIDC_CONFIG_DIR": str(tmp_path)}
    started = subprocess.run(
        ["oidc-agent", "--json"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT,
        check=True,
    )
    said = json.loads(started.stdout)
    yield {**environment, "OIDC_SOCK": said["socket"]}
    os.kill(int(said["dpid"]), signal.SIGTERM)


def test_oidc_agent_gets_a_token_on_a_device(
    site: Any, register: Any, browser: Any, agent: dict[str, str]
) -> None:
    """Conformance: DG-17, DG-01, CR-04: a public client, with Basic and no secret."""
    site.sync()
    site.plugin.device_grant_enabled = True
    site.commit()
    application = register(
        authentication="none", uses_device_codes=True, scopes=("plone.read",)
    )
    process = subprocess.Popen(
        [
            "oidc-gen",
            "--only-at",
            "--flow=device",
            "--prompt=none",
            "--no-url-call",
            f"--iss={site.url}",
            f"--client-id={application.credential.client_id}",
            "--client-secret=",
            "--scope=plone.read",
        ],
        env=agent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    Timer(_TIMEOUT, process.kill).start()
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line.decode(errors="replace")
        code = re.search(r"enter the code: (\S+)", said)
        if code and "\n" not in said[code.end() + 1 :]:
            Person(browser).allow(code[1], scope="plone.read")
    assert process.wait(_TIMEOUT) == 0, said
    (token,) = filter(is_well_formed, said.split())
    assert site.api("GET", "/@users/alice", token).status_code == 200
