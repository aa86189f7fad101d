"""Settings of the server for django-simple-sso."""

from ..credentials.fields import Switch
from ..i18n import _
from ..sealing.interfaces import INeedsSealing
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope.interface import Interface
from zope.interface import provider


class ISimpleSSOSettings(Interface):
    """What holds for the server for django-simple-sso."""

    simple_sso_enabled = Switch(
        title=_("People can log in to sites with django-simple-sso"),
        description=_(
            "django-simple-sso is an older protocol, for Django sites that know nothing"
            " better. Prefer OpenID Connect where they can do it. It needs a sealing"
            " key."
        ),
    )


SIMPLE_SSO = SettingsSection(ISimpleSSOSettings, "django-simple-sso", order=94)


def is_enabled(site: SiteContext) -> bool:
    """Whether the site logs people in to others by this protocol."""
    return bool(site.settings.simple_sso_enabled)


@provider(INeedsSealing)
def simple_sso_needs_sealing(site: SiteContext) -> str:
    """What waits for the sealing key while it is on."""
    return "django-simple-sso" if is_enabled(site) else ""
