"""The password of a link, which others are told and nobody is shown again."""

from typing import Any
from zope import schema


class LinkPassword(schema.TextLine):
    """What whoever opens a link has to type."""

    #: Forms take it out of the request at once.
    is_sensitive = True

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)
