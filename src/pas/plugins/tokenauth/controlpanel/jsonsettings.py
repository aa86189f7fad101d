"""The settings as JSON: former token endpoints are lines of text, like in a form."""

from ..i18n import _
from ..site.errors import InvalidInput
from ..site.fields import fields_of
from ..site.fields import from_json
from ..site.fields import Given
from ..site.fields import to_json
from ..site.interfaces import ITokenAuthSettings
from collections.abc import Mapping
from typing import Any
from zope import schema


_LINES = "former_token_endpoints"


class ISettingsAsJson(ITokenAuthSettings):
    """ITokenAuthSettings with fields that an editor of JSON schemas can edit."""

    former_token_endpoints = schema.Text(
        title=ITokenAuthSettings[_LINES].title,
        description=ITokenAuthSettings[_LINES].description,
        required=False,
        default="",
    )


# In the place of the one that it replaces.
ISettingsAsJson[_LINES].order = ITokenAuthSettings[_LINES].order


def settings_to_json(settings: ITokenAuthSettings) -> dict[str, Any]:
    """The settings as an object of JSON."""
    return {
        name: to_json(field, getattr(settings, name))
        for name, field in fields_of(ITokenAuthSettings).items()
    }


def settings_from_json(data: Mapping[str, Any]) -> Given:
    """The settings that an object of JSON names, with the types that they have.

    A value that an editor has emptied is null. Members that begin with ``@`` are links
    of plone.restapi.
    """
    given = Given()
    for name, value in data.items():
        if not name.startswith("@"):
            try:
                given[name] = _setting(name, value)
            except InvalidInput as problem:
                given[name] = problem
    return given


def _setting(name: str, value: Any) -> Any:
    field = fields_of(ITokenAuthSettings).get(name)
    if field is None:
        raise InvalidInput(name, _("There is no such setting."))
    if value is None:
        value = _EMPTY.get(type(field), "")
    return from_json(field, value)


#: What null stands for, where it is not an empty string.
_EMPTY: dict[type, Any] = {schema.Bool: False, schema.Int: None, schema.Tuple: []}
