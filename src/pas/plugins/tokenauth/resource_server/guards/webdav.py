"""WebDAV with a token changes content, and of its properties only what describes it.

WebDAV asks for permissions that Editors have, also of objects that hold a site
together, and it sets whatever is a property: which template shows an object, say.
"""

from ..containment import place_of
from ..errors import ClosedToTokens
from ..roles import Place
from .transactions import take_part
from .transactions import TransactionGuard
from Acquisition import aq_base
from Products.CMFCore.interfaces import ISiteRoot
from transaction.interfaces import ITransaction
from typing import Any


_CHANGES = frozenset(
    {"COPY", "DELETE", "LOCK", "MKCOL", "MOVE", "PROPPATCH", "PUT", "UNLOCK"}
)
#: What a client may change by PROPPATCH.
_DESCRIBING = frozenset({"title", "description"})
#: What Zope and Plone change by themselves then.
_KEPT_BY_ZOPE = frozenset({"_EtagSupport__etag", "modification_date"})


class PropertiesGuard(TransactionGuard):
    """Refuses to commit a change of content that is more than its description.

    :param request: the request whose transactions they are
    :param content: the content
    """

    def __init__(self, request: Any, content: Any) -> None:
        super().__init__(request)
        self._content = content
        self._before = self._state()

    def check_commit(self, txn: ITransaction) -> None:
        """Raise if anything else has changed.

        :raises ClosedToTokens: when it has
        """
        if self._state() != self._before:
            raise ClosedToTokens("This access token may set title and description.")

    def _state(self) -> dict[str, Any]:
        state = dict(aq_base(self._content).__getstate__())
        # What is set becomes a property.
        state["_properties"] = set(self._content.propertyIds()) - _DESCRIBING
        for name in _DESCRIBING | _KEPT_BY_ZOPE:
            state.pop(name, None)
        return state


def guard_webdav(request: Any) -> None:
    """Keep WebDAV from changing a tool, the site root, or most properties of content.

    :raises ClosedToTokens: for a method that would change a tool or the site root
    """
    published = request["PUBLISHED"]
    method = getattr(published, "__name__", "")
    if method not in _CHANGES:
        return
    resource = getattr(published, "__self__", None)
    if ISiteRoot.providedBy(resource) or place_of(published) is Place.TOOL:
        raise ClosedToTokens("This access token may change content only.")
    if method == "PROPPATCH":
        take_part(PropertiesGuard(request, resource), request)
