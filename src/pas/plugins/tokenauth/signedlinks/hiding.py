"""What Plone would tell a visitor of a link about other objects, left out.

Plone shows the titles of the folders around a page to whoever sees the page, and a
folder of which a visitor sees one page may itself be private.
"""

from ..resource_server.guests import current_guest
from .visitor import LinkVisitor
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from functools import lru_cache
from plone.restapi.interfaces import ISerializeToJsonSummary
from Products.CMFCore.interfaces import IContentish
from Products.CMFCore.permissions import View
from Products.CMFCore.utils import _checkPermission
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.component import getSiteManager
from zope.interface import directlyProvidedBy
from zope.interface import directlyProvides
from zope.interface import implementer
from zope.interface import Interface
from zope.interface import providedBy
from zope.interface.declarations import Provides
from zope.publisher.interfaces.browser import IDefaultBrowserLayer
from ZPublisher.interfaces import IPubAfterTraversal


class ILinkVisit(IDefaultBrowserLayer):
    """Marks a request of a visitor who has opened a link."""


@adapter(IPubAfterTraversal)
def mark_visit(event: IPubAfterTraversal) -> None:
    """Have what follows looked up for a visitor of a link."""
    request = event.request
    if isinstance(aq_base(current_guest()), LinkVisitor):
        # First of all: themes and add-ons have layers of their own.
        directlyProvides(request, ILinkVisit, directlyProvidedBy(request))


class Breadcrumbs(BrowserView):
    """The way to an object, without what the visitor does not see."""

    def breadcrumbs(self) -> Any:
        """See INavigationBreadcrumbs."""
        name = "breadcrumbs_view"
        if _checkPermission(View, self.context):
            return _usual(self.context, self.request, Interface, name).breadcrumbs()
        parent = aq_parent(aq_inner(self.context))
        return getMultiAdapter((parent, self.request), name=name).breadcrumbs()


@implementer(ISerializeToJsonSummary)
@adapter(IContentish, ILinkVisit)
class Summary:
    """An object in a few words, of which nothing is said to who does not see it."""

    def __init__(self, context: Any, request: Any) -> None:
        self._context = context
        self._request = request

    def __call__(self) -> Any:
        if not _checkPermission(View, self._context):
            return {}
        return _usual(self._context, self._request, ISerializeToJsonSummary)()


def _shows_all_parents(strategy: Any) -> bool:
    wanted: bool = vars(strategy).get("showAllParents", False)
    return wanted and current_guest() is None


def _show_all_parents(strategy: Any, wanted: bool) -> None:
    vars(strategy)["showAllParents"] = wanted


#: It replaces an attribute of the strategies by which Plone makes trees, which adds the
#: folders around an object without asking who sees them.
shows_all_parents = property(_shows_all_parents, _show_all_parents)


def _usual(context: Any, request: Any, provided: Any, name: str = "") -> Any:
    """What there is for everybody else."""
    cls: Any = type(request)
    required = (providedBy(context), _unmarked(cls, providedBy(request)))
    factory = getSiteManager().adapters.lookup(required, provided, name)
    return factory(context, request)


@lru_cache(maxsize=200)
def _unmarked(cls: Any, provided: Any) -> Any:
    interfaces = [each for each in provided.__bases__[:-1] if each is not ILinkVisit]
    return Provides(cls, *interfaces)
