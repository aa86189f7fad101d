"""Fields of the forms, as the template shows them."""

from dataclasses import dataclass
from typing import Literal


Kind = Literal["text", "date", "switch", "choice"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a choice."""

    value: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form.

    :param name: name in the form
    :param kind: which kind of input element it is
    :param title: its label
    :param help: what it means, always shown
    :param value: what it holds; any text turns a switch on
    :param hint: more help, about the present visitor
    :param error: what is wrong with the value, or an empty text
    :param required: whether it must be filled in
    :param max_length: how long a text may be, or None
    :param choices: what there is to choose from
    """

    name: str
    kind: Kind
    title: str
    help: str
    value: str = ""
    hint: str = ""
    error: str = ""
    required: bool = False
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def id(self) -> str:
        """The id of the input element."""
        return f"service-key-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of the elements that describe the input element."""
        parts = ["error"] if self.error else []
        parts += ["help", "hint"] if self.hint else ["help"]
        return " ".join(f"{self.id}-{part}" for part in parts)
