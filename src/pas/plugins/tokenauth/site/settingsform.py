"""The settings in a form: as strings for a template, and read back from what was typed.

The ZMI and the panel in Site Setup show the same fields and read them the same way.
"""

from ..core.keys import ALGORITHMS
from ..i18n import _
from .errors import InvalidInput
from .interfaces import ITokenAuthSettings
from .issuer import FormerTokenEndpoint
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from typing import Literal
from zope.schema import getFieldsInOrder
from zope.schema.interfaces import IBool
from zope.schema.interfaces import IInt


Kind = Literal["text", "number", "lines", "switch", "choices"]


@dataclass(frozen=True, kw_only=True)
class SettingsField:
    """One setting, as a template shows it.

    :param name: name of the setting and of the input element
    :param kind: which kind of input element it is
    :param title: its label
    :param help: what it means
    :param value: what it holds; any string but the empty one turns a switch on
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
        _field(name, field, settings, typed)
        for name, field in getFieldsInOrder(ITokenAuthSettings)
    ]


def parsed_settings(form: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a form that was sent, with the types that they have.

    What the form does not show is left out; a box that is not ticked is not sent.

    :raises InvalidInput: for the first that cannot be read
    """
    return {
        name: _parsed(name, kind, form.get(name, ""))
        for name, kind in _kinds().items()
        if name in form or kind in ("switch", "choices")
    }


def _kinds() -> dict[str, Kind]:
    return {
        name: _kind(name, field) for name, field in getFieldsInOrder(ITokenAuthSettings)
    }


def _field(
    name: str,
    field: Any,
    settings: ITokenAuthSettings,
    typed: Mapping[str, Any] | None,
) -> SettingsField:
    kind = _kind(name, field)
    in_force = getattr(settings, name)
    value = _as_text(in_force) if typed is None else typed.get(name, "")
    chosen = in_force if typed is None else _texts(value)
    return SettingsField(
        name=name,
        kind=kind,
        title=field.title,
        help=field.description,
        value=value if isinstance(value, str) else "",
        choices=ALGORITHMS if kind == "choices" else (),
        chosen=tuple(chosen) if kind == "choices" else (),
    )


def _kind(name: str, field: Any) -> Kind:
    if IBool.providedBy(field):
        return "switch"
    if IInt.providedBy(field):
        return "number"
    kinds: dict[str, Kind] = {
        "allowed_algorithms": "choices",
        "former_token_endpoints": "lines",
    }
    return kinds.get(name, "text")


def _parsed(name: str, kind: Kind, value: Any) -> Any:
    if kind == "choices":
        return tuple(_texts(value))
    if not isinstance(value, str):
        raise InvalidInput(name, _("Please enter one text."))
    if kind == "switch":
        return bool(value)
    if kind == "number":
        return _number(name, value.strip())
    if kind == "lines":
        return _endpoints(name, value)
    return value


def _number(name: str, text: str) -> int | None:
    if not text and not ITokenAuthSettings[name].required:
        return None
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(name, _("Please enter a whole number.")) from None


def _endpoints(name: str, text: str) -> tuple[FormerTokenEndpoint, ...]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    try:
        return tuple(
            FormerTokenEndpoint(url, date.fromisoformat(until)) for url, until in lines
        )
    except ValueError:
        raise InvalidInput(
            name, _("Please enter a URL and a date like 2030-12-31 in each line.")
        ) from None


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text]


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return "\n".join(
            f"{item.url} {item.until.isoformat()}"
            for item in value
            if isinstance(item, FormerTokenEndpoint)
        )
    return "" if value is None or value is False else str(value)
