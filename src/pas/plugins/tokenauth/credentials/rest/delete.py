"""DELETE: revoke a credential."""

from ..service import revoke_credentials
from .base import WritingService
from typing import Any
from zExceptions import NotFound


class CredentialsDelete(WritingService):
    """``DELETE …/{id}``; the credential stays visible as revoked."""

    def answer(self) -> Any:
        match self.params:
            case [credential_id]:
                return self._revoke(credential_id)
        raise NotFound()

    def _revoke(self, credential_id: str) -> Any:
        kind = self.endpoint.kind
        revoke_credentials(self.site, self.requester, [credential_id], self.now, kind)
        return self.reply_no_content()
