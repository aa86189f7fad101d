"""What older clients expect in the answer with a token."""

from ..delegation.interfaces import ITokenResponseMembers
from ..delegation.interfaces import RedeemedGrant
from ..site.context import SiteContext
from ..site.interfaces import ISiteContext
from typing import Any
from zope.component import adapter
from zope.interface import implementer


@implementer(ITokenResponseMembers)
@adapter(ISiteContext)
class UserIdMember:
    """See ITokenResponseMembers: `user_id`, as go-oauth2-server has it."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site

    def __call__(self, redeemed: RedeemedGrant) -> dict[str, Any]:
        is_told = self._site.settings.tells_user_id
        return {"user_id": redeemed.subject} if is_told else {}
