"""Marking requests, fast.

`alsoProvides` works out for each request what it provides from then on. That takes as
long as all checks of a token; and whatever looks up a view or an adapter afterwards
finds nothing in its cache, as it sees a new declaration each time. But all requests
of a site provide the same few sets of interfaces.
"""

from functools import lru_cache
from typing import Any
from zope.interface import providedBy
from zope.interface.declarations import Implements
from zope.interface.declarations import Provides


def fast_also_provides(request: Any, interface: Any) -> None:
    """Let a request provide an interface, as `alsoProvides` does."""
    # As `directlyProvides` sets it.
    cls: Any = type(request)
    request.__provides__ = _declared(cls, providedBy(request), interface)


@lru_cache(maxsize=200)
def _declared(cls: Any, provided: Any, interface: Any) -> Any:
    """What declares the interfaces that a request provides directly once it is marked.

    :param provided: what it provides in all; the last part of it is what its class
        implements, unless that is all
    """
    direct = () if isinstance(provided, Implements) else provided.__bases__[:-1]
    return Provides(cls, *direct, interface)


def published_view(request: Any) -> Any:
    """The view that a request asks for, also where one of its methods is published."""
    published = request["PUBLISHED"]
    return getattr(published, "__self__", published)
