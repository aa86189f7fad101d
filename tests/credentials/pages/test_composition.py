"""How the pages are made up: of parts, not of ancestors."""

from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface

import pytest


PACKAGE = "pas.plugins.tokenauth"


def pages() -> dict[str, Any]:
    """The classes of all pages of ours by name."""
    return {
        adapter.name: adapter.factory
        for adapter in getGlobalSiteManager().registeredAdapters()
        if adapter.provided is Interface
        and isinstance(adapter.factory, type)
        and any(map(_is_ours, adapter.factory.__mro__))
    }


@pytest.mark.usefixtures("site")
def test_a_page_has_at_most_four_classes_of_ours() -> None:
    found = pages()
    assert {"manage-service-keys-rotate", "tokenauth-controlpanel"} <= found.keys()
    ours = {
        name: [each.__name__ for each in page.__mro__ if _is_ours(each)]
        for name, page in found.items()
    }
    assert {name: mro for name, mro in ours.items() if len(mro) > 4} == {}


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith(PACKAGE)
