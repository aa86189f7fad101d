"""Sections of the settings."""

from pas.plugins.tokenauth.site.sections import declare_settings
from pas.plugins.tokenauth.site.sections import setting_fields
from pas.plugins.tokenauth.site.sections import settings_sections
from pas.plugins.tokenauth.site.sections import SettingsSection
from typing import Any
from zope import schema
from zope.configuration.exceptions import ConfigurationError
from zope.interface import Interface
from zope.schema.interfaces import ValidationError

import pytest


class ITaken(Interface):
    leeway = schema.Int(title="Of another feature")


class IOfThePlugin(Interface):
    title = schema.TextLine(title="Of every plugin")


def test_the_sections_stand_in_their_order(site: Any) -> None:
    orders = [section.order for section in settings_sections()]
    assert orders == sorted(set(orders))
    names = list(setting_fields())
    assert names[0] == "issuer"
    assert names.index("leeway") < names.index("max_key_lifetime")


def test_each_setting_is_an_attribute_of_the_plugin_with_its_default(site: Any) -> None:
    settings = site.context.settings
    assert settings.max_key_lifetime is None
    with pytest.raises(ValidationError):
        settings.max_key_lifetime = 0
    for section in settings_sections():
        assert section.schema.providedBy(site.plugin)


@pytest.mark.parametrize("taken", [ITaken, IOfThePlugin])
def test_a_name_that_is_taken_cannot_be_a_setting(site: Any, taken: Any) -> None:
    (name,) = taken
    with pytest.raises(ConfigurationError, match=f"a setting {name} already"):
        declare_settings(SettingsSection(taken, "Another", order=999))
    assert site.plugin.leeway == 60


def test_a_label_names_the_unit_that_its_description_names(site: Any) -> None:
    """A number in a label without its unit is guessed at."""
    units = ("seconds", "minutes", "hours", "days")
    named = {
        str(field.title): unit
        for field in setting_fields().values()
        for unit in units
        if isinstance(field, schema.Int) and field.description.lower().startswith(unit)
    }
    assert len(named) > 10
    for title, unit in named.items():
        assert title.endswith(f"({unit})")
