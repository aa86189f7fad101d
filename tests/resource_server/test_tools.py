"""With the token of a Manager without an admin scope, no tool of a site changes."""

from AccessControl import getSecurityManager
from Acquisition import aq_base
from collections.abc import Iterator
from pas.plugins.tokenauth.resource_server.containment import place_of
from pas.plugins.tokenauth.resource_server.roles import Place
from typing import Any
from zExceptions import Unauthorized

import pytest


#: What WebDAV clients change objects with, all methods.
DAV = ("DELETE", "PROPPATCH", "MOVE", "COPY", "PUT", "MKCOL", "LOCK", "UNLOCK")


def objects_below(obj: Any) -> Iterator[Any]:
    """All objects below one that are stored by themselves."""
    values = getattr(aq_base(obj), "objectValues", None)
    for child in obj.objectValues() if values is not None else ():
        if getattr(aq_base(child), "_p_jar", None) is not None:
            yield child
            yield from objects_below(child)


def methods_of(obj: Any) -> list[str]:
    """Names of the methods that change an object, or manage it."""
    names = [name for name in dir(aq_base(obj)) if name.startswith("manage_")]
    return [*DAV, *names]


def may_call(obj: Any, name: str) -> bool:
    method = getattr(obj, name, None)
    if not callable(method):
        return False
    try:
        return bool(getSecurityManager().validate(obj, obj, name, method))
    except Unauthorized:
        return False


@pytest.fixture
def tools(site: Any) -> list[Any]:
    return [obj for obj in objects_below(site.portal) if place_of(obj) is Place.TOOL]


def test_every_tool_is_closed(site: Any, tools: list[Any], acting: Any) -> None:
    site.add_user("owner", "Manager")
    assert len(tools) > 200
    with acting("owner"):
        permitted = [
            (obj.getId(), name)
            for obj in tools
            for name in methods_of(obj)
            if may_call(obj, name)
        ]
    assert permitted == []
