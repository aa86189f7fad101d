"""Where the sealing key is: in a file, in the environment, or in zope.conf.

It is never in the database, which it protects. The file is read again when it changes,
so that a new key needs no restart.
"""

from ..zopeconf import option
from .keyring import KeyRing
from .keyring import parse_keys
from .keyring import UnusableKey
from pathlib import Path

import os
import stat


KEY_VARIABLE = "TOKENAUTH_SEALING_KEY"
FILE_VARIABLE = "TOKENAUTH_SEALING_KEY_FILE"


class SealingOff(Exception):
    """There is no usable sealing key; the message says why, for administrators."""


class NoSealingKey(SealingOff):
    """None is configured, so that nothing is meant to be sealed."""

    def __init__(self) -> None:
        super().__init__("no sealing key is configured")


#: The ring of each file, with what tells whether the file has changed since.
_rings: dict[str, tuple[tuple[int, int, int], KeyRing]] = {}


def is_usable() -> bool:
    """Whether there is a sealing key, so that people can sign in to applications."""
    try:
        key_ring()
    except SealingOff:
        return False
    return True


def key_ring() -> KeyRing:
    """The ring that is configured now.

    :raises NoSealingKey: when none is
    :raises SealingOff: when it cannot be used
    """
    path, text = _configured()
    if path:
        return _ring_in(path)
    if not text:
        raise NoSealingKey()
    try:
        return parse_keys(text)
    except UnusableKey as error:
        raise SealingOff(f"the sealing key cannot be used: {error}") from None


def is_readable_by_others() -> bool:
    """Whether any account of the machine can read the file with the key."""
    path, _ = _configured()
    try:
        return bool(path) and bool(os.stat(path).st_mode & stat.S_IROTH)
    except OSError:
        return False


def _configured() -> tuple[str, str]:
    """The path of a file with keys, or the keys themselves; zope.conf comes first."""
    path, text = option("sealing-key-file"), option("sealing-key")
    if not path and not text:
        path = os.environ.get(FILE_VARIABLE, "")
        text = os.environ.get(KEY_VARIABLE, "")
    return path.strip(), text.strip()


def _ring_in(path: str) -> KeyRing:
    try:
        found = os.stat(path)
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        if path not in _rings or _rings[path][0] != state:
            _rings[path] = (state, parse_keys(Path(path).read_text("ascii")))
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "it is not text"
        raise SealingOff(f"the file {path} cannot be read: {problem}") from None
    except UnusableKey as error:
        raise SealingOff(f"the file {path} cannot be used: {error}") from None
    return _rings[path][1]
