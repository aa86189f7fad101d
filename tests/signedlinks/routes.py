"""Every route of Plone to an object, found in the registrations."""

from collections.abc import Iterator
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.interface import providedBy
from zope.publisher.interfaces.browser import IBrowserRequest

import re


SERVICE = re.compile(r"GET_[^@]*_(@.*)?")
OTHER_SERVICE = re.compile(r"[A-Z]+_[^@]*_(@.*)?")


def views(obj: Any) -> set[str]:
    """Names of the views of an object."""
    return {name for name in _names(obj) if not OTHER_SERVICE.match(name)}


def services(obj: Any) -> set[str]:
    """Names of the REST services of an object that answer to GET."""
    found = map(SERVICE.fullmatch, _names(obj))
    return {match[1] or "" for match in found if match}


def _names(obj: Any) -> Iterator[str]:
    provided = providedBy(obj)
    for each in _registrations(getGlobalSiteManager()):
        if len(each.required) != 2 or not each.name or each.provided is not Interface:
            continue
        context, request = each.required
        is_for_it = context in (None, Interface) or provided.isOrExtends(context)
        # An exception has views, too.
        if is_for_it and request is not None and request.isOrExtends(IBrowserRequest):
            yield str(each.name)


def _registrations(registry: Any) -> Iterator[Any]:
    yield from registry.registeredAdapters()
    # The layers of tests put registries on top of each other.
    for base in registry.__bases__:
        yield from _registrations(base)
