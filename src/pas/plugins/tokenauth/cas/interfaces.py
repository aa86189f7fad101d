"""The options of a CAS service."""

from ..credentials.fields import Expiry
from ..credentials.fields import Groups
from ..credentials.fields import IPRanges
from ..credentials.fields import Switch
from ..credentials.fields import Title
from ..credentials.fields import Users
from ..credentials.fields import WebURLs
from ..credentials.interfaces import IOptions
from ..i18n import _
from .fields import ReleasedAttributes


class ICASServiceOptions(IOptions):
    """The options of a CAS service, when it is registered and later."""

    title = Title(description=_("What people read who log in there."))
    urls = WebURLs(required=True)
    attributes = ReleasedAttributes(
        title=_("Attributes"),
        description=_(
            "What it learns about people, one on each line, at most 20: the name of a"
            " property of users, such as email or fullname, or groups or roles. With"
            " an equals sign it gets another name there: displayName=fullname."
        ),
        max_length=20,
    )
    tells_login_name = Switch(
        title=_("Knows people by their login name"),
        description=_(
            "Otherwise by their user id, which nobody can change or take over."
        ),
        sentence=_("It knows people by their login name."),
    )
    stays_logged_in = Switch(
        title=_("People stay logged in there"),
        description=_(
            "Otherwise it is told when they log out of this site (single logout)."
        ),
        sentence=_("It is not told when people log out of this site."),
    )
    users = Users()
    groups = Groups()
    ip_ranges = IPRanges(
        description=_(
            "Where its own requests for what a ticket is worth come from: addresses and"
            " networks, separated by commas, for instance 192.0.2.7, 2001:db8::/32."
            " Leave it empty for anywhere."
        ),
        required_description=_(
            "Where its own requests for what a ticket is worth come from: addresses and"
            " networks, separated by commas, for instance 192.0.2.7, 2001:db8::/32. By"
            " the policy of this site they are needed."
        ),
    )
    expires_at = Expiry(
        description=_("Nobody can log in there any more then."),
        never_warning=_("Revoke it when nobody logs in there any more."),
        preferred_days=None,
    )
