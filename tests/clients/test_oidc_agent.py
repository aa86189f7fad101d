"""oidc-agent, which gets tokens for the command line by the device grant."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pathlib import Path
from tests.applications.registering import register as register
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import browser as browser
from tests.device.conftest import Person
from tests.openid.conftest import provider as provider
from tests.openid.conftest import small_keys as small_keys
from threading import Timer
from typing import Any

import json
import os
import pytest
import re
import shutil
import signal
import subprocess


pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        shutil.which("oidc-agent") is None,
        reason="oidc-agent (Debian: oidc-agent-cli) is not installed",
    ),
]
_TIMEOUT = 60
SCOPES = ("openid", "offline_access", "plone.read")


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


def generate(
    site: Any, register: Any, browser: Any, agent: dict[str, str], *arguments: str
) -> str:
    """What oidc-gen says while alice lets an application of hers act."""
    site.sync()
    site.plugin.device_grant_enabled = True
    site.commit()
    application = register(
        authentication="none",
        uses_device_codes=True,
        scopes=SCOPES,
    )
    process = subprocess.Popen(
        [
            "oidc-gen",
            "--flow=device",
            "--prompt=none",
            "--no-url-call",
            f"--iss={site.url}",
            f"--client-id={application.credential.client_id}",
            "--client-secret=",
            "--scope=plone.read",
            *arguments,
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
            Person(browser).allow(code[1], scope=SCOPES)
    assert process.wait(_TIMEOUT) == 0, said
    return said


def test_oidc_agent_gets_a_token_on_a_device(
    provider: Any, register: Any, browser: Any, agent: dict[str, str]
) -> None:
    """Conformance: DG-17, DG-01, CR-04: a public client, with Basic and no secret."""
    said = generate(provider, register, browser, agent, "--only-at")
    (token,) = filter(is_well_formed, said.split())
    assert provider.api("GET", "/@users/alice", token).status_code == 200


def test_oidc_agent_stays_signed_in(
    provider: Any,
    register: Any,
    browser: Any,
    agent: dict[str, str],
    end_token: Callable[[str], None],
) -> None:
    """Conformance: DG-17, CR-18, CR-26: it keeps the refresh token that it gets each
    time. With each it asks for openid and offline_access, which it must have been
    granted."""
    generate(provider, register, browser, agent, "--pw-cmd=echo password", "plone")
    tokens: list[str] = []
    for _ in range(3):
        said = subprocess.run(
            ["oidc-token", "--force-new", "plone"],
            env=agent,
            capture_output=True,
            timeout=_TIMEOUT,
            text=True,
        )
        assert said.returncode == 0, said.stderr
        tokens.append(said.stdout.strip())
        opened = provider.api("GET", "/@users/alice", tokens[-1])
        assert opened.status_code == 200
        end_token(tokens[-1])
    assert len(set(tokens)) == 3
