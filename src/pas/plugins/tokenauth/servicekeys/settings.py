"""Settings for service keys."""

from ..core.keys import ALGORITHMS
from ..credentials.passwords import PasswordPolicy
from ..credentials.passwords import TELL
from ..i18n import _
from ..site.sections import SettingsSection
from zope import schema
from zope.interface import Interface


class IServiceKeySettings(Interface):
    """What holds for service keys."""

    max_key_lifetime = schema.Int(
        title=_("Maximum lifetime of a service key (days)"),
        description=_(
            "Days after its key pair is made, from 1 to 3650. Leave it empty for no"
            " limit. It applies to what is issued, rotated or changed from now on."
        ),
        min=1,
        max=3650,
        required=False,
        default=None,
    )
    max_keys_per_user = schema.Int(
        title=_("Maximum number of service keys per user"),
        description=_(
            "From 1 to 1000; keys that are revoked or expired do not count. Leave it"
            " empty for no limit."
        ),
        min=1,
        max=1000,
        required=False,
        default=None,
    )
    service_keys_on_password_change = PasswordPolicy(TELL)
    allowed_algorithms = schema.Tuple(
        title=_("Allowed algorithms"),
        description=_(
            "With which programs may sign: at least one. Many clients know RS256 only."
        ),
        value_type=schema.Choice(values=ALGORITHMS),
        min_length=1,
        unique=True,
        default=ALGORITHMS,
    )


SERVICE_KEYS = SettingsSection(
    IServiceKeySettings, _("Policies for service keys"), order=50
)
