"""DELETE: revoke a key."""

from ..usecases.servicekeys import revoke_service_keys
from .base import WritingService
from typing import Any
from zExceptions import NotFound


class ServiceKeysDelete(WritingService):
    """``DELETE @service-keys/{client_id}``; the key stays visible as revoked."""

    def answer(self) -> Any:
        match self.params:
            case [client_id]:
                revoke_service_keys(self.server, self.actor, [client_id], self.now)
                return self.reply_no_content()
        raise NotFound()
