"""Where the sealing key is."""

from pas.plugins.tokenauth.sealing.configuration import FILE_VARIABLE
from pas.plugins.tokenauth.sealing.configuration import is_readable_by_others
from pas.plugins.tokenauth.sealing.configuration import key_ring
from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE
from pas.plugins.tokenauth.sealing.configuration import NoSealingKey
from pas.plugins.tokenauth.sealing.configuration import SealingOff
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.sealing.keyring import parse_keys
from pathlib import Path

import os
import pytest


ONE, OTHER = make_key(), make_key()


@pytest.fixture(autouse=True)
def nothing_configured(
    zope_conf: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (KEY_VARIABLE, FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sealing.key"
    path.touch(0o600)
    path.write_text(ONE + "\n")
    return path


def opens(key: str) -> bool:
    return key_ring().knows(parse_keys(key).seal(b"", b""))


def test_no_key_is_told_from_an_unusable_one(zope_conf: dict[str, str]) -> None:
    """Conformance: OD-12."""
    with pytest.raises(NoSealingKey):
        key_ring()
    zope_conf["sealing-key"] = "secret-word"
    with pytest.raises(SealingOff, match="key 1 is not") as off:
        key_ring()
    assert not isinstance(off.value, NoSealingKey)
    assert "secret" not in str(off.value)


def test_zope_conf_holds_keys_or_names_their_file(
    zope_conf: dict[str, str], file: Path
) -> None:
    zope_conf["sealing-key"] = f"{OTHER} {ONE}"
    assert opens(ONE)
    assert opens(OTHER)
    zope_conf.clear()
    zope_conf["sealing-key-file"] = str(file)
    assert opens(ONE)
    assert not opens(OTHER)


def test_the_environment_holds_keys_or_names_their_file(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, OTHER)
    assert opens(OTHER)
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    assert opens(ONE)


def test_zope_conf_wins_over_the_environment(
    zope_conf: dict[str, str], monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    zope_conf["sealing-key"] = OTHER
    assert opens(OTHER)
    assert not opens(ONE)


def test_a_file_that_changes_needs_no_restart(
    zope_conf: dict[str, str], file: Path
) -> None:
    """Conformance: OD-14."""
    zope_conf["sealing-key-file"] = str(file)
    assert opens(ONE)
    file.write_text(f"{OTHER}\n{ONE}\n")
    assert opens(OTHER)
    assert opens(ONE)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read"),
        (b"", "there is no key"),
        (b"\xff\xfe", "it is not text"),
        (b"short", "key 1 is not"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    zope_conf: dict[str, str], tmp_path: Path, content: bytes | None, problem: str
) -> None:
    """Conformance: OD-12."""
    path = tmp_path / "sealing.key"
    if content is not None:
        path.write_bytes(content)
    zope_conf["sealing-key-file"] = str(path)
    with pytest.raises(SealingOff, match=problem) as off:
        key_ring()
    assert str(path) in str(off.value)


@pytest.mark.parametrize(
    ("mode", "readable"), [(0o600, False), (0o640, False), (0o644, True)]
)
def test_a_file_that_others_can_read_is_noticed(
    zope_conf: dict[str, str], file: Path, mode: int, readable: bool
) -> None:
    """Conformance: OD-12."""
    os.chmod(file, mode)
    zope_conf["sealing-key-file"] = str(file)
    assert is_readable_by_others() is readable


def test_a_file_that_is_missing_can_be_read_by_nobody(
    zope_conf: dict[str, str], tmp_path: Path
) -> None:
    zope_conf["sealing-key-file"] = str(tmp_path / "missing")
    assert not is_readable_by_others()
