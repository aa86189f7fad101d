"""The options of a personal access token."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Scopes
from ..credentials.fields import Title
from ..credentials.interfaces import IOptions
from ..i18n import _


class IPersonalAccessTokenOptions(IOptions):
    """The options of a personal access token, at issue and later."""

    title = Title(
        description=_(
            "A name you will recognise, for instance that of the script and where it"
            " runs."
        )
    )
    ip_ranges = IPRanges(
        description=_(
            "Where the personal access token may be used from: addresses and networks,"
            " separated by commas, for instance 192.0.2.7, 2001:db8::/32. Leave it"
            " empty for anywhere. Changes apply at once."
        ),
        required_description=_(
            "Where the personal access token may be used from: addresses and networks,"
            " separated by commas, for instance 192.0.2.7, 2001:db8::/32. By the"
            " policy of this site every personal access token needs them. Changes"
            " apply at once."
        ),
        no_address=_(
            "The server does not see your address now. If it is the same for the"
            " program, a personal access token with IP ranges is of no use."
        ),
    )
    expires_at = Expiry(
        description=_(
            "You are reminded by e-mail before a personal access token ends, if the"
            " site sends mail."
        ),
        limited=_(
            "By the policy of this site a personal access token ends at most ${days}"
            " days after it was issued."
        ),
        day_description=_(
            "The last day of the personal access token; it ends when this day ends in"
            " the time zone of the site (${timezone})."
        ),
        never_warning=_(
            "Not recommended: whoever finds the personal access token in an old script"
            " or backup can use it, years from now. You can postpone the expiry at any"
            " time."
        ),
        missing=_("Please choose when the personal access token ends."),
        preferred_days=90,
    )
    scopes = Scopes()
