"""What a command has to say, for people and for programs."""

from .failures import DONE
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import json


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
