"""The settings as JSON: former token endpoints are lines of text, like in a form."""

from ..i18n import _
from ..site.errors import InvalidInput
from ..site.interfaces import ITokenAuthSettings
from ..site.settingsform import parsed_settings
from ..site.settingsform import settings_fields
from collections.abc import Mapping
from typing import Any
from zope import schema
from zope.schema import getFieldNames
from zope.schema.interfaces import IBool


_LINES = "former_token_endpoints"


class ISettingsAsJson(ITokenAuthSettings):
    """ITokenAuthSettings with fields that an editor of JSON schemas can edit."""

    former_token_endpoints = schema.Text(
        title=ITokenAuthSettings[_LINES].title,
        description=ITokenAuthSettings[_LINES].description,
        required=False,
        default="",
    )


def to_json(settings: ITokenAuthSettings) -> dict[str, Any]:
    """The settings as an object of JSON."""
    data = {name: getattr(settings, name) for name in getFieldNames(ISettingsAsJson)}
    (lines,) = [field for field in settings_fields(settings) if field.name == _LINES]
    return {
        **data,
        "allowed_algorithms": list(data["allowed_algorithms"]),
        _LINES: lines.value,
    }


def from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that an object of JSON names, with the types that they have.

    A value that an editor has emptied is null. JSONFields that begin with ``@`` are
    links of plone.restapi.

    :raises InvalidInput: for the first that is none, or cannot be read
    """
    names = [name for name in data if not name.startswith("@")]
    return {name: _setting(name, data[name]) for name in names}


def _setting(name: str, value: Any) -> Any:
    if name not in getFieldNames(ITokenAuthSettings):
        raise InvalidInput(name, _("There is no such setting."))
    if name in ("issuer", _LINES):
        return parsed_settings({name: "" if value is None else value})[name]
    if IBool.providedBy(ITokenAuthSettings[name]):
        return _switch(name, value)
    if name == "allowed_algorithms":
        return tuple(value) if isinstance(value, list) else value
    if isinstance(value, bool):
        # It is an integer for Python.
        raise InvalidInput(name, _("Please enter a whole number."))
    return value


def _switch(name: str, value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(name, _("Please enter true or false."))
    return bool(value)
