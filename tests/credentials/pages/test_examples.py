"""The programs on the page with a fresh keyfile, run as they are shown there."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import base64
import json
import lxml.html
import os
import pytest
import shutil
import subprocess
import sys


PAGE = "@@manage-service-keys-issue"


@pytest.fixture
def download(owner: Any, tmp_path: Path) -> Any:
    """Issues a key, saves the keyfile, and gives the programs of the page by id."""

    def download(**typed: str) -> dict[str, str]:
        form = {**owner.form(PAGE), "title": "A key", "require_jti": "on", **typed}
        html = lxml.html.fromstring(owner.submit(PAGE, form).text)
        for link in html.xpath("//a[@download]"):
            content = base64.b64decode(link.get("href").partition(",")[2])
            (tmp_path / link.get("download")).write_bytes(content)
        return {pre.get("id"): pre.text_content() for pre in html.xpath("//pre")}

    return download


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs a program where the keyfile is; python3 is the one with the packages."""

    def run(*command: str) -> str:
        bin = tmp_path / "bin"
        bin.mkdir(exist_ok=True)
        if not (bin / "python3").exists():
            (bin / "python3").symlink_to(sys.executable)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_curl_and_python_reach_the_account(
    download: Any, run: Any, algorithm: str
) -> None:
    needs_curl()
    programs = download(algorithm=algorithm)
    answer = json.loads(run("sh", "-c", programs["example-curl"]))
    assert answer["id"] == "owner"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_two_commands_with_the_client_reach_the_account(
    download: Any, run: Any, tmp_path: Path, algorithm: str
) -> None:
    """The page began with 25 lines of shell."""
    needs_curl()
    install, request = download(algorithm=algorithm)["example-client"].split("\n", 1)
    assert install.removeprefix("python3 -m ") in (tmp_path / "client.py").read_text()
    assert json.loads(run("sh", "-c", request))["id"] == "owner"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_authlib_reaches_the_account(
    download: Any, run: Any, tmp_path: Path, algorithm: str
) -> None:
    if find_spec("authlib") is None:
        pytest.skip("The package Authlib is not installed.")
    programs = download(algorithm=algorithm)
    (tmp_path / "example.py").write_text(programs["example-authlib"])
    assert "'id': 'owner'" in run(sys.executable, "example.py")


def test_a_keyfile_without_a_private_key_can_be_completed(
    download: Any, run: Any, tmp_path: Path
) -> None:
    needs_curl()
    private = tmp_path / "private.pem"
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", str(private))
    public_key = run("openssl", "pkey", "-in", str(private), "-pubout")
    programs = download(key_source="upload", public_key=public_key)
    run("sh", "-c", programs["example-join"])
    answer = json.loads(run("sh", "-c", programs["example-curl"]))
    assert answer["id"] == "owner"


def test_no_program_holds_a_private_key(download: Any) -> None:
    programs = download(algorithm="RS256")
    assert set(programs) == {"example-client", "example-curl", "example-authlib"}
    for program in programs.values():
        assert "PRIVATE KEY" not in program


def needs_curl() -> None:
    if shutil.which("curl") is None:
        pytest.skip("There is no curl.")
