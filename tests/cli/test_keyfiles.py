"""The file that a keyfile goes to."""

from pas.plugins.tokenauth.cli.failures import Absent
from pas.plugins.tokenauth.cli.failures import CommandFailed
from pas.plugins.tokenauth.cli.keyfiles import new_keyfile
from pathlib import Path

import json
import os
import pytest


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Whatever the umask is, and from the first moment on."""
    path = tmp_path / "keyfile.json"
    before = os.umask(0)
    try:
        with new_keyfile(str(path)) as keyfile:
            keyfile.create()
            assert mode(path) == 0o600
            keyfile.write({"client_id": "svc-1"})
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert json.loads(path.read_text()) == {"client_id": "svc-1"}
    assert keyfile.path == str(path)


def test_the_last_content_wins(tmp_path: Path) -> None:
    path = tmp_path / "keyfile.json"
    with new_keyfile(str(path)) as keyfile:
        keyfile.write({"key_id": "a long one"})
        keyfile.write({"key_id": "b"})
    assert json.loads(path.read_text()) == {"key_id": "b"}


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_it_is_gone_when_something_fails(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    path = tmp_path / "keyfile.json"
    with pytest.raises(failure), new_keyfile(str(path)) as keyfile:
        keyfile.write({})
        raise failure
    assert not path.exists()


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "keyfile.json"
    path.write_text("precious")
    with (
        pytest.raises(CommandFailed, match="is there already"),
        new_keyfile(str(path)) as keyfile,
    ):
        keyfile.create()
    assert path.read_text() == "precious"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "keyfile.json"
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(CommandFailed), new_keyfile(str(path)) as keyfile:
        keyfile.create()
    assert not (tmp_path / "elsewhere.json").exists()


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with (
        pytest.raises(Absent, match="There is no folder"),
        new_keyfile(str(tmp_path / "none" / "keyfile.json")) as keyfile,
    ):
        keyfile.create()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CommandFailed, match="Cannot write the keyfile"),
        new_keyfile(str(tmp_path / "file" / "keyfile.json")) as keyfile,
    ):
        keyfile.create()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device is full here")
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keyfile.json"
    path.touch()
    full = os.open("/dev/full", os.O_WRONLY)
    with (
        pytest.raises(CommandFailed, match="Cannot write the keyfile"),
        new_keyfile(str(path)) as keyfile,
    ):
        monkeypatch.setattr(os, "open", lambda *args: full)
        keyfile.write({})
    assert not path.exists()


@pytest.mark.parametrize("path", ["-", None])
def test_no_file_is_written_when_none_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    with new_keyfile(path) as keyfile:
        keyfile.create()
        keyfile.write({})
    assert list(tmp_path.iterdir()) == []
    assert keyfile.path is None
