"""What ZCML of a test registers, and how it goes again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zope.component import getGlobalSiteManager


@contextmanager
def passing_registrations() -> Iterator[None]:
    """Leave nothing registered that was not before."""
    registry = getGlobalSiteManager()
    adapters = set(map(_key_of, registry.registeredAdapters()))
    handlers = set(map(_key_of, registry.registeredHandlers()))
    utilities = set(map(_key_of, registry.registeredUtilities()))
    yield
    for each in list(registry.registeredAdapters()):
        if _key_of(each) not in adapters:
            registry.unregisterAdapter(
                each.factory, each.required, each.provided, each.name
            )
    for each in list(registry.registeredHandlers()):
        if _key_of(each) not in handlers:
            registry.unregisterHandler(each.handler, each.required)
    for each in list(registry.registeredUtilities()):
        if _key_of(each) not in utilities:
            registry.unregisterUtility(each.component, each.provided, each.name)


def _key_of(registration: Any) -> tuple[Any, ...]:
    """What no other has; registrations themselves compare by their long texts."""
    return (
        getattr(registration, "required", ()),
        registration.provided,
        registration.name,
        id(getattr(registration, "handler", None)),
    )
