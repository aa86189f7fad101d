"""An example on the page that shows a secret."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Example:
    """A program.

    :param id: unique on the page
    :param title: what it is written with
    :param text: the program
    """

    id: str
    title: str
    text: str
