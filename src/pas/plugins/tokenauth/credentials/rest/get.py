"""GET: all of them, or one of them."""

from ...i18n import _
from ...site.errors import InvalidInput
from ...storage.interfaces import ICredential
from ..search import find_credentials
from ..search import SORT_ORDERS
from ..search import sorted_credentials
from ..search import STATES
from ..service import credential_of
from ..service import own_credentials
from .base import CredentialService
from .query import Query
from typing import Any
from zExceptions import NotFound


#: Whose credentials are listed.
WHOSE = ("own", "all")
_FILTERS = ("search", "state", "owner")


class CredentialsGet(CredentialService):
    """``GET`` and ``GET …/{id}``."""

    def answer(self) -> dict[str, Any]:
        match self.params:
            case []:
                return self._list()
            case [credential_id]:
                return self.document_of(self.credential(credential_id))
        raise NotFound()

    def credential(self, credential_id: str) -> ICredential:
        """The credential of this kind with that id.

        :raises NotAllowed: when the requester may not see it
        """
        kind = self.endpoint.kind
        return credential_of(self.site, self.requester, credential_id, kind)

    def _list(self) -> dict[str, Any]:
        query = Query(self.request, ("scope", "sort_on", "sort_order", *_FILTERS))
        page, items = query.page(self._sorted(query, self._found(query)))
        return {**page, "items": [self.document_of(each) for each in items]}

    def _found(self, query: Query) -> list[ICredential]:
        if query.choice("scope", WHOSE, "own") == "all":
            return find_credentials(
                self.site,
                self.requester,
                self.now,
                text=query.text("search"),
                state=query.choice("state", STATES),
                owner=query.text("owner"),
                kind=self.endpoint.kind,
            )
        for name in _FILTERS:
            if query.text(name):
                raise InvalidInput(name, _("This needs the parameter scope=all."))
        return own_credentials(self.site, self.requester, self.endpoint.kind)

    def _sorted(self, query: Query, found: list[ICredential]) -> list[ICredential]:
        by = query.choice("sort_on", SORT_ORDERS)
        order = query.choice("sort_order", ("ascending", "descending"))
        if not by and not order:
            return found
        descending = order == "descending"
        return sorted_credentials(self.site, found, by or "issued", descending)
