"""Scopes in requests: for views of add-ons that ask for a scope of their own."""

from ..web.access import access_of
from .errors import InsufficientScope
from typing import Any


def require_scope(request: Any, name: str) -> None:
    """Refuse a request whose token was not granted a scope.

    A request of a person, without a token of ours, may do what the person may.

    :param name: the name under which the scope is registered
    :raises InsufficientScope: when a token without it authenticates the request
    """
    access = access_of(request)
    if access is not None and name not in access.scopes:
        raise InsufficientScope(name)
