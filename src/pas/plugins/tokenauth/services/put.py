"""PUT: make the key of an owner and a name what it should be."""

from ..usecases.documents import issued_document
from ..usecases.documents import service_key_document
from ..usecases.ensure import ensure_service_key
from ..usecases.limits import ServiceKeyLimits
from .base import WritingService
from .body import json_object
from .limits import given_limits
from .limits import given_material
from .limits import LIMITS
from .limits import MATERIAL
from .members import Members
from typing import Any
from zExceptions import NotFound


class ServiceKeysPut(WritingService):
    """``PUT @service-keys/{owner}/{name}``."""

    def answer(self) -> dict[str, Any]:
        match self.params:
            case [owner, name]:
                return self._ensure(owner, name)
        raise NotFound()

    def _ensure(self, owner: str, name: str) -> dict[str, Any]:
        members = Members(json_object(self.request), (*LIMITS, *MATERIAL))
        ensured = ensure_service_key(
            self.server,
            self.actor,
            owner,
            name,
            ServiceKeyLimits(**{"title": "", **given_limits(members)}),
            self.now,
            given_material(members),
        )
        service_key = ensured.service_key
        if ensured.issued is None:
            document = service_key_document(self.server, service_key, self.now)
        else:
            document = issued_document(self.server, ensured.issued, self.now)
            self.request.response.setStatus(201)
            self.request.response.setHeader("Location", self.url_of(service_key))
        return self.with_id(service_key, {**document, "changed": ensured.changed})
