"""Stores of features that come later."""

from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.storage.credentials import Credentials
from pas.plugins.tokenauth.storage.interfaces import IStoreFactory
from plone.app.testing import applyProfile
from typing import Any
from zope.component import getGlobalSiteManager

import pytest


@contextmanager
def registered(name: str) -> Iterator[None]:
    """A feature that has registered a store."""
    registry = getGlobalSiteManager()
    registry.registerUtility(Credentials, IStoreFactory, name)
    try:
        yield
    finally:
        registry.unregisterUtility(Credentials, IStoreFactory, name)


def test_an_add_on_gets_its_store_when_its_profile_is_imported(site: Any) -> None:
    """Also into a site that has had ours for long; any profile does."""
    with registered("badge"):
        with pytest.raises(KeyError):
            site.context.storage["badge"]
        applyProfile(site.portal, "plone.session:default")
        assert list(site.context.storage["badge"].all()) == []


def test_a_site_without_the_package_imports_profiles_as_before(site: Any) -> None:
    site.portal.acl_users.manage_delObjects(["token_auth"])
    applyProfile(site.portal, "plone.session:default")
