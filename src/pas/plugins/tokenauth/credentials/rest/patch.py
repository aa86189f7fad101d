"""PATCH: change some options of a credential."""

from ..options import options_of
from ..service import change_credential
from ..service import changeable_credential
from .base import WritingService
from .body import json_object
from .members import JSONFields
from .options import given_options
from .options import option_names
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
        site, requester, endpoint = self.site, self.requester, self.endpoint
        credential = changeable_credential(
            site, requester, credential_id, endpoint.kind
        )
        members = JSONFields(json_object(self.request), option_names(endpoint))
        options = replace(options_of(credential), **given_options(endpoint, members))
        change_credential(site, requester, credential_id, options, self.now)
        if self.request.getHeader("Prefer") == "return=representation":
            return self.document_of(credential)
        return self.reply_no_content()
