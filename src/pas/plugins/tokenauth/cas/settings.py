"""Settings of the CAS server."""

from ..credentials.fields import Switch
from ..i18n import _
from ..sealing.interfaces import INeedsSealing
from ..signin.interfaces import INeedsSessions
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope.interface import Interface
from zope.interface import provider


class ICASSettings(Interface):
    """What holds for the CAS server."""

    cas_enabled = Switch(
        title=_("People can log in by CAS to web sites that are registered"),
        description=_(
            "CAS is an older protocol, for web sites that know nothing better: what it"
            " tells them is not signed. Prefer OpenID Connect where they can do it."
        ),
    )


CAS = SettingsSection(ICASSettings, _("CAS server"), order=90)


def is_enabled(site: SiteContext) -> bool:
    """Whether the site is a CAS server."""
    return bool(site.settings.cas_enabled)


@provider(INeedsSessions)
def cas_needs_sessions(site: SiteContext) -> bool:
    """Services want to know when people have logged in, and when they log out."""
    return is_enabled(site)


@provider(INeedsSealing)
def cas_needs_sealing(site: SiteContext) -> str:
    """What waits for the sealing key while CAS is on; all else goes without."""
    return _("CAS: letting people log in again (renew)") if is_enabled(site) else ""
