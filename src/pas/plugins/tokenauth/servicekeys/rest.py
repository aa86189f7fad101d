"""What the endpoint ``@service-keys`` has besides what every kind has."""

from ..credentials.rest.base import WritingService
from ..credentials.rest.body import json_object
from ..credentials.rest.interfaces import IAction
from ..credentials.rest.interfaces import ICredentialService
from ..credentials.rest.verbs import member_names
from ..i18n import _
from ..site.errors import InvalidInput
from ..site.fields import check_known
from ..site.fields import given_in_json
from ..storage.interfaces import IServiceKey
from .interfaces import IKeyMaterial
from .interfaces import IServiceKeyOptions
from .kind import SERVICE_KEY
from .service import ensure_service_key
from .service import rotate_service_key
from typing import Any
from zExceptions import NotFound
from zope.component import adapter
from zope.interface import implementer


@implementer(IAction)
@adapter(IServiceKey, ICredentialService)
class RotatePost:
    """``POST @service-keys/{client_id}/rotate``."""

    def __init__(self, credential: Any, service: Any) -> None:
        self._credential = credential
        self._service = service

    def __call__(self) -> dict[str, Any]:
        service = self._service
        members = json_object(service.request)
        check_known(members, (*member_names(IKeyMaterial), "overlap", "expires"))
        options = given_in_json(IServiceKeyOptions, members)
        issued = rotate_service_key(
            service.site,
            service.requester,
            self._credential,
            service.now,
            overlap=_seconds("overlap", members.get("overlap")),
            material=given_in_json(IKeyMaterial, members),
            options=options,
        )
        document: dict[str, Any] = service.issued_document(issued)
        return document


class ServiceKeysPut(WritingService):
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


def _seconds(name: str, value: Any) -> float | InvalidInput:
    """A number of seconds, which cannot be left out."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return InvalidInput(name, _("This must be a number of seconds."))
    return value
