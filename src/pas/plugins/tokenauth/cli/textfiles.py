"""Text files that a command reads, as editors and shells of any system write them."""

from pathlib import Path

import codecs


def read_text(path: str) -> str:
    """The text in a file: UTF-8, or UTF-16 as shells of Windows write it.

    :raises OSError: when the file cannot be read
    :raises UnicodeDecodeError: when it is no text
    """
    content = Path(path).read_bytes()
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf_16 else "utf-8-sig")
