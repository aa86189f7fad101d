"""The sections of the settings, each declared by the feature that it is about."""

from ..i18n import _
from .fields import fields_of
from .interfaces import IAddressSettings
from .interfaces import ISettingsSection
from .interfaces import ITokenSettings
from dataclasses import dataclass
from operator import attrgetter
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zope.component import getUtilitiesFor
from zope.configuration.exceptions import ConfigurationError
from zope.interface import classImplements
from zope.interface import implementer
from zope.interface.interface import InterfaceClass
from zope.schema.fieldproperty import FieldProperty


@implementer(ISettingsSection)
@dataclass(frozen=True)
class SettingsSection:
    """See ISettingsSection."""

    schema: InterfaceClass
    title: str
    order: int
    page: str = ""
    page_title: str = ""


ADDRESS = SettingsSection(IAddressSettings, _("Address of the site"), order=10)
TOKENS = SettingsSection(ITokenSettings, _("Tokens and grants"), order=20)


class Settings:
    """The settings of a site as attributes, validated when they are set.

    The plugin is one, so they are kept with it.
    """


def settings_sections() -> list[SettingsSection]:
    """All sections, in their order."""
    sections = (section for _name, section in getUtilitiesFor(ISettingsSection))
    return sorted(sections, key=attrgetter("order"))


def setting_fields() -> dict[str, Any]:
    """The fields of all settings by name, in the order of the sections."""
    return {
        name: field
        for section in settings_sections()
        for name, field in fields_of(section.schema).items()
    }


def declare_settings(section: SettingsSection) -> None:
    """Make the settings of a section attributes of :class:`Settings`.

    :raises ConfigurationError: for a setting whose name is taken
    """
    known = setting_fields()
    for name, field in fields_of(section.schema).items():
        if known.get(name, field) is not field or hasattr(BasePlugin, name):
            raise ConfigurationError(f"There is a setting {name} already.")
        setattr(Settings, name, FieldProperty(field))
    classImplements(Settings, section.schema)  # type: ignore[misc]
