"""What older clients expect in the answer with a token."""

from ..delegation.interfaces import ITokenResponseMembers
from ..delegation.interfaces import RedeemedGrant
from ..site.context import SiteAdapter
from typing import Any
from zope.interface import implementer


@implementer(ITokenResponseMembers)
class UserIdMember(SiteAdapter):
    """See ITokenResponseMembers: `user_id`, as go-oauth2-server has it."""

    def __call__(self, redeemed: RedeemedGrant) -> dict[str, Any]:
        is_told = self._site.settings.tells_user_id
        return {"user_id": redeemed.subject} if is_told else {}
