"""GET: the keys, one key, and its usage log."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.documents import time_document
from ..usecases.documents import usage_document
from ..usecases.errors import InvalidInput
from ..usecases.search import find_service_keys
from ..usecases.search import SORT_ORDERS
from ..usecases.search import sorted_keys
from ..usecases.search import STATES
from ..usecases.servicekeys import own_service_keys
from ..usecases.servicekeys import service_key_of
from ..usecases.usage import Usage
from .base import ServiceKeysService
from .perday import uses_per_day
from .query import Query
from typing import Any
from zExceptions import NotFound


SCOPES = ("own", "all")
_FILTERS = ("search", "state", "owner")


class ServiceKeysGet(ServiceKeysService):
    """``GET @service-keys``, ``…/{client_id}`` and ``…/{client_id}/usage``."""

    def answer(self) -> dict[str, Any]:
        match self.params:
            case []:
                return self._list()
            case [client_id]:
                return self.key_document(self._key(client_id))
            case [client_id, "usage"]:
                return self._usage(self._key(client_id))
        raise NotFound()

    def _key(self, client_id: str) -> ServiceKey:
        return service_key_of(self.server, self.actor, client_id)

    def _list(self) -> dict[str, Any]:
        query = Query(self.request, ("scope", "sort_on", "sort_order", *_FILTERS))
        page, keys = query.page(self._sorted(query, self._found(query)))
        return {**page, "items": [self.key_document(key) for key in keys]}

    def _found(self, query: Query) -> list[ServiceKey]:
        if query.choice("scope", SCOPES, "own") == "all":
            return find_service_keys(
                self.server,
                self.actor,
                self.now,
                text=query.text("search"),
                state=query.choice("state", STATES),
                owner=query.text("owner"),
            )
        for name in _FILTERS:
            if query.text(name):
                raise InvalidInput(name, _("This needs the scope “all”."))
        return own_service_keys(self.server, self.actor)

    def _sorted(self, query: Query, keys: list[ServiceKey]) -> list[ServiceKey]:
        by = query.choice("sort_on", SORT_ORDERS)
        order = query.choice("sort_order", ("ascending", "descending"))
        if not by and not order:
            return keys
        return sorted_keys(self.server, keys, by or "issued", order == "descending")

    def _usage(self, service_key: ServiceKey) -> dict[str, Any]:
        query = Query(self.request, ("per_day",))
        usage = Usage(self.server, service_key, self.now)
        page, entries = query.page(usage)
        document = {
            **page,
            "since": time_document(usage.since),
            "until": time_document(usage.until),
            "items": [usage_document(entry) for entry in entries],
        }
        if query.choice("per_day", ("true", "false")) == "true":
            document["per_day"] = uses_per_day(usage)
        return document
