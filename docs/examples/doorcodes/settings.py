"""The settings for door codes."""

from pas.plugins.tokenauth.site.sections import SettingsSection
from zope import schema
from zope.interface import Interface


class IDoorCodeSettings(Interface):
    max_door_code_lifetime = schema.Int(
        title="Maximum lifetime of a door code",
        description="Days, from 1 to 365. Leave it empty for any time.",
        min=1,
        max=365,
        required=False,
        default=None,
    )


DOOR_CODES = SettingsSection(IDoorCodeSettings, "Policies for door codes", order=100)
