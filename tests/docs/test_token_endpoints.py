"""What the page about the token endpoints shows is what they do."""

from pathlib import Path
from typing import Any

import json
import pytest
import re
import shutil
import subprocess


PAGE = Path(__file__).parents[2] / "docs" / "token-endpoints.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def example(word: str) -> tuple[str, str]:
    """Command and output of the first example that has a word in it."""
    text = next(text for text in blocks("console") if word in text)
    lines = text.removeprefix("$ ").splitlines()
    end = next(number for number, line in enumerate(lines) if line[-1:] != "\\") + 1
    return "\n".join(lines[:end]), "\n".join(lines[end:])


def members(answer: str) -> set[str]:
    """Names in the last line of an answer."""
    return set(json.loads(answer.splitlines()[-1]))


@pytest.fixture
def shell(site: Any, tmp_path: Path) -> Any:
    """Runs a command after those of the page, beside a keyfile; returns its output."""
    if not (shutil.which("bash") and shutil.which("openssl") and shutil.which("curl")):
        pytest.skip("bash, openssl or curl is missing")
    keyfile = site.issue(algorithm="RS256")
    (tmp_path / "keyfile.json").write_text(json.dumps(keyfile))
    (definitions,) = blocks("bash")
    definitions = definitions.replace("http://localhost:8080/Plone", site.url)

    def shell(command: str, **variables: str) -> str:
        values = [f"{name}={value}" for name, value in variables.items()]
        script = "\n".join(["set -e", definitions, *values, command])
        return subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, check=True
        ).stdout.decode()

    return shell


def test_the_commands_do_what_is_shown(site: Any, shell: Any) -> None:
    command, shown = example("client_credentials")
    answer = shell(command)
    assert members(answer) == members(shown)
    assert json.loads(answer)["scope"] == "plone.read"
    token = json.loads(answer)["access_token"]

    command, shown = example("introspect")
    assert members(shell(command, TOKEN=token)) == members(shown)

    command, shown = example("revoke")
    answer = shell(command, TOKEN=token)
    assert answer.startswith("HTTP/1.1 200 OK")
    assert members(answer) == members(shown) == set()
    assert site.get("", token).status_code == 401


def test_a_service_with_a_token_learns_the_same(site: Any, shell: Any) -> None:
    command, _ = example("MONITOR")
    monitor = site.personal_access_token("monitor", scopes=("plone.read",))
    token = site.token(site.issue(algorithm="ES256"))
    answer = shell(command, TOKEN=token, MONITOR=monitor)
    assert json.loads(answer)["active"] is True


def test_nobody_gets_the_answer_that_is_shown(shell: Any) -> None:
    command, shown = example("401")
    answer = shell(command, TOKEN="x")
    assert answer.splitlines()[-1] == shown.splitlines()[-1]
    assert 'Www-Authenticate: Bearer realm="Plone"' in answer
