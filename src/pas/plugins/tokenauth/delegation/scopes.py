"""The scope by which applications ask to stay signed in."""

from ..credentials.scopes import Scope
from ..i18n import _


#: Asks for a refresh token (OpenID Connect Core section 11).
OFFLINE_ACCESS = "offline_access"

offline_access = Scope(
    title=_("Stay signed in"),
    description=_("Go on while you are away, until you end that."),
    is_for_applications=True,
)
