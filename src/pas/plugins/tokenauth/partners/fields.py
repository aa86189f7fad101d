"""Fields of the options of a partner. Like those of others, they need no Zope."""

from ..credentials.fields import Lines
from ..i18n import _
from .protocol import ALGORITHMS
from .protocol import SHA1
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


#: What the signatures of a partner are for. One secret is good for one of them, because
#: a signature says nothing of where it belongs.
LOGIN, VIEWS, OUTGOING = "login", "views", "outgoing"
PURPOSES = SimpleVocabulary(
    [
        SimpleTerm(LOGIN, LOGIN, _("The partner logs people in here")),
        SimpleTerm(VIEWS, VIEWS, _("The partner calls views that ask for it")),
        SimpleTerm(OUTGOING, OUTGOING, _("This site signs URLs for the partner")),
    ]
)
_NAMES = {each: each.upper().replace("SHA", "SHA-") for each in ALGORITHMS}
HASHES = SimpleVocabulary(
    [
        SimpleTerm(
            each,
            each,
            _("SHA-1, only for a partner that knows nothing better")
            if each == SHA1
            else _NAMES[each],
        )
        for each in ALGORITHMS
    ]
)


class Extras(Lines):
    """Names of what is signed besides the user and the time."""

    argument = "extra"


class PartnerURLs(Lines):
    """Where signed URLs may lead, see core.redirects."""

    argument = "url"
