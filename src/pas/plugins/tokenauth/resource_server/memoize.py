"""What Plone remembers for others, kept from whoever sees less or something else.

Code that remembers a result for all users, or for one of them, does not know of tokens
and guests. So what it remembers in one of their requests is remembered apart.
"""

from ..web.access import access_of
from ..web.access import limiting_access
from .guests import current_guest
from typing import Any
from zope.globalrequest import getRequest


def make_key(self: Any, source: str) -> Any:
    """The key by which a result is remembered, for who asks now.

    It replaces the method of the caches of plone.memoize that processes share.
    """
    reader = _reader()
    return self._old__make_key(f"{reader}\n{source}" if reader else source)


def _reader() -> str:
    """Who shares what is remembered; empty for everybody without token or link."""
    guest = current_guest()
    if guest is not None:
        return str(guest.guest_id)
    access = access_of(getRequest())
    if access is None or limiting_access(access.subject) is None:
        return ""
    return " ".join(sorted(access.scopes))
