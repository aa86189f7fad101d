"""Settings for credentials of every kind."""

from ..i18n import _
from ..site.sections import SettingsSection
from .fields import Switch
from zope import schema
from zope.interface import Interface


class IUsageSettings(Interface):
    """What is kept of uses, and for how long."""

    usage_recording_interval = schema.Int(
        title=_("Recording of uses (minutes)"),
        description=_(
            "Minutes, from 1 to 1440: uses of a personal access token are written to"
            " the usage log at most this often, by each server process. When a server"
            " crashes, at most the uses of this time are lost."
        ),
        min=1,
        max=1440,
        default=5,
    )
    usage_log_retention = schema.Int(
        title=_("Retention of the usage log (days)"),
        description=_("Days; the newest entry of each key and token always stays."),
        min=1,
        max=3650,
        default=7,
    )
    tell_of_new_addresses = Switch(
        title=_("Tell owners of new addresses"),
        description=_(
            "Owners get mail when a key or token of theirs is used from a network where"
            " it was not used within the retention of the usage log, at most once a day"
            " for each."
        ),
        default=True,
    )
    revoked_key_retention = schema.Int(
        title=_("Retention of what was revoked (days)"),
        description=_(
            "Days for which a revoked key, token or application and its usage log stay"
            " visible."
        ),
        min=1,
        max=3650,
        default=90,
    )


class ICredentialSettings(Interface):
    """What holds for credentials of every kind."""

    require_ip_ranges = Switch(
        title=_("Require IP ranges"),
        description=_(
            "Every new key and personal access token must be limited to IP ranges."
        ),
    )
    allow_admin_scopes = Switch(
        title=_("Programs may administer"),
        description=_(
            "Keys, tokens and applications may have the scopes “Read everything” and"
            " “Administer”. While this is off, none is issued with them, and those that"
            " have them work on content only."
        ),
        default=True,
    )


USAGE = SettingsSection(IUsageSettings, _("Usage and retention"), order=30)
CREDENTIALS = SettingsSection(
    ICredentialSettings,
    _("Policies for service keys and personal access tokens"),
    order=40,
)
