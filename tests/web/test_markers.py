"""Marking requests, fast: as alsoProvides does."""

from pas.plugins.tokenauth.web.markers import fast_also_provides
from typing import Any
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.interface import Interface
from zope.interface import providedBy

import pytest


class IRequest(Interface):
    """What the class of a request implements."""


class ILayer(Interface):
    """What a request provides already."""


class IOther(Interface):
    """Another one."""


class IMark(Interface):
    """What is added."""


@implementer(IRequest)
class Request:
    """A request."""


class Plain:
    """One that implements nothing."""


def request(cls: type, *interfaces: Any) -> Any:
    made = cls()
    if interfaces:
        alsoProvides(made, *interfaces)
    return made


@pytest.mark.parametrize("cls", [Request, Plain])
@pytest.mark.parametrize("before", [(), (ILayer,), (ILayer, IOther)])
def test_fast_also_provides_does_what_also_provides_does(
    cls: type, before: tuple[Any, ...]
) -> None:
    """With one direct interface, several and none, and in the same order."""
    marked, expected = request(cls, *before), request(cls, *before)
    fast_also_provides(marked, IMark)
    alsoProvides(expected, IMark)
    assert list(providedBy(marked)) == list(providedBy(expected))
    assert IMark.providedBy(marked)
    assert not IMark.providedBy(request(cls, *before))


def test_marks_add_up() -> None:
    marked = request(Request, ILayer)
    for interface in (IMark, IOther):
        fast_also_provides(marked, interface)
    assert list(providedBy(marked)) == [ILayer, IMark, IOther, IRequest]


def test_requests_of_one_kind_share_a_declaration() -> None:
    """So that what is looked up for one is found in the cache for the next."""
    kept = []
    for _ in range(2):
        marked = request(Request, ILayer)
        fast_also_provides(marked, IMark)
        kept.append(id(providedBy(marked)))
        del marked
    assert kept[0] == kept[1]
    fast_also_provides(other := request(Plain, ILayer), IMark)
    assert id(providedBy(other)) != kept[0]
