"""The options of an authorization."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Scopes
from ..credentials.fields import Title
from ..credentials.interfaces import IOptions
from ..i18n import _


_RANGES = _(
    "Where the application may use this authorization from: addresses and networks,"
    " separated by commas. Leave it empty for anywhere. Changes apply at once."
)


class IAuthorizationOptions(IOptions):
    """The options of an authorization; its person can only make it less."""

    title = Title(description=_("What the application is called."))
    ip_ranges = IPRanges(
        description=_RANGES,
        required_description=_RANGES,
        no_address=_("The server cannot see your address."),
    )
    expires_at = Expiry(
        description=_("After that the application has to ask again."),
        limited=_("By this site's policy, it expires after ${days} days."),
        day_description=_(
            "The last day of the authorization; it ends when this day ends in the time"
            " zone of the site (${timezone})."
        ),
        never_warning=_("The application can act for you until you end that."),
        missing=_("Please choose when the authorization ends."),
    )
    scopes = Scopes()
