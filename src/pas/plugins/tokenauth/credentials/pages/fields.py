"""Input elements of the forms, as the template shows them."""

from dataclasses import dataclass
from typing import Literal


Kind = Literal["text", "date", "block", "switch", "choice", "choices"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a choice.

    :param value: what the form holds
    :param title: its label
    :param help: what it means, or an empty string
    :param warns: whether that is a warning
    """

    value: str
    title: str
    help: str = ""
    warns: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form.

    :param name: name in the form
    :param kind: which kind of input element it is; a block has many lines,
        of a choice one is chosen, of choices any number
    :param title: its label
    :param help: what it means, always shown
    :param value: what it holds; any string but the empty one turns a switch on
    :param hint: more help, about the present visitor
    :param error: what is wrong with the value, or an empty string
    :param has_focus: whether it is the first with an error
    :param required: whether it must be filled in
    :param locked: whether the visitor may see the value, and not change it
    :param max_length: how long the value may be, or None
    :param rows: how many lines of a block are seen
    :param first: the first day of a date input, or an empty string
    :param last: its last day
    :param address: what a button adds to the value, or an empty string
    :param suggestions: values that are offered, and their titles
    :param choices: what there is to choose from
    :param chosen: what is chosen of choices
    """

    name: str
    kind: Kind
    title: str
    help: str
    value: str = ""
    hint: str = ""
    error: str = ""
    has_focus: bool = False
    required: bool = False
    locked: bool = False
    max_length: int | None = None
    rows: int = 6
    first: str = ""
    last: str = ""
    address: str = ""
    suggestions: tuple[Choice, ...] = ()
    choices: tuple[Choice, ...] = ()
    chosen: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the input element."""
        return f"credential-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of the elements that describe the input element."""
        parts = ["error"] if self.error else []
        parts += ["help", "hint"] if self.hint else ["help"]
        return " ".join(f"{self.id}-{part}" for part in parts)

    def has(self, choice: Choice) -> bool:
        """Whether one of the choices is chosen."""
        if self.kind == "choices":
            return choice.value in self.chosen
        return choice.value == self.value


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that stand together.

    :param title: what they are folded under; empty for those that are always seen
    :param is_open: whether one of them holds something, or is wrong
    """

    title: str
    fields: tuple[Field, ...]
    is_open: bool
