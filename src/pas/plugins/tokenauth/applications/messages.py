"""Problems with redirect URIs, in words for people."""

from ..core.redirects import RedirectProblem
from ..core.redirects import RedirectRefused
from ..core.text import cleaned
from ..i18n import _


_SHOWN_LENGTH = 80
_MESSAGES: dict[RedirectProblem, str] = {
    "empty": _("There is an empty redirect URI."),
    "too_long": _("A redirect URI has at most ${maximum} characters."),
    "characters": _(
        "“${uri}”: a redirect URI is printable ASCII without spaces, quotes, braces or"
        " backslashes; anything else is percent-encoded."
    ),
    "not_absolute": _(
        "“${uri}”: a redirect URI begins with a scheme in lowercase letters, like"
        " https:."
    ),
    "fragment": _("“${uri}”: a redirect URI has no fragment (#)."),
    "wildcard": _(
        "“${uri}”: a redirect URI is compared as it is, so it cannot hold an asterisk."
    ),
    "forbidden_scheme": _("“${uri}”: no application is reached by this scheme."),
    "unknown_scheme": _(
        "“${uri}”: the scheme has no dot. Name it among the allowed schemes, if this"
        " application cannot do without."
    ),
    "not_https": _(
        "“${uri}”: a redirect URI needs https, except on the person's own computer."
    ),
    "user_information": _("“${uri}”: a redirect URI names no user."),
    "host": _(
        "“${uri}”: a redirect URI names a host, and a port from 1 to 65535 if any."
    ),
}


def redirect_message(uri: str, refused: RedirectRefused) -> str:
    """Why a redirect URI cannot be registered."""
    values = {**refused.values, "uri": cleaned(uri, _SHOWN_LENGTH)}
    return _(_MESSAGES[refused.problem], mapping=values)
