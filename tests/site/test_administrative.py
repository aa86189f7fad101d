"""Which roles administer a site, and when that is worked out."""

from pas.plugins.tokenauth.site import administrative
from pas.plugins.tokenauth.site.administrative import administrative_permissions
from pas.plugins.tokenauth.site.administrative import administrative_roles
from typing import Any
from xml.etree import ElementTree

import plone.app.discussion
import plone.app.event
import plone.app.iterate
import plone.restapi
import Products.CMFEditions
import Products.CMFPlone
import pytest
import threading
import transaction


SETUP = "Plone Site Setup: Overview"
#: Roles that work with content.
ROLES = {"Member", "Reader", "Contributor", "Editor", "Reviewer"}
PACKAGES = [
    Products.CMFPlone,
    Products.CMFEditions,
    plone.app.discussion,
    plone.app.event,
    plone.app.iterate,
    plone.restapi,
]


def test_managers_and_site_administrators_administer_a_fresh_site(site: Any) -> None:
    assert administrative_roles(site.portal) == {"Manager", "Site Administrator"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda each: each.__name__)
def test_no_permission_that_plone_gives_for_content_is_administrative(
    package: Any,
) -> None:
    path = f"{package.__path__[0]}/profiles/default/rolemap.xml"
    given = {
        permission.get("name")
        for permission in ElementTree.parse(path).iter("permission")
        if ROLES & {role.get("name") for role in permission.iter("role")}
    }
    assert given.isdisjoint(administrative_permissions())


@pytest.mark.parametrize("role", ["Owner", "Anonymous", "Authenticated"])
def test_some_roles_never_administer(site: Any, role: str) -> None:
    site.portal.manage_permission(SETUP, ["Manager", role])
    assert role not in administrative_roles(site.portal)


def test_another_zope_s_change_is_seen_in_the_next_request(site: Any) -> None:
    site.commit()
    assert "Editor" not in administrative_roles(site.portal)

    def change() -> None:
        connection = site.app._p_jar.db().open(transaction.TransactionManager())
        portal = connection.root()["Application"][site.portal.getId()]
        portal.manage_permission(SETUP, ["Manager", "Editor"])
        connection.transaction_manager.commit()
        connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()
    site.sync()
    assert "Editor" in administrative_roles(site.portal)


def test_nothing_is_worked_out_again_while_the_root_stays(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.commit()
    before = administrative_roles(site.portal)
    monkeypatch.setattr(administrative.reasons, "_make", None)
    assert administrative_roles(site.portal) == before


def test_a_change_that_is_not_committed_is_not_remembered(site: Any) -> None:
    site.commit()
    before = administrative_roles(site.portal)
    site.portal.manage_permission(SETUP, ["Manager", "Editor"])
    transaction.savepoint(optimistic=True)
    assert "Editor" in administrative_roles(site.portal)
    transaction.abort()
    assert administrative_roles(site.portal) == before
