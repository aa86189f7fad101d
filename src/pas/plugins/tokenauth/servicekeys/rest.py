"""The endpoint ``@service-keys``."""

from ..credentials.kinds import SERVICE_KEY
from ..credentials.options import ServiceKeyOptions
from ..credentials.rest.base import WritingService
from ..credentials.rest.body import json_object
from ..credentials.rest.delete import CredentialsDelete
from ..credentials.rest.endpoint import Endpoint
from ..credentials.rest.members import JSONFields
from ..credentials.rest.options import given_options
from ..credentials.rest.options import option_names
from ..credentials.rest.patch import CredentialsPatch
from ..usage.rest import CredentialsAndUsageGet
from .ensure import ensure_service_key
from .keymaterial import KeyMaterial
from .serializers import serialize_issued_key
from .serializers import serialize_service_key
from .service import issue_service_key
from .service import rotate_service_key
from typing import Any
from typing import Literal
from zExceptions import NotFound

import secrets


SERVICE_KEYS = Endpoint(
    name="@service-keys",
    kind=SERVICE_KEY,
    document=serialize_service_key,
    switches=("may_impersonate", "require_jti"),
)
#: Members that say where the key pair of a key comes from.
_MATERIAL = ("algorithm", "public_key")


class ServiceKeysGet(CredentialsAndUsageGet):
    """``GET @service-keys``, ``…/{client_id}`` and ``…/{client_id}/usage``."""

    endpoint = SERVICE_KEYS


class ServiceKeysPatch(CredentialsPatch):
    """``PATCH @service-keys/{client_id}``."""

    endpoint = SERVICE_KEYS


class ServiceKeysDelete(CredentialsDelete):
    """``DELETE @service-keys/{client_id}``."""

    endpoint = SERVICE_KEYS


class ServiceKeysPost(WritingService):
    """``POST @service-keys`` and ``POST @service-keys/{client_id}/rotate``."""

    endpoint = SERVICE_KEYS

    def answer(self) -> dict[str, Any]:
        match self.params:
            case []:
                return self._issue()
            case [client_id, "rotate"]:
                return self._rotate(client_id)
        raise NotFound()

    def _issue(self) -> dict[str, Any]:
        known = (*option_names(SERVICE_KEYS), *_MATERIAL, "owner", "name")
        members = JSONFields(json_object(self.request), known)
        issued = issue_service_key(
            self.site,
            self.requester,
            _whole_limits(members),
            self.now,
            idempotency_key=secrets.token_hex(),
            material=_material(members),
            owner=members.text("owner"),
            name=members.text("name"),
        )
        document = serialize_issued_key(self.site, issued, self.now)
        return self.created(issued.service_key, document)

    def _rotate(self, client_id: str) -> dict[str, Any]:
        known = (*_MATERIAL, "overlap", "expires")
        members = JSONFields(json_object(self.request), known)
        expires: float | Literal["unchanged"] | None = "unchanged"
        if "expires" in members:
            expires = members.moment("expires")
        issued = rotate_service_key(
            self.site,
            self.requester,
            client_id,
            self.now,
            overlap=members.seconds("overlap"),
            material=_material(members),
            expires_at=expires,
        )
        document = serialize_issued_key(self.site, issued, self.now)
        return self.with_id(issued.service_key, document)


class ServiceKeysPut(WritingService):
    """``PUT @service-keys/{owner}/{name}``: make that key what it should be."""

    endpoint = SERVICE_KEYS

    def answer(self) -> dict[str, Any]:
        match self.params:
            case [owner, name]:
                return self._ensure(owner, name)
        raise NotFound()

    def _ensure(self, owner: str, name: str) -> dict[str, Any]:
        known = (*option_names(SERVICE_KEYS), *_MATERIAL)
        members = JSONFields(json_object(self.request), known)
        ensured = ensure_service_key(
            self.site,
            self.requester,
            owner,
            name,
            _whole_limits(members),
            self.now,
            _material(members),
        )
        service_key, changed = ensured.service_key, {"changed": ensured.changed}
        if ensured.issued is None:
            return {**self.document_of(service_key), **changed}
        document = serialize_issued_key(self.site, ensured.issued, self.now)
        return self.created(service_key, {**document, **changed})


def _whole_limits(members: JSONFields) -> ServiceKeyOptions:
    """The options of a key; those that are left out have their defaults."""
    return ServiceKeyOptions(**{"title": "", **given_options(SERVICE_KEYS, members)})


def _material(members: JSONFields) -> KeyMaterial:
    """Where the key pair comes from."""
    return KeyMaterial(
        algorithm=members.text("algorithm"),
        public_key=members.public_key("public_key"),
    )
