"""Fields of what is asked for a key pair. Like those of options, they need no Zope."""

from typing import Any
from zope import schema


class Algorithm(schema.ASCIILine):
    """How a client signs; an empty string for the usual algorithm."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)


class Name(schema.ASCIILine):
    """By which a program finds a key among its owner's; people are not asked for it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)
