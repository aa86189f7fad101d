"""Settings of the device grant."""

from ..credentials.fields import Switch
from ..delegation.interfaces import IDelegation
from ..i18n import _
from ..sealing.configuration import is_usable
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope.interface import Interface


class IDeviceSettings(Interface):
    """What holds for devices without a browser."""

    device_grant_enabled = Switch(
        title=_("Applications on devices without a browser can ask for access"),
        description=_(
            "A device shows a short code, and a person enters it here with their own"
            " browser. Attackers send such codes to people, so switch this on only for"
            " applications that need it; each has a switch of its own besides."
        ),
    )


DEVICES = SettingsSection(IDeviceSettings, _("Devices without a browser"), order=78)


def is_offered(site: SiteContext) -> bool:
    """Whether devices can ask now, and people be asked, which needs the sealing key."""
    return is_enabled(site) and is_usable()


def is_enabled(site: SiteContext) -> bool:
    """Whether devices can ask, and go on with what people have allowed."""
    is_wanted = bool(site.settings.device_grant_enabled)
    return is_wanted and IDelegation(site, None) is not None
