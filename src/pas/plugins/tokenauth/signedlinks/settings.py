"""Settings for signed links."""

from ..credentials.fields import Switch
from ..i18n import _
from ..site.sections import SettingsSection
from zope import schema
from zope.interface import Interface


class ISignedLinkSettings(Interface):
    """What holds for signed links."""

    allow_signed_links = Switch(
        title=_("Allow signed links"),
        description=_("While this is off, none is issued, and none works."),
        default=True,
    )
    max_signed_link_lifetime = schema.Int(
        title=_("Maximum lifetime of a signed link (days)"),
        description=_(
            "Days after it is issued, from 1 to 365. It applies to what is issued or"
            " changed from now on."
        ),
        min=1,
        max=365,
        default=30,
    )
    require_signed_link_password = Switch(
        title=_("Require passwords of signed links"),
        description=_("Every new link must have a password."),
    )
    require_signed_link_ip_ranges = Switch(
        title=_("Require IP ranges of signed links"),
        description=_("Every new link must be limited to IP ranges."),
    )
    signed_link_types = schema.TextLine(
        title=_("Types that can be shared by link"),
        description=_(
            "Names of types separated by spaces, for instance: File Image. Links to"
            " content of other types do not work. Leave it empty for every type."
        ),
        required=False,
        default="",
    )


SIGNED_LINKS = SettingsSection(
    ISignedLinkSettings, _("Policies for signed links"), order=65
)
