"""What a command has to say: an answer, or why it fails."""

from dataclasses import dataclass
from dataclasses import field
from typing import Any

import json


DONE = 0
FAILED = 1
USAGE = 2
ABSENT = 3
POLICY = 4
LOCKED = 5


class CommandFailed(Exception):
    """The command cannot do what it should; the text is for people."""

    code = FAILED


class WrongUsage(CommandFailed):
    """An argument makes no sense."""

    code = USAGE


class Absent(CommandFailed):
    """A user, key, site or file is not there."""

    code = ABSENT


class AgainstPolicy(CommandFailed):
    """The site's policy does not allow it."""

    code = POLICY


class DatabaseLocked(CommandFailed):
    """Another process has the database to itself."""

    code = LOCKED


@dataclass(frozen=True)
class Answer:
    """The outcome of a command.

    :param data: for programs
    :param text: for people
    :param code: the exit code
    """

    data: Any = field(repr=False)
    text: str = field(repr=False)
    code: int = DONE

    def as_json(self) -> str:
        """One JSON document."""
        return json.dumps(self.data, indent=2)
