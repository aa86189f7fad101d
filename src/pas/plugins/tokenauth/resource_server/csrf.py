"""CSRF authenticators that are good for one request.

An authenticator of plone.protect is good for all requests of a user, for weeks. One
that a token's request has obtained would go on working in the user's browser when the
token has ended. So such a request has keys of its own for them.
"""

from ..web.access import access_of
from plone.keyring.keyring import Keyring
from plone.protect import authenticator
from typing import Any
from zope.globalrequest import getRequest


_RING = "pas.plugins.tokenauth.keyring"


def keyring(username: str, manager: Any = None) -> Any:
    """The keys for authenticators in the current request.

    It replaces the function of plone.protect, which looks it up by name at each call,
    so every authenticator depends on it: in forms, in links of menus, for scripts.

    :param username: login name of who makes the request
    :param manager: where the site keeps its keys, if not in its usual place
    """
    request = getRequest()
    if access_of(request) is None:
        return authenticator._old__getKeyring(username, manager)
    # Clones of the request have the same environment.
    if _RING not in request.environ:
        request.environ[_RING] = ring = Keyring(1)
        ring.fill()
    return request.environ[_RING]
