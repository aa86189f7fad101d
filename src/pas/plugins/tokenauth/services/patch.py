"""PATCH: change some of what is decided about a key."""

from ..usecases.limits import limits_of
from ..usecases.servicekeys import change_service_key
from ..usecases.servicekeys import changeable_service_key
from .base import WritingService
from .body import json_object
from .limits import given_limits
from .limits import LIMITS
from .members import Members
from dataclasses import replace
from typing import Any
from zExceptions import NotFound


class ServiceKeysPatch(WritingService):
    """``PATCH @service-keys/{client_id}``."""

    def answer(self) -> Any:
        match self.params:
            case [client_id]:
                return self._change(client_id)
        raise NotFound()

    def _change(self, client_id: str) -> Any:
        service_key = changeable_service_key(self.server, self.actor, client_id)
        members = Members(json_object(self.request), LIMITS)
        limits = replace(limits_of(service_key), **given_limits(members))
        change_service_key(self.server, self.actor, client_id, limits, self.now)
        if self.request.getHeader("Prefer") == "return=representation":
            return self.key_document(service_key)
        return self.reply_no_content()
