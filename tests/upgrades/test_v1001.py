"""A site of profile version 1000 gets what version 1001 brings, and keeps the rest."""

from pas.plugins.tokenauth.permissions import IMPERSONATE_USER
from pas.plugins.tokenauth.permissions import ISSUE_KEYS_FOR_OTHERS
from pas.plugins.tokenauth.permissions import MANAGE_ALL_SERVICE_KEYS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from typing import Any

import pytest


PROFILE = "pas.plugins.tokenauth:default"
CONFIGLET = "tokenauth"


@pytest.fixture
def old_site(site: Any) -> Any:
    """A site as version 1000 left it, with decisions of its own."""
    portal = site.portal
    for permission in (MANAGE_ALL_SERVICE_KEYS, ISSUE_KEYS_FOR_OTHERS):
        portal.manage_permission(permission, [], acquire=1)
    portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Manager", "Member"])
    portal.manage_permission(IMPERSONATE_USER, [])
    portal.portal_controlpanel.unregisterConfiglet(CONFIGLET)
    portal.portal_setup.setLastVersionForProfile(PROFILE, "1000")
    site.plugin.leeway = 7
    return site


def test_the_upgrade_is_offered_once(old_site: Any) -> None:
    setup_tool = old_site.portal.portal_setup
    assert setup_tool.listUpgrades(PROFILE)
    upgrade(old_site)
    assert setup_tool.listUpgrades(PROFILE) == []
    newest = setup_tool.getVersionForProfile(PROFILE)
    assert setup_tool.getLastVersionForProfile(PROFILE) == (newest,)


def test_administrators_may_manage_all_keys(old_site: Any) -> None:
    upgrade(old_site)
    roles = granted(old_site, MANAGE_ALL_SERVICE_KEYS)
    assert roles == {"Manager", "Site Administrator"}
    assert granted(old_site, ISSUE_KEYS_FOR_OTHERS) == {"Manager"}


def test_the_panel_is_in_site_setup(old_site: Any) -> None:
    upgrade(old_site)
    assert CONFIGLET in configlets(old_site)


def test_what_the_site_decided_stays(old_site: Any) -> None:
    keyfile = old_site.issue()
    upgrade(old_site)
    old_site.commit()
    assert granted(old_site, MANAGE_OWN_SERVICE_KEYS) == {"Manager", "Member"}
    assert granted(old_site, IMPERSONATE_USER) == set()
    assert old_site.plugin.leeway == 7
    assert old_site.exchange(old_site.grant(keyfile)).status_code == 200


def test_an_upgraded_site_is_like_a_new_one(site: Any, old_site: Any) -> None:
    upgrade(old_site)
    upgraded = (local_roles(old_site), configlets(old_site)[CONFIGLET])
    old_site.portal.portal_setup.runAllImportStepsFromProfile(f"profile-{PROFILE}")
    new = (local_roles(site), configlets(site)[CONFIGLET])
    assert upgraded == new


def upgrade(site: Any) -> None:
    """What the list of add-ons does when an administrator wants it."""
    site.portal.portal_setup.upgradeProfile(PROFILE)


def granted(site: Any, permission: str) -> set[str]:
    """The roles that have a permission by what the site itself says."""
    assert not site.portal.acquiredRolesAreUsedBy(permission)
    return {
        role["name"]
        for role in site.portal.rolesOfPermission(permission)
        if role["selected"]
    }


def local_roles(site: Any) -> list[set[str]]:
    return [
        granted(site, permission)
        for permission in (MANAGE_ALL_SERVICE_KEYS, ISSUE_KEYS_FOR_OTHERS)
    ]


def configlets(site: Any) -> dict[str, dict[str, Any]]:
    """The entries of Site Setup, by their id."""
    actions = site.portal.portal_controlpanel.listActions()
    return {action.getId(): action.getMapping() for action in actions}
