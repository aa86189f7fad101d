"""``tokenauth sealing-key``, which needs no Zope."""

from pas.plugins.tokenauth.cli.main import main
from pas.plugins.tokenauth.sealing.keyring import parse_keys
from pathlib import Path

import pytest


def test_a_key_goes_to_a_new_file_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sealing.key"
    assert main(["sealing-key", "--output", str(path)]) == 0
    assert path.stat().st_mode & 0o777 == 0o600
    parse_keys(path.read_text())
    out = capsys.readouterr().out
    assert str(path) in out
    assert path.read_text().strip() not in out


def test_a_key_is_printed_if_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sealing-key", "--output", "-"]) == 0
    parse_keys(capsys.readouterr().out)


def test_a_key_that_is_there_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sealing.key"
    path.write_text("in use")
    assert main(["sealing-key", "--output", str(path)]) == 1
    assert path.read_text() == "in use"
    assert "is there already" in capsys.readouterr().err
