"""What a signed link is asked for, and how programs of the site make one."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Switch
from ..credentials.fields import Title
from ..credentials.fields import vocabulary_of
from ..credentials.interfaces import IMaterial
from ..credentials.interfaces import IOptions
from ..i18n import _
from .fields import LinkPassword
from zope import schema
from zope.interface import Interface


VIEW = "view"
DOWNLOAD = "download"
ACTIONS = {DOWNLOAD: _("Download the file"), VIEW: _("View the page")}


class ISignedLinkOptions(IOptions):
    """The options of a signed link, at issue and later."""

    title = Title(
        description=_("A name you will recognise, for instance who gets the link.")
    )
    expires_at = Expiry(preferred_days=7)
    ip_ranges = IPRanges(
        description=_(
            "Where the link may be used from: addresses and networks, separated by"
            " commas, for instance 192.0.2.7, 2001:db8::/32. Leave it empty for"
            " anywhere."
        ),
        required_description=_(
            "Where the link may be used from: addresses and networks, separated by"
            " commas, for instance 192.0.2.7, 2001:db8::/32. This site's policy"
            " requires them for every link."
        ),
        no_address=_("The server cannot see your address."),
    )
    max_uses = schema.Int(
        title=_("Maximum number of uses"),
        description=_(
            "From 1 to 10000; leave it empty for no limit. This is not copy"
            " protection: anyone who has opened the link can pass on what it shows."
        ),
        min=1,
        max=10_000,
        required=False,
        default=None,
    )
    shows_title = Switch(
        title=_("Show the title before the link is opened"),
        description=_(
            "Mail and chat programs that preview links see the page on which a link"
            " is opened. It says nothing about the content unless you want it to."
        ),
    )


class ISignedLinkMaterial(IMaterial):
    """What cannot be changed of a signed link."""

    object = schema.TextLine(
        title=_("Object"),
        description=_("The UID of what to share, or its path below the site: /a/page"),
        default="",
    )
    action = schema.Choice(
        title=_("What the link is for"),
        description=_(
            "A link to a file can hand it out at once; a link to a page shows it in the"
            " site."
        ),
        vocabulary=vocabulary_of(ACTIONS),
        required=False,
        default=None,
    )
    password = LinkPassword(
        title=_("Password"),
        description=_(
            "Anyone who opens the link is asked for it. Do not send it together with"
            " the link. Leave it empty for no password."
        ),
    )


class ISignedLinks(Interface):
    """The signed links of an object; adapts content."""

    def create(title="", now=None, **options):
        """Make a link, as the current user, and return it as kind.IssuedSignedLink.

        The options are those of ISignedLinkOptions and ISignedLinkMaterial but
        `object`; `expires_at` are seconds since the epoch. The URL is the `url` of what
        is returned.

        Raises NotAllowed, and InvalidInput for values that cannot be used.
        """

    def live(now=None):
        """The links that lead to the object now, as a list."""
