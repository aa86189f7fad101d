"""Fields of the options of a partner. Like those of others, they need no Zope."""

from ..i18n import _
from .protocol import ALGORITHMS
from .protocol import SHA1


#: What the signatures of a partner are for. One secret is good for one of them, because
#: a signature says nothing of where it belongs.
LOGIN, VIEWS, OUTGOING = "login", "views", "outgoing"
PURPOSES = {
    LOGIN: _("The partner logs people in here"),
    VIEWS: _("The partner calls views that ask for it"),
    OUTGOING: _("This site signs URLs for the partner"),
}
HASHES = {
    **{each: each.upper().replace("SHA", "SHA-") for each in ALGORITHMS},
    SHA1: _("SHA-1, only for a partner that knows nothing better"),
}
