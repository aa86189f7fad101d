"""Strings that are secret."""

from typing import NoReturn


class Secret(str):
    """A string like any other, but its repr hides it and no database keeps it.

    Reports of errors show the values that a function worked with by their repr, also
    where they stand in a dictionary or an object. What is made of a secret string, a
    part of it for instance, is an ordinary string.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be pickled, which is how objects get into the database."""
        raise TypeError("A secret is not stored.")
