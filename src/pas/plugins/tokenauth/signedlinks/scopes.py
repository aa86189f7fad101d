"""The scope by which a program makes links."""

from ..core.scopes import WRITE
from ..credentials.scopes import Scope
from ..i18n import _


LINKS = "plone.links"

links = Scope(
    title=_("Share by link"),
    description=_(
        "Work on content, and make links by which others see it without a log-in."
    ),
    includes=(WRITE,),
)
