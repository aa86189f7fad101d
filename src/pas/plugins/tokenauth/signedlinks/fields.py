"""The password of a link, which others are told and nobody is shown again."""

from ..credentials.fields import OptionalLine


class LinkPassword(OptionalLine):
    """What whoever opens a link has to type."""

    #: Forms take it out of the request at once.
    is_sensitive = True
