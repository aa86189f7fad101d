"""The settings in a form: as strings for a template, and read back from what was typed.

The ZMI and the panel in Site Setup show the same fields and read them the same way.
"""

from .errors import InvalidInput
from .fields import fields_of
from .fields import from_text
from .fields import Given
from .fields import strings
from .fields import to_text
from .interfaces import FormerTokenEndpoints
from .interfaces import ITokenAuthSettings
from .interfaces import SECTION
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Literal
from zope import schema


Kind = Literal["text", "number", "lines", "switch", "choices"]
#: Which kind of input element a field has; the first class that fits decides.
_KINDS: tuple[tuple[type, Kind], ...] = (
    (schema.Bool, "switch"),
    (schema.Int, "number"),
    (FormerTokenEndpoints, "lines"),
    (schema.Tuple, "choices"),
    (schema.TextLine, "text"),
)


@dataclass(frozen=True, kw_only=True)
class SettingsField:
    """One setting, as a template shows it.

    :param name: name of the setting and of the input element
    :param kind: which kind of input element it is
    :param title: its label
    :param help: what it means
    :param value: its value; any non-empty string turns a switch on
    :param choices: what there is to choose from
    :param chosen: what is chosen of that
    """

    # The templates of the ZMI see only what says that it may be seen.
    __allow_access_to_unprotected_subobjects__ = True

    name: str
    kind: Kind
    title: str
    help: str
    value: str = ""
    choices: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()


def settings_fields(
    settings: ITokenAuthSettings, typed: Mapping[str, Any] | None = None
) -> list[SettingsField]:
    """All settings, with the values in force or those that were typed."""
    return [
        _field(field, getattr(settings, name), typed)
        for name, field in fields_of(ITokenAuthSettings).items()
    ]


def settings_sections() -> list[tuple[str, list[str]]]:
    """The sections of the settings: what each is about, and names of its settings."""
    schema: Any = ITokenAuthSettings
    return [
        (section.getTaggedValue(SECTION), list(fields_of(section)))
        for section in schema.__bases__
    ]


def parsed_settings(form: Mapping[str, Any]) -> Given:
    """The settings in a form that was sent, with the types that they have.

    What the form does not show is left out; a box that is not ticked is not sent.
    """
    given = Given()
    for name, field in fields_of(ITokenAuthSettings).items():
        if name in form or _kind(field) in ("switch", "choices"):
            try:
                given[name] = from_text(field, form.get(name, ""))
            except InvalidInput as problem:
                given[name] = problem
    return given


def _field(field: Any, in_force: Any, typed: Mapping[str, Any] | None) -> SettingsField:
    kind = _kind(field)
    value = in_force if typed is None else typed.get(field.__name__, "")
    if kind != "choices" and (typed is None or not isinstance(value, str)):
        value = to_text(field, in_force) if typed is None else ""
    return SettingsField(
        name=field.__name__,
        kind=kind,
        title=field.title,
        help=field.description,
        value=value if kind != "choices" else "",
        choices=_choices(field) if kind == "choices" else (),
        chosen=_chosen(value) if kind == "choices" else (),
    )


def _kind(field: Any) -> Kind:
    return next(kind for known, kind in _KINDS if isinstance(field, known))


def _choices(field: Any) -> tuple[str, ...]:
    return tuple(term.value for term in field.value_type.vocabulary)


def _chosen(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else tuple(strings(value))
