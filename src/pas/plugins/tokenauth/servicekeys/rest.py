"""What the endpoint ``@service-keys`` has besides what every kind has."""

from ..credentials.rest.base import CredentialService
from ..credentials.rest.body import json_object
from ..credentials.rest.verbs import member_names
from ..site.fields import check_known
from ..site.fields import given_in_json
from .interfaces import IKeyMaterial
from .interfaces import IServiceKeyOptions
from .kind import SERVICE_KEY
from .service import ensure_service_key
from typing import Any
from zExceptions import NotFound


class ServiceKeysPut(CredentialService):
    """``PUT @service-keys/{owner}/{name}``: make that key what it should be."""

    kind = SERVICE_KEY

    def answer(self) -> dict[str, Any]:
        match self.params:
            case [owner, name]:
                return self._ensure(owner, name)
        raise NotFound()

    def _ensure(self, owner: str, name: str) -> dict[str, Any]:
        members = json_object(self.request)
        check_known(members, member_names(IServiceKeyOptions, IKeyMaterial))
        ensured = ensure_service_key(
            self.site,
            self.requester,
            owner,
            name,
            given_in_json(IServiceKeyOptions, members),
            self.now,
            given_in_json(IKeyMaterial, members),
        )
        changed = {"changed": ensured.changed}
        if ensured.issued is None:
            return {**self.document_of(ensured.service_key), **changed}
        return {**self.created(ensured.issued), **changed}
