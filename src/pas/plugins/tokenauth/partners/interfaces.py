"""The options of a partner."""

from ..credentials.fields import Expiry
from ..credentials.fields import Groups
from ..credentials.fields import IPRanges
from ..credentials.fields import Lines
from ..credentials.fields import Switch
from ..credentials.fields import Title
from ..credentials.fields import Users
from ..credentials.fields import vocabulary_of
from ..credentials.interfaces import IOptions
from ..i18n import _
from .fields import HASHES
from .fields import LOGIN
from .fields import PURPOSES
from zope import schema


class IPartnerOptions(IOptions):
    """The options of a partner, when it is registered and later."""

    title = Title(description=_("What people read who come from the partner."))
    purpose = schema.Choice(
        title=_("What the signatures are for"),
        description=_(
            "It cannot be changed: a partner for two purposes is registered twice, with"
            " two secrets."
        ),
        vocabulary=vocabulary_of(PURPOSES),
        default=LOGIN,
    )
    algorithm = schema.Choice(
        title=_("Hash"),
        description=_("The same as there. ska itself takes SHA-1 unless it is told."),
        vocabulary=vocabulary_of(HASHES),
        default="sha256",
    )
    extras = Lines(
        argument="extra",
        title=_("What is signed besides the user"),
        description=_(
            "Names, one on each line, at most 20, such as email. Each signature has all"
            " of these and no others: what could be added could be forged."
        ),
        max_length=20,
    )
    max_lifetime = schema.Int(
        title=_("Maximum lifetime of a signature"),
        description=_("Seconds, from 10 to 3600. ska takes 600 unless it is told."),
        min=10,
        max=3600,
        default=600,
    )
    users = Users(
        description=_(
            "Ids of users, one on each line, whom the partner may log in. Who can"
            " administer the site is logged in only if named here. Leave users and"
            " groups empty for everybody else."
        ),
    )
    groups = Groups(
        description=_(
            "Ids of groups, one on each line, whose members the partner may log in."
        ),
    )
    creates_users = Switch(
        title=_("Create users"),
        description=_(
            "People without an account get one, with the role Member. The extras email,"
            " fullname (or first_name and last_name), location, home_page and"
            " description become its properties."
        ),
        sentence=_("It creates accounts for people whom the site does not know."),
    )
    landing = schema.TextLine(
        title=_("Landing page"),
        description=_(
            "A path below the site, like /members. Leave it empty for the front page."
            " If next is among the extras, a path that is signed there comes first."
        ),
        max_length=500,
        required=False,
        default="",
    )
    urls = Lines(
        argument="url",
        title=_("URLs of the partner"),
        description=_(
            "Where signed URLs may lead, one on each line, at most 20. Below a URL that"
            " ends with a slash every page is meant. A signature does not say which"
            " page it is for: whoever gets it can use it at any."
        ),
        max_length=20,
    )
    ip_ranges = IPRanges(
        description=_(
            "Where the browsers of people are who come from the partner: addresses and"
            " networks, separated by commas, for instance 192.0.2.7, 2001:db8::/32."
            " Leave it empty for anywhere."
        ),
        required_description=_(
            "Where the browsers of people are who come from the partner: addresses and"
            " networks, separated by commas, for instance 192.0.2.7, 2001:db8::/32. By"
            " the policy of this site they are needed."
        ),
    )
    expires_at = Expiry(
        description=_("No signature is accepted or made any more then."),
        never_warning=_("Revoke the partner when nobody needs it any more."),
        preferred_days=None,
    )
