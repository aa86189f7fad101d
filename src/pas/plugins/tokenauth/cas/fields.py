"""Fields of the options of a CAS service. Like those of others, they need no Zope."""

from ..credentials.fields import Lines


class ServiceURLs(Lines):
    """Where tickets may be sent, see core.redirects."""

    argument = "url"


class ReleasedAttributes(Lines):
    """What a service learns about people: `name`, or `name=source`."""

    argument = "attribute"
