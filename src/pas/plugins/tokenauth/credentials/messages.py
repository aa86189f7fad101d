"""Problems of the core, in words for people."""

from ..core.errors import KeyProblem
from ..core.errors import KeyRefused
from ..core.ipranges import IPRangeError
from ..core.ipranges import MAX_RANGES
from ..core.redirects import RedirectProblem
from ..core.redirects import RedirectRefused
from ..core.text import cleaned
from ..i18n import _


_SHOWN_LENGTH = 80

_RANGE_MESSAGES = {
    "empty": _("There is an empty entry at column ${column}."),
    "not_an_address": _(
        "“${entry}” at column ${column} is neither an IP address nor a network."
    ),
    "host_bits_set": _(
        "“${entry}” at column ${column} is no network: did you mean ${suggestion}?"
    ),
    "zone": _("“${entry}” at column ${column}: zones are not supported."),
    "too_many": _(
        "From column ${column} on there are too many entries: at most ${maximum}."
    ),
}

_KEY_MESSAGES: dict[KeyProblem, str] = {
    "empty": _("There is no key here."),
    "too_long": _("This is too long for a public key: at most ${maximum} characters."),
    "not_plain_text": _("A public key is plain ASCII text, this is not."),
    "unknown_format": _("This is no public key in PEM, JWK or OpenSSH format."),
    "unreadable": _(
        "This public key cannot be read: it is damaged, or there is something before"
        " or after it."
    ),
    "several_keys": _("There is more than one key here: give one at a time."),
    "private_key": _("This is a private key. Only the public half belongs here."),
    "certificate": _("This is a certificate. Take the public key out of it first."),
    "unsupported_kind": _("Only RSA, P-256 and Ed25519 keys can be used."),
    "rsa_bits": _(
        "An RSA key must have ${minimum} to ${maximum} bits, this one has ${bits}."
    ),
    "rsa_exponent": _("The public exponent of an RSA key must be ${exponent}."),
    "weak": _("This key is known to be weak (${weakness}): make a new one."),
    "not_for_signatures": _(
        "The members use or key_ops say that this key is not for signatures."
    ),
    "unknown_algorithm": _("The algorithm must be one of ${algorithms}."),
    "wrong_algorithm": _("This key cannot be used with the algorithm ${algorithm}."),
    "contradiction": _("This key is for ${stated}, but ${wanted} was asked for."),
}

_REDIRECT_MESSAGES: dict[RedirectProblem, str] = {
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


def key_message(refused: KeyRefused) -> str:
    """Why a public key cannot be used."""
    return _(_KEY_MESSAGES[refused.problem], mapping=refused.values)


def ip_range_message(error: IPRangeError) -> str:
    """What is wrong with a list of IP ranges, and where."""
    return _(
        _RANGE_MESSAGES[error.problem],
        mapping={
            "entry": error.entry,
            "column": error.column,
            "suggestion": error.suggestion,
            "maximum": MAX_RANGES,
        },
    )


def redirect_message(uri: str, refused: RedirectRefused) -> str:
    """Why a redirect URI cannot be registered."""
    values = {**refused.values, "uri": cleaned(uri, _SHOWN_LENGTH)}
    return _(_REDIRECT_MESSAGES[refused.problem], mapping=values)
