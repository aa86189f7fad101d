"""``@@cas``: below it is everything that clients know by its name in the protocol."""

from ..web.frontchannel import prepare as prepare_for_people
from ..web.interfaces import IRequestPreparation
from ..web.isolation import isolate
from .login import LoginView
from .login import LogoutView
from .validation import ProxyRefused
from .validation import ServiceValidation
from .validation import ServiceValidation3
from .validation import Validation
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound
from zope.interface import implementer
from zope.interface import provider
from zope.publisher.interfaces import IPublishTraverse


#: Those that a person's browser asks for, in their session.
_FOR_PEOPLE: dict[tuple[str, ...], Any] = {
    ("login",): LoginView,
    ("logout",): LogoutView,
}
_FOR_SERVICES: dict[tuple[str, ...], Any] = {
    ("validate",): Validation,
    ("serviceValidate",): ServiceValidation,
    ("proxyValidate",): ServiceValidation,
    ("p3", "serviceValidate"): ServiceValidation3,
    ("p3", "proxyValidate"): ServiceValidation3,
    ("proxy",): ProxyRefused,
}
#: By what follows the name of the server.
VIEWS = {**_FOR_PEOPLE, **_FOR_SERVICES}


@provider(IRequestPreparation)
def prepare(request: Any) -> None:
    """Prepare a request as it needs: only for people does their session count."""
    name = request.environ.get("PATH_INFO", "").rpartition("/")[2]
    (prepare_for_people if (name,) in _FOR_PEOPLE else isolate)(request)


@implementer(IPublishTraverse)
class CASServer(BrowserView):
    """See above. Each view answers those requests only that were prepared for it."""

    _path: tuple[str, ...] = ()

    def publishTraverse(self, request: Any, name: str) -> "CASServer":
        """One step further below the server."""
        self._path = (*self._path, name)
        return self

    def __call__(self) -> str:
        view = VIEWS.get(self._path)
        if view is None:
            raise NotFound()
        answer: str = view(self.context, self.request)()
        return answer
