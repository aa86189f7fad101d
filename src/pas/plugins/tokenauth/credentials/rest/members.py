"""The members of a JSON object, each of exactly the type it should have."""

from ...core.text import cleaned
from ...i18n import _
from ...site.errors import InvalidInput
from .times import moment
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import TypeGuard

import json


_SHOWN_LENGTH = 40


class JSONFields:
    """Reads members by name and type. What is left out has a default.

    :param values: the members
    :param known: the names there can be
    :raises InvalidInput: when there is a member of another name
    """

    def __init__(self, values: Mapping[str, Any], known: Iterable[str]) -> None:
        self._values = values
        unknown = [cleaned(name, _SHOWN_LENGTH) for name in values.keys() - set(known)]
        if unknown:
            names = sorted(unknown)
            raise InvalidInput(
                names[0],
                _("There is no such member: ${names}", mapping={"names": _list(names)}),
            )

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """A string; empty if it is left out."""
        value = self._values.get(name, "")
        if not _is_text(value):
            raise InvalidInput(name, _("This must be a text."))
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Several names, each of them once; none if it is left out."""
        value = self._values.get(name, [])
        if not isinstance(value, list) or not all(map(_is_text, value)):
            raise InvalidInput(name, _("This must be a list of texts."))
        if len(set(value)) < len(value):
            raise InvalidInput(name, _("Give each of these only once."))
        return tuple(value)

    def switch(self, name: str) -> bool:
        """A switch; off if it is left out."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise InvalidInput(name, _("This must be true or false."))
        return value

    def seconds(self, name: str) -> float:
        """A number of seconds, which cannot be left out."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidInput(name, _("This must be a number of seconds."))
        return value

    def moment(self, name: str) -> float | None:
        """A time; None for never, which is also what is left out."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return moment(value)
            except ValueError:
                pass
        raise InvalidInput(
            name,
            _(
                "This must be null, a day like 2030-12-31, or a time with an offset"
                " like 2030-12-31T18:00:00+01:00."
            ),
        )

    def public_key(self, name: str) -> str:
        """A public key as a string or as a JWK; empty if it is left out."""
        value = self._values.get(name)
        text = _jwk(name, value) if isinstance(value, dict) else self.text(name)
        # A client that means to give a key must not get one of ours instead.
        if name in self and not text.strip():
            raise InvalidInput(name, _("There is no key here."))
        return text


def _jwk(name: str, value: dict[str, Any]) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        raise InvalidInput(name, _("This is no public key.")) from None


def _list(names: list[str]) -> str:
    return cleaned(", ".join(names), _SHOWN_LENGTH * 5)


def _is_text(value: Any) -> TypeGuard[str]:
    """Whether it is a string without lone surrogates."""
    if not isinstance(value, str):
        return False
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
