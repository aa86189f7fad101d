"""Problems of the core, in words for people."""

from ..core.ipranges import IPRangeError
from ..core.ipranges import MAX_RANGES
from ..i18n import _


_MESSAGES = {
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


def ip_range_message(error: IPRangeError) -> str:
    """What is wrong with a list of IP ranges, and where."""
    return _(
        _MESSAGES[error.problem],
        mapping={
            "entry": error.entry,
            "column": error.column,
            "suggestion": error.suggestion,
            "maximum": MAX_RANGES,
        },
    )
