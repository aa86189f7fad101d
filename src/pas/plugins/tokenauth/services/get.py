"""GET: all of them, one of them, and its usage log."""

from ..i18n import _
from ..storage.interfaces import ICredential
from ..usecases.credentials import credential_of
from ..usecases.credentials import own_credentials
from ..usecases.documents import time_document
from ..usecases.documents import usage_document
from ..usecases.errors import InvalidInput
from ..usecases.search import find_credentials
from ..usecases.search import SORT_ORDERS
from ..usecases.search import sorted_credentials
from ..usecases.search import STATES
from ..usecases.usage import Usage
from .base import CredentialService
from .perday import uses_per_day
from .query import Query
from typing import Any
from zExceptions import NotFound


#: Whose credentials are listed.
WHOSE = ("own", "all")
_FILTERS = ("search", "state", "owner")


class CredentialsGet(CredentialService):
    """``GET``, ``GET …/{id}`` and ``GET …/{id}/usage``."""

    def answer(self) -> dict[str, Any]:
        match self.params:
            case []:
                return self._list()
            case [credential_id]:
                return self.document_of(self._credential(credential_id))
            case [credential_id, "usage"]:
                return self._usage(self._credential(credential_id))
        raise NotFound()

    def _credential(self, credential_id: str) -> ICredential:
        kind = self.endpoint.kind
        return credential_of(self.server, self.actor, credential_id, kind)

    def _list(self) -> dict[str, Any]:
        query = Query(self.request, ("scope", "sort_on", "sort_order", *_FILTERS))
        page, items = query.page(self._sorted(query, self._found(query)))
        return {**page, "items": [self.document_of(each) for each in items]}

    def _found(self, query: Query) -> list[ICredential]:
        if query.choice("scope", WHOSE, "own") == "all":
            return find_credentials(
                self.server,
                self.actor,
                self.now,
                text=query.text("search"),
                state=query.choice("state", STATES),
                owner=query.text("owner"),
                kind=self.endpoint.kind,
            )
        for name in _FILTERS:
            if query.text(name):
                raise InvalidInput(name, _("This needs the parameter scope=all."))
        return own_credentials(self.server, self.actor, self.endpoint.kind)

    def _sorted(self, query: Query, found: list[ICredential]) -> list[ICredential]:
        by = query.choice("sort_on", SORT_ORDERS)
        order = query.choice("sort_order", ("ascending", "descending"))
        if not by and not order:
            return found
        descending = order == "descending"
        return sorted_credentials(self.server, found, by or "issued", descending)

    def _usage(self, credential: ICredential) -> dict[str, Any]:
        query = Query(self.request, ("per_day",))
        usage = Usage(self.server, credential, self.now)
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
