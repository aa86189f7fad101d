"""Scopes, which add-ons register, too."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from pas.plugins.tokenauth.credentials.scopes import accepted_scopes
from pas.plugins.tokenauth.credentials.scopes import effect_of
from pas.plugins.tokenauth.credentials.scopes import granted_scopes
from pas.plugins.tokenauth.credentials.scopes import is_administrative
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import IScopeSource
from pas.plugins.tokenauth.credentials.scopes import known_scopes
from pas.plugins.tokenauth.credentials.scopes import Scope
from pas.plugins.tokenauth.credentials.scopes import scopes_in_force
from pas.plugins.tokenauth.site.errors import InvalidInput
from types import SimpleNamespace
from typing import Any
from zope.component import getGlobalSiteManager
from zope.i18n import translate

import pytest


@pytest.fixture
def register(site: Any) -> Iterator[Callable[..., None]]:
    """Registers scopes of an add-on, by name."""
    with ExitStack() as end:

        def register(name: str, *includes: str, **effect: Any) -> None:
            scope = Scope(title=name, description=name, includes=includes, **effect)
            registry = getGlobalSiteManager()
            registry.registerUtility(scope, IScope, name)
            end.callback(registry.unregisterUtility, scope, IScope, name)

        yield register


def test_a_scope_whose_name_the_protocol_cannot_spell_is_none(
    register: Callable[..., None],
) -> None:
    """RFC 6749 section 3.3: a scope is a word of printable ASCII."""
    register("a scope", "plone.read")
    of_site = {"plone.read", "plone.write", "plone.admin.read", "plone.admin"}
    assert set(known_scopes()) == {*of_site, "plone.links", "offline_access"}
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


class TestASource:
    """Scopes that are not registered one by one."""

    @pytest.fixture
    def source(self, site: Any) -> Iterator[dict[str, IScope]]:
        scopes: dict[str, IScope] = {}
        source = SimpleNamespace(scopes=lambda: scopes)
        registry = getGlobalSiteManager()
        registry.registerUtility(source, IScopeSource, "resources")
        yield scopes
        registry.unregisterUtility(source, IScopeSource, "resources")

    def test_knows_scopes_for_as_long_as_it_says_so(
        self, source: dict[str, IScope]
    ) -> None:
        source["shop"] = Scope(title="Shop", description="", includes=("plone.read",))
        assert "shop" in known_scopes()
        assert accepted_scopes(["shop"]) == ("shop",)
        assert granted_scopes(["shop"]) == {"shop", "plone.read"}
        del source["shop"]
        assert granted_scopes(["shop"]) == frozenset()

    def test_cannot_replace_a_registered_scope(self, source: dict[str, IScope]) -> None:
        source["plone.read"] = Scope(title="", description="", administers=True)
        assert not is_administrative(["plone.read"])


class TestTheEffectOfScopes:
    """RS-10: what a program may do with several scopes."""

    def test_is_what_each_of_them_lets_it_do(self, site: Any) -> None:
        write = effect_of(granted_scopes(["plone.write"]))
        assert write.reaches_site and write.stores and not write.administers

    def test_is_nothing_where_no_scope_is_known_any_more(self, site: Any) -> None:
        nothing = effect_of(["gone"])
        assert not (nothing.reaches_site or nothing.stores or nothing.administers)

    @pytest.mark.parametrize(
        ("names", "administers"),
        [
            ({"plone.admin.read"}, True),
            ({"plone.admin.read", "plone.write"}, False),
            ({"plone.admin"}, True),
        ],
    )
    def test_is_to_administer_and_to_store_only_if_one_scope_does_both(
        self, site: Any, names: set[str], administers: bool
    ) -> None:
        assert effect_of(granted_scopes(names)).administers is administers

    def test_keeps_the_roles_that_any_of_them_keeps(
        self, site: Any, register: Callable[..., None]
    ) -> None:
        register("shop.run", "plone.write", keeps_roles=frozenset({"Shop Manager"}))
        assert effect_of(granted_scopes(["shop.run"])).keeps_roles == {"Shop Manager"}
        assert is_administrative(["shop.run"])
        site.plugin.allow_admin_scopes = False
        in_force = scopes_in_force(site.plugin, granted_scopes(["shop.run"]))
        assert in_force == {"plone.read", "plone.write"}
