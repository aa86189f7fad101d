"""Settings for older OAuth 2.0 clients."""

from ..credentials.fields import Switch
from ..delegation.interfaces import IDelegation
from ..i18n import _
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope.interface import Interface


class ILegacyGrantSettings(Interface):
    """What holds for older clients."""

    password_grant_enabled = Switch(
        title=_("Applications can send passwords of people"),
        description=_(
            "The password grant of OAuth 2.0, which today's security rules forbid: the"
            " application learns the password, and no second factor is asked for."
            " Switch it on only until older applications are replaced; each has a"
            " switch of its own besides."
        ),
    )
    implicit_grant_enabled = Switch(
        title=_("Applications can get tokens in the URL"),
        description=_(
            "The implicit grant of OAuth 2.0, which today's security rules forbid:"
            " tokens in URLs stay in histories and logs, and whoever gets hold of one"
            " can use it. Switch it on only until older applications are replaced; each"
            " has a switch of its own besides."
        ),
    )
    tells_user_id = Switch(
        title=_("Tell applications the user id with a token"),
        description=_(
            "Some older applications expect the member user_id in the answer with a"
            " token. With OpenID Connect they learn it from the ID token."
        ),
    )


LEGACY_GRANTS = SettingsSection(
    ILegacyGrantSettings, _("Older OAuth 2.0 applications"), order=96
)


def is_offered(site: SiteContext, switch: str) -> bool:
    """Whether the site has a grant, for which there have to be authorizations.

    :param switch: name of the setting
    """
    is_on = bool(getattr(site.settings, switch))
    return is_on and IDelegation(site, None) is not None
