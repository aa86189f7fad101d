"""Settings for applications that people let act for them."""

from ..core.clock import DAY
from ..credentials.fields import Switch
from ..credentials.passwords import END
from ..credentials.passwords import PasswordPolicy
from ..i18n import _
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope import schema
from zope.interface import Interface


class IDelegationSettings(Interface):
    """What holds for what people have authorized."""

    refresh_token_idle_lifetime = schema.Int(
        title=_("Applications stay signed in without a use (days)"),
        description=_(
            "Days, from 1 to 365, after which an application that has not come back has"
            " to send its person to log in. It applies to all at once."
        ),
        min=1,
        max=365,
        default=30,
    )
    refresh_token_lifetime = schema.Int(
        title=_("Applications stay signed in at most (days)"),
        description=_(
            "Days, from 1 to 3650, from when a person has signed in to an application,"
            " however often it comes back. A shorter time applies to all at once."
        ),
        min=1,
        max=3650,
        default=180,
    )
    authorizations_on_password_change = PasswordPolicy(END)
    tell_of_self_registered = Switch(
        title=_("Tell people of applications that registered themselves"),
        description=_(
            "People get mail when they let such an application act for them for the"
            " first time: no administrator has looked at it."
        ),
        default=True,
    )


DELEGATION = SettingsSection(
    IDelegationSettings, _("Applications that act for people"), order=70
)


def idle_lifetime(site: SiteContext) -> float:
    """Seconds for which an application stays signed in without a use."""
    return float(site.settings.refresh_token_idle_lifetime * DAY)


def longest_lifetime(site: SiteContext) -> float:
    """Seconds for which an application stays signed in at most."""
    return float(site.settings.refresh_token_lifetime * DAY)
