"""Settings for personal access tokens."""

from ..credentials.fields import Switch
from ..credentials.passwords import PasswordPolicy
from ..credentials.passwords import TELL
from ..i18n import _
from ..site.sections import SettingsSection
from zope import schema
from zope.interface import Interface


class IPersonalAccessTokenSettings(Interface):
    """What holds for personal access tokens."""

    max_personal_access_token_lifetime = schema.Int(
        title=_("Maximum lifetime of a personal access token (days)"),
        description=_(
            "Days after it is issued, from 1 to 3650. Leave it empty for no limit."
            " It applies to what is issued or changed from now on."
        ),
        min=1,
        max=3650,
        required=False,
        default=None,
    )
    personal_access_tokens_may_never_end = Switch(
        title=_("Personal access tokens may never expire"),
        description=_(
            "Users may choose that a token never expires, unless there is a maximum"
            " lifetime. Not recommended: forgotten tokens get found by others."
        ),
    )
    max_personal_access_tokens_per_user = schema.Int(
        title=_("Maximum number of personal access tokens per user"),
        description=_(
            "From 1 to 1000; tokens that are revoked or expired do not count. Leave"
            " it empty for no limit."
        ),
        min=1,
        max=1000,
        required=False,
        default=None,
    )
    personal_access_tokens_on_password_change = PasswordPolicy(TELL)
    personal_access_tokens_as_passwords = Switch(
        title=_("Accept personal access tokens as passwords"),
        description=_(
            "Lets tools that know nothing but user name and password (HTTP Basic) send"
            " a personal access token as the password. The user name must be that of"
            " the token's owner."
        ),
    )


PERSONAL_ACCESS_TOKENS = SettingsSection(
    IPersonalAccessTokenSettings, _("Policies for personal access tokens"), order=60
)
