"""Files that a command reads, and those that it makes for secrets."""

from .outcomes import Absent
from .outcomes import CommandFailed
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import codecs
import os


def read_text(path: str) -> str:
    """The text in a file: UTF-8, or UTF-16 as shells of Windows write it.

    :raises OSError: when the file cannot be read
    :raises UnicodeDecodeError: when it is no text
    """
    content = Path(path).read_bytes()
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf_16 else "utf-8-sig")


STANDARD_OUTPUT = "-"


class NewSecretFile:
    """A file in the making, with a keyfile or a token in it.

    :param path: where it goes; ``-`` for standard output, None for nowhere
    """

    def __init__(self, path: str | None) -> None:
        #: Whether the secret is asked for on standard output.
        self.is_printed = path == STANDARD_OUTPUT
        self._path = None if path is None or self.is_printed else Path(path)
        # It stays open, so that nobody who writes to the folder can replace it.
        self._file: TextIO | None = None

    @property
    def path(self) -> str | None:
        """Where the secret is, if it was written to a file."""
        return str(self._path) if self._file is not None else None

    def create(self) -> None:
        """Create the file, readable for its owner alone; an existing one stays.

        :raises Absent: when there is no such folder
        :raises CommandFailed: when it exists or cannot be written
        """
        if self._path is None or self._file is not None:
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            descriptor = os.open(self._path, flags, 0o600)
        except FileNotFoundError:
            raise Absent(f"There is no folder {self._path.parent}.") from None
        except FileExistsError:
            raise CommandFailed(
                f"{self._path} is there already, and the secret in it may be in use:"
                " move it away, or name another file."
            ) from None
        except OSError as error:
            raise self._unwritable(error) from None
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def write(self, secret: str) -> None:
        """Write the secret to the disk, again if need be.

        :raises CommandFailed: when it cannot be written
        """
        self.create()
        if self._file is None:
            return
        try:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(secret + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None

    def discard(self) -> None:
        """Remove the file that was created."""
        if self._path is not None and self._file is not None:
            with suppress(OSError):
                # What does not fit on the disk is not wanted any more.
                self.close()
            self._path.unlink(missing_ok=True)
            self._file = None

    def close(self) -> None:
        """Nothing will be written any more."""
        if self._file is not None:
            self._file.close()

    def _unwritable(self, error: OSError) -> CommandFailed:
        return CommandFailed(f"Cannot write {self._path}: {error.strerror}")


@contextmanager
def new_secret_file(path: str | None) -> Iterator[NewSecretFile]:
    """A file that is gone again when what it is for is not issued."""
    file = NewSecretFile(path)
    try:
        yield file
    except BaseException:
        file.discard()
        raise
    finally:
        file.close()
