"""Settings of the OpenID provider."""

from ..credentials.fields import Switch
from ..i18n import _
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from zope import schema
from zope.interface import Interface


class IOpenIDSettings(Interface):
    """What holds for the OpenID provider."""

    openid_enabled = Switch(
        title=_("People can log in to other sites with their account here"),
        description=_(
            "Makes the site an OpenID provider. It needs a sealing key, because it"
            " signs what it tells about people."
        ),
    )
    signing_key_lifetime = schema.Int(
        title=_("Lifetime of signing keys (days)"),
        description=_(
            "Days after which new keys are made, from 1 to 3650. Other sites get to"
            " know them before they are used."
        ),
        min=1,
        max=3650,
        default=90,
    )
    id_token_lifetime = schema.Int(
        title=_("Lifetime of ID tokens (seconds)"),
        description=_(
            "Seconds, from 300 to 3600, in which another site has to read what it gets"
            " about a person."
        ),
        min=300,
        max=3600,
        default=600,
    )
    subject_is_user_id = Switch(
        title=_("Tell other sites the user id"),
        description=_(
            "Other sites know people by a random name, which no later user of the same"
            " id gets. Some know them by their user id already: this tells it to all."
        ),
    )


OPENID = SettingsSection(
    IOpenIDSettings,
    _("OpenID provider"),
    order=80,
    page="signing-keys",
    page_title=_("Signing keys"),
)


def is_enabled(site: SiteContext) -> bool:
    """Whether the site is an OpenID provider."""
    return bool(site.settings.openid_enabled)
