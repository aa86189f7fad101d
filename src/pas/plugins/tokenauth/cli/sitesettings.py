"""``settings``: the settings of the site, shown and changed."""

from ..core.clock import now
from ..site.errors import InvalidInput
from ..site.fields import fields_of
from ..site.fields import from_text
from ..site.fields import Given
from ..site.fields import to_json
from ..site.fields import to_text
from ..site.sections import setting_fields
from ..site.sections import settings_sections
from ..site.settings import change_settings
from .outcomes import Answer
from .outcomes import WrongUsage
from .session import committed
from .session import in_english
from .session import Session
from .tables import as_list
from .tables import shown
from typing import Any
from zope import schema


_SWITCH = {"on": "on", "yes": "on", "true": "on", "off": "", "no": "", "false": ""}


def settings(session: Session, arguments: Any) -> Answer:
    """Show all settings, after changing some."""
    site, requester = session.site, session.requester
    values = _given(arguments.values)
    if values:
        try:
            changed = committed(lambda: change_settings(site, requester, values, now()))
        except InvalidInput as invalid:
            raise WrongUsage(
                "\n".join(
                    f"{each.field}: {in_english(each.message)}" for each in invalid.all
                )
            ) from None
        names = ", ".join(sorted(changed)) or "nothing, these are in force already"
        return Answer(_document(site.settings), f"Changed: {names}.")
    return Answer(_document(site.settings), _text(site.settings))


def _given(values: list[str]) -> Given:
    """What ``NAME=VALUE`` says about each setting."""
    given, fields = Given(), setting_fields()
    for each in values:
        name, equals, typed = each.partition("=")
        if not equals or name not in fields:
            raise WrongUsage(f"{name} is no setting: see `tokenauth settings`.")
        try:
            given[name] = from_text(fields[name], _typed(fields[name], typed))
        except InvalidInput as problem:
            given[name] = problem
    return given


def _typed(field: Any, typed: str) -> str:
    """What a form would send."""
    if not isinstance(field, schema.Bool):
        return typed
    if typed not in _SWITCH:
        raise WrongUsage(f"{field.__name__} is on or off.")
    return _SWITCH[typed]


def _document(settings: Any) -> dict[str, Any]:
    fields = setting_fields()
    return {name: to_json(fields[name], getattr(settings, name)) for name in fields}


def _text(settings: Any) -> str:
    sections = []
    for section in settings_sections():
        pairs = [
            (name, _value(field, getattr(settings, name)))
            for name, field in fields_of(section.schema).items()
        ]
        sections.append(f"{in_english(section.title)}\n{as_list(pairs)}")
    return "\n\n".join(sections)


def _value(field: Any, value: Any) -> str:
    text = shown("", value if isinstance(value, bool) else to_text(field, value))
    text = ", ".join(text.splitlines())
    return f"{text} (default)" if value == field.default else text
