"""What clients of a protocol know by its name in that, below one view of the site."""

from collections.abc import Mapping
from Products.Five.browser import BrowserView
from typing import Any
from typing import ClassVar
from zExceptions import NotFound
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse


@implementer(IPublishTraverse)
class ProtocolServer(BrowserView):
    """Base of such views. Each below it answers those requests that are prepared."""

    #: By what follows the name of the server.
    views: ClassVar[Mapping[tuple[str, ...], Any]]
    _path: tuple[str, ...] = ()

    def publishTraverse(self, request: Any, name: str) -> "ProtocolServer":
        """One step further below the server."""
        self._path = (*self._path, name)
        return self

    def __call__(self) -> str:
        view = self.views.get(self._path)
        if view is None:
            raise NotFound()
        return view(self.context, self.request)()
