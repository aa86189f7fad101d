"""Scopes, which add-ons register, too."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from pas.plugins.tokenauth.credentials.scopes import accepted_scopes
from pas.plugins.tokenauth.credentials.scopes import granted_scopes
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import known_scopes
from pas.plugins.tokenauth.credentials.scopes import Scope
from pas.plugins.tokenauth.site.errors import InvalidInput
from typing import Any
from zope.component import getGlobalSiteManager
from zope.i18n import translate

import pytest


@pytest.fixture
def register(site: Any) -> Iterator[Callable[..., None]]:
    """Registers scopes of an add-on, by name."""
    with ExitStack() as end:

        def register(name: str, *includes: str) -> None:
            scope = Scope(title=name, description=name, includes=includes)
            registry = getGlobalSiteManager()
            registry.registerUtility(scope, IScope, name)
            end.callback(registry.unregisterUtility, scope, IScope, name)

        yield register


def test_a_scope_whose_name_the_protocol_cannot_spell_is_none(
    register: Callable[..., None],
) -> None:
    """RFC 6749 section 3.3: a scope is a word of printable ASCII."""
    register("a scope", "plone.read")
    own = {"plone.read", "plone.write", "plone.admin.read", "plone.admin"}
    assert set(known_scopes()) == own
    assert granted_scopes(["a scope"]) == frozenset()


def test_scopes_that_include_each_other_are_granted_together(
    register: Callable[..., None],
) -> None:
    register("chicken", "egg")
    register("egg", "chicken", "nest", "plone.read")
    assert granted_scopes(["chicken"]) == {"chicken", "egg", "plone.read"}


def test_the_first_unknown_scope_is_named(site: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        accepted_scopes(["zebra", "plone.read", "ape"])
    assert translate(refused.value.message) == "There is no scope ape."
