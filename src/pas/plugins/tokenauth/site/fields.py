"""Fields of schemas, from and to what forms, JSON and command lines hold.

A schema is declared once, for the options of a kind of credential or for a section of
the settings. Each of these functions knows the common fields of zope.schema; a field of
another class registers what it needs.
"""

from ..core.text import cleaned
from ..i18n import _
from .errors import InvalidInput
from collections.abc import Iterable
from collections.abc import Mapping
from functools import singledispatch
from typing import Any
from typing import TypeGuard
from zope import schema
from zope.interface.interface import InterfaceClass
from zope.schema import getFieldsInOrder
from zope.schema import ValidationError


_SHOWN_LENGTH = 40


class Given(dict[str, Any]):
    """Values by name of the field; for one that cannot be read, what is wrong with it.

    So everything that is wrong is told at once. Its repr shows no values.
    """

    def __repr__(self) -> str:
        return f"<Given {sorted(self)}>"


def fields_of(interface: InterfaceClass) -> dict[str, Any]:
    """The fields of a schema by name, in their order."""
    return dict(getFieldsInOrder(interface))


def member_of(field: Any) -> str:
    """What a field is called outside of Python: in JSON, forms and complaints."""
    return str(getattr(field, "member", "") or field.__name__)


def checked(field: Any, value: Any) -> None:
    """Refuse a value that the field does not allow.

    :raises InvalidInput: for such a value
    """
    try:
        field.validate(value)
    except ValidationError:
        raise InvalidInput(
            member_of(field),
            _(
                "This value cannot be used. ${rule}",
                mapping={"rule": field.description},
            ),
        ) from None


def check_known(names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse members of other names.

    :raises InvalidInput: when there is one
    """
    unknown = sorted(cleaned(name, _SHOWN_LENGTH) for name in set(names) - set(known))
    if unknown:
        listed = cleaned(", ".join(unknown), _SHOWN_LENGTH * 5)
        raise InvalidInput(
            unknown[0],
            _("There is no such member: ${names}", mapping={"names": listed}),
        )


def given_in_json(interface: InterfaceClass, members: Mapping[str, Any]) -> Given:
    """What the members of a JSON object say about the fields of a schema."""
    given = Given()
    for name, field in fields_of(interface).items():
        if member_of(field) in members:
            try:
                given[name] = from_json(field, members[member_of(field)])
            except InvalidInput as problem:
                given[name] = problem
    return given


def is_string(value: Any) -> TypeGuard[str]:
    """Whether it is a string with no half of a character in it."""
    if not isinstance(value, str):
        return False
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def validation_errors(error: InvalidInput, request: Any) -> list[dict[str, str]]:
    """Everything that is wrong, as plone.restapi tells it in a language."""
    # The command line knows fields before Zope starts, and this is of Zope.
    from zope.i18n import translate

    return [
        {
            "error": "ValidationError",
            "field": each.field,
            "message": translate(each.message, context=request),
        }
        for each in error.all
    ]


@singledispatch
def from_json(field: Any, value: Any) -> Any:
    """The value of a field, from JSON: a string unless its class says otherwise.

    :raises InvalidInput: when it is of a wrong type
    """
    if not is_string(value):
        raise InvalidInput(member_of(field), _("This must be a string."))
    return value


@from_json.register
def _bool_from_json(field: schema.Bool, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(member_of(field), _("This must be true or false."))
    return value


@from_json.register
def _int_from_json(field: schema.Int, value: Any) -> int | None:
    if value is None and not field.required:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # Volto's editor sends numbers as strings.
    if isinstance(value, str):
        return _number(field, value)
    raise InvalidInput(member_of(field), _("This must be a whole number."))


@from_json.register
def _tuple_from_json(field: schema.Tuple, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(map(is_string, value)):
        raise InvalidInput(member_of(field), _("This must be a list of strings."))
    if len(set(value)) < len(value):
        raise InvalidInput(member_of(field), _("Give each of these only once."))
    return tuple(value)


@singledispatch
def to_json(field: Any, value: Any) -> Any:
    """The value of a field as JSON has it: as it is, unless the class differs."""
    return list(value) if isinstance(value, tuple) else value


@singledispatch
def from_text(field: Any, typed: Any) -> Any:
    """The value of a field, from what was typed into a form.

    :param typed: a string; where there can be several, a list of strings as well
    :raises InvalidInput: when it cannot be read
    """
    return _string_from_text(field, typed)


@from_text.register
def _bool_from_text(field: schema.Bool, typed: Any) -> bool:
    return bool(typed)


@from_text.register
def _int_from_text(field: schema.Int, typed: Any) -> int | None:
    text = typed.strip() if isinstance(typed, str) else "?"
    return None if not text and not field.required else _number(field, text)


@from_text.register
def _tuple_from_text(field: schema.Tuple, typed: Any) -> tuple[str, ...]:
    lines = strings(typed.splitlines() if isinstance(typed, str) else typed)
    return tuple(_string_from_text(field, line.strip()) for line in lines)


@from_text.register
def _choice_from_text(field: schema.Choice, typed: Any) -> str | None:
    return _string_from_text(field, typed) or None


@singledispatch
def to_text(field: Any, value: Any) -> str:
    """The value of a field as a form shows it; any text turns a switch on."""
    return "" if value is None or value is False else str(value)


@to_text.register
def _tuple_to_text(field: schema.Tuple, value: tuple[str, ...]) -> str:
    return "\n".join(value)


def strings(typed: Any) -> list[str]:
    """What was typed once or several times, each once, without what is empty."""
    values = typed if isinstance(typed, list) else [typed]
    found = [value for value in values if isinstance(value, str) and value]
    return list(dict.fromkeys(found))


def _string_from_text(field: Any, typed: Any) -> str:
    if not is_string(typed):
        raise InvalidInput(member_of(field), _("Please enter one string."))
    return typed


def _number(field: Any, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(
            member_of(field), _("This must be a whole number.")
        ) from None
