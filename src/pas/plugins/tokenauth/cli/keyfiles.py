"""Where a keyfile goes: a file for its owner alone, or standard output."""

from .failures import Absent
from .failures import CommandFailed
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from typing import Any
from typing import TextIO

import json
import os


STANDARD_OUTPUT = "-"


class NewKeyfile:
    """A keyfile in the making.

    :param path: where it goes; ``-`` for standard output, None for nowhere
    """

    def __init__(self, path: str | None) -> None:
        #: Whether it is asked for on standard output.
        self.is_printed = path == STANDARD_OUTPUT
        self._path = None if path is None or self.is_printed else Path(path)
        # It stays open: who may write to the folder cannot put another in its place.
        self._file: TextIO | None = None

    @property
    def path(self) -> str | None:
        """Where the keyfile is, if it was written to a file."""
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
                f"{self._path} is there already, and a keyfile in it may be in use:"
                " move it away, or name another file."
            ) from None
        except OSError as error:
            raise CommandFailed(f"Cannot write the keyfile: {error}") from None
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def write(self, content: dict[str, Any]) -> None:
        """Write the keyfile to the disk, again if need be.

        :raises CommandFailed: when it cannot be written
        """
        self.create()
        if self._file is None:
            return
        try:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(as_text(content) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise CommandFailed(f"Cannot write the keyfile: {error}") from None

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


@contextmanager
def new_keyfile(path: str | None) -> Iterator[NewKeyfile]:
    """A keyfile that is gone again when its key is not issued."""
    keyfile = NewKeyfile(path)
    try:
        yield keyfile
    except BaseException:
        keyfile.discard()
        raise
    finally:
        keyfile.close()


def as_text(content: dict[str, Any]) -> str:
    """A keyfile as people see it."""
    return json.dumps(content, indent=2)
