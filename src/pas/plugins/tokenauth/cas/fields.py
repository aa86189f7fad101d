"""Fields of the options of a CAS service. Like those of others, they need no Zope."""

from ..credentials.fields import Lines


class ReleasedAttributes(Lines):
    """What a service learns about people: `name`, or `name=source`."""

    usual = {"argument": "attribute"}
