"""``@@cas``: below it is everything that clients know by its name in the protocol."""

from ..signin.server import ProtocolServer
from ..web.frontchannel import prepare as prepare_for_people
from ..web.interfaces import IRequestPreparation
from ..web.isolation import isolate
from .login import LoginView
from .login import LogoutView
from .validation import ProxyRefused
from .validation import ServiceValidation
from .validation import ServiceValidation3
from .validation import Validation
from typing import Any
from zope.interface import provider


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


@provider(IRequestPreparation)
def prepare(request: Any) -> None:
    """Prepare a request as it needs: only for people does their session count."""
    name = request.environ.get("PATH_INFO", "").rpartition("/")[2]
    (prepare_for_people if (name,) in _FOR_PEOPLE else isolate)(request)


class CASServer(ProtocolServer):
    """See above."""

    views = {**_FOR_PEOPLE, **_FOR_SERVICES}
