"""POST: issue a key, or rotate its key pair."""

from ..usecases.documents import issued_document
from ..usecases.issuing import issue_service_key
from ..usecases.issuing import IssuedServiceKey
from ..usecases.issuing import rotate_service_key
from ..usecases.limits import ServiceKeyLimits
from .base import WritingService
from .body import json_object
from .limits import given_limits
from .limits import given_material
from .limits import LIMITS
from .limits import MATERIAL
from .members import Members
from typing import Any
from typing import Literal
from zExceptions import NotFound

import secrets


class ServiceKeysPost(WritingService):
    """``POST @service-keys`` and ``POST @service-keys/{client_id}/rotate``."""

    def answer(self) -> dict[str, Any]:
        match self.params:
            case []:
                return self._issue()
            case [client_id, "rotate"]:
                return self._rotate(client_id)
        raise NotFound()

    def _issue(self) -> dict[str, Any]:
        known = (*LIMITS, *MATERIAL, "owner", "name")
        members = Members(json_object(self.request), known)
        issued = issue_service_key(
            self.server,
            self.actor,
            ServiceKeyLimits(**{"title": "", **given_limits(members)}),
            self.now,
            once=secrets.token_hex(),
            material=given_material(members),
            owner=members.text("owner"),
            name=members.text("name"),
        )
        self.request.response.setStatus(201)
        self.request.response.setHeader("Location", self.url_of(issued.service_key))
        return self._document(issued)

    def _rotate(self, client_id: str) -> dict[str, Any]:
        known = (*MATERIAL, "overlap", "expires")
        members = Members(json_object(self.request), known)
        expires: float | Literal["unchanged"] | None = "unchanged"
        if "expires" in members:
            expires = members.moment("expires")
        issued = rotate_service_key(
            self.server,
            self.actor,
            client_id,
            self.now,
            overlap=members.seconds("overlap"),
            material=given_material(members),
            expires_at=expires,
        )
        return self._document(issued)

    def _document(self, issued: IssuedServiceKey) -> dict[str, Any]:
        document = issued_document(self.server, issued, self.now)
        return self.with_id(issued.service_key, document)
