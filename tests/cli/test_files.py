"""Text files that editors and shells of any system have written."""

from pas.plugins.tokenauth.cli.files import read_text
from pathlib import Path

import pytest


TEXT = "-----BEGIN PUBLIC KEY-----\r\nü"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_in_the_encodings_of_windows(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(TEXT.encode(encoding))
    assert read_text(str(path)) == TEXT


@pytest.mark.parametrize("content", [b"\xff", b"\xff\xfe\x00", b"\xef\xbb\xbf\xff"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UnicodeDecodeError):
        read_text(str(path))


def test_an_empty_file_is_an_empty_string(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    assert read_text(str(path)) == ""
