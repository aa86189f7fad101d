"""Settings for partners."""

from ..credentials.fields import Switch
from ..i18n import _
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope.interface import Interface


class IPartnerSettings(Interface):
    """What holds for partners."""

    partners_enabled = Switch(
        title=_("Partners can use signatures as ska makes them"),
        description=_(
            "ska is an older way to log people in and to call pages, for programs that"
            " know nothing better: whoever learns the shared secret can be anybody."
            " Prefer OpenID Connect where they can do it. It needs a sealing key."
        ),
    )


PARTNERS = SettingsSection(IPartnerSettings, _("Partners (ska)"), order=92)


def is_enabled(site: SiteContext) -> bool:
    """Whether the site has to do with partners."""
    return bool(site.settings.partners_enabled)
