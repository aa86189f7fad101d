"""PATCH: change some of what is decided about a credential."""

from ..options import limits_of
from ..service import change_credential
from ..service import changeable_credential
from .base import WritingService
from .body import json_object
from .members import Members
from .options import given_limits
from .options import limit_names
from dataclasses import replace
from typing import Any
from zExceptions import NotFound


class CredentialsPatch(WritingService):
    """``PATCH …/{id}``."""

    def answer(self) -> Any:
        match self.params:
            case [credential_id]:
                return self._change(credential_id)
        raise NotFound()

    def _change(self, credential_id: str) -> Any:
        server, actor, endpoint = self.server, self.actor, self.endpoint
        credential = changeable_credential(server, actor, credential_id, endpoint.kind)
        members = Members(json_object(self.request), limit_names(endpoint))
        limits = replace(limits_of(credential), **given_limits(endpoint, members))
        change_credential(server, actor, credential_id, limits, self.now)
        if self.request.getHeader("Prefer") == "return=representation":
            return self.document_of(credential)
        return self.reply_no_content()
