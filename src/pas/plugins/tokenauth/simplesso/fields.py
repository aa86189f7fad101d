"""Fields of the options of a consumer. Like those of others, they need no Zope."""

from ..credentials.fields import Lines


class ConsumerURLs(Lines):
    """Where people may be sent back to, see core.redirects."""

    argument = "url"
