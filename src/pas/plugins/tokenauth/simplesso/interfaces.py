"""The options of a consumer: a site with django-simple-sso."""

from ..credentials.fields import Expiry
from ..credentials.fields import Groups
from ..credentials.fields import IPRanges
from ..credentials.fields import Switch
from ..credentials.fields import Title
from ..credentials.fields import Users
from ..credentials.fields import WebURLs
from ..credentials.interfaces import IOptions
from ..i18n import _


class ISimpleSSOOptions(IOptions):
    """The options of a consumer, when it is registered and later."""

    title = Title(description=_("What people read who log in there."))
    urls = WebURLs()
    tells_login_name = Switch(
        title=_("Knows people by their login name"),
        description=_(
            "Otherwise by their user id, which nobody can change or take over."
        ),
        sentence=_("It knows people by their login name."),
    )
    users = Users()
    groups = Groups()
    ip_ranges = IPRanges(
        description=_(
            "Where the site's own requests come from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. Leave it empty for"
            " anywhere."
        ),
        required_description=_(
            "Where the site's own requests come from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. By the policy of this"
            " site they are needed."
        ),
    )
    expires_at = Expiry(
        description=_("Nobody can log in there any more then."),
        never_warning=_("Revoke it when nobody logs in there any more."),
        preferred_days=None,
    )
