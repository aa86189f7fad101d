"""The settings in a form: as strings for a template, and read back from what was typed.

The ZMI and the panel in Site Setup show the same fields and read them the same way.
"""

from .errors import InvalidInput
from .fields import fields_of
from .fields import from_text
from .fields import Given
from .fields import strings
from .fields import to_text
from .sections import setting_fields
from .sections import settings_sections
from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any
from typing import Literal
from zope import schema


Widget = Literal["text", "number", "lines", "switch", "choice", "choices"]


@singledispatch
def widget_of(field: Any) -> Widget:
    """Which kind of input element a field has."""
    return "text"


widget_of.register(schema.Bool)(lambda field: "switch")
widget_of.register(schema.Int)(lambda field: "number")
widget_of.register(schema.Text)(lambda field: "lines")
widget_of.register(schema.TextLine)(lambda field: "text")
widget_of.register(schema.Choice)(lambda field: "choice")


@widget_of.register
def _widget_of_tuple(field: schema.Tuple) -> Widget:
    return "choices" if isinstance(field.value_type, schema.Choice) else "lines"


@dataclass(frozen=True, kw_only=True)
class SettingsField:
    """One setting, as a template shows it.

    :param name: name of the setting and of the input element
    :param widget: which kind of input element it is
    :param title: its label
    :param help: what it means
    :param value: its value; any non-empty string turns a switch on
    :param choices: what there is to choose from: values, and what people read
    :param chosen: what is chosen of that
    """

    # The templates of the ZMI see only what says that it may be seen.
    __allow_access_to_unprotected_subobjects__ = True

    name: str
    widget: Widget
    title: str
    help: str
    value: str
    choices: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]


def settings_fields(
    settings: Any, typed: Mapping[str, Any] | None = None
) -> list[tuple[str, list[SettingsField]]]:
    """The sections of the settings: what each is about, and its fields.

    :param typed: what was typed; without it, they have the values in force
    """
    return [
        (
            section.title,
            [
                _field(field, getattr(settings, name), typed)
                for name, field in fields_of(section.schema).items()
            ],
        )
        for section in settings_sections()
    ]


def parsed_settings(form: Mapping[str, Any]) -> Given:
    """The settings in a form that was sent, with the types that they have.

    What the form does not show is left out; a box that is not ticked is not sent.
    """
    given = Given()
    for name, field in setting_fields().items():
        if name in form or widget_of(field) in ("switch", "choices"):
            try:
                given[name] = from_text(field, form.get(name, ""))
            except InvalidInput as problem:
                given[name] = problem
    return given


def _field(field: Any, in_force: Any, typed: Mapping[str, Any] | None) -> SettingsField:
    widget, value = widget_of(field), ""
    chosen: tuple[str, ...] = ()
    sent = in_force if typed is None else typed.get(field.__name__, "")
    if widget == "choices":
        chosen = sent if isinstance(sent, tuple) else tuple(strings(sent))
    elif typed is None:
        value = to_text(field, in_force)
    elif isinstance(sent, str):
        value = sent
    return SettingsField(
        name=field.__name__,
        widget=widget,
        title=field.title,
        help=field.description,
        value=value,
        choices=_choices(field) if widget in ("choice", "choices") else (),
        chosen=chosen,
    )


def _choices(field: Any) -> tuple[tuple[str, str], ...]:
    choice = getattr(field, "value_type", field)
    terms = tuple((term.value, term.title or term.value) for term in choice.vocabulary)
    return terms if field.required else (("", ""), *terms)
