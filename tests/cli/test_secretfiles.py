"""The file that a keyfile or a token goes to."""

from pas.plugins.tokenauth.cli.files import new_secret_file
from pas.plugins.tokenauth.cli.outcomes import Absent
from pas.plugins.tokenauth.cli.outcomes import CommandFailed
from pathlib import Path

import os
import pytest


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    """Whatever the umask is, and from the first moment on."""
    path = tmp_path / "secret.txt"
    before = os.umask(0)
    try:
        with new_secret_file(str(path)) as file:
            file.create()
            assert mode(path) == 0o600
            file.write("secret")
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert path.read_text() == "secret\n"
    assert file.path == str(path)


def test_the_last_content_wins(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    with new_secret_file(str(path)) as file:
        file.write("a long secret")
        file.write("b")
    assert path.read_text() == "b\n"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_the_file_is_removed_when_something_fails(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    path = tmp_path / "secret.txt"
    with pytest.raises(failure), new_secret_file(str(path)) as file:
        file.write("secret")
        raise failure
    assert not path.exists()


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("precious")
    with (
        pytest.raises(CommandFailed, match="is there already"),
        new_secret_file(str(path)) as file,
    ):
        file.create()
    assert path.read_text() == "precious"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(CommandFailed), new_secret_file(str(path)) as file:
        file.create()
    assert not (tmp_path / "elsewhere.json").exists()


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with (
        pytest.raises(Absent, match="There is no folder"),
        new_secret_file(str(tmp_path / "none" / "secret.txt")) as file,
    ):
        file.create()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CommandFailed, match="Cannot write"),
        new_secret_file(str(tmp_path / "file" / "secret.txt")) as file,
    ):
        file.create()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device is full here")
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.touch()
    full = os.open("/dev/full", os.O_WRONLY)
    with (
        pytest.raises(CommandFailed, match="Cannot write"),
        new_secret_file(str(path)) as file,
    ):
        monkeypatch.setattr(os, "open", lambda *args: full)
        file.write("secret")
    assert not path.exists()


@pytest.mark.parametrize("path", ["-", None])
def test_no_file_is_written_when_none_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    with new_secret_file(path) as file:
        file.create()
        file.write("secret")
    assert list(tmp_path.iterdir()) == []
    assert file.path is None
