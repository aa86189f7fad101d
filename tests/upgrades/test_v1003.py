"""A site of profile version 1002 gets what introspection needs, and keeps the rest."""

from pas.plugins.tokenauth.permissions import INTROSPECT_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_ALL_SERVICE_KEYS
from tests.oauth2.conftest import authenticated
from tests.oauth2.conftest import client_assertion
from typing import Any

import pytest
import requests


PROFILE = "pas.plugins.tokenauth:default"


@pytest.fixture
def old_site(site: Any) -> Any:
    """A site as version 1002 left it, with a decision of its own and a token in use."""
    portal = site.portal
    portal.manage_permission(INTROSPECT_TOKENS, [], acquire=1)
    portal.manage_permission(MANAGE_ALL_SERVICE_KEYS, ["Manager", "Editor"])
    portal.portal_setup.setLastVersionForProfile(PROFILE, "1002")
    # Version 1002 had no such setting.
    vars(site.plugin).pop("accept_token_endpoint_audience", None)
    site.commit()
    site.keyfile = site.issue(algorithm="ES256")
    site.old_token = site.token(site.keyfile)
    return site


def upgrade(site: Any) -> None:
    """What the list of add-ons does when an administrator wants it."""
    site.portal.portal_setup.upgradeProfile(PROFILE)
    site.commit()


def roles_with(site: Any, permission: str) -> set[str]:
    roles = site.portal.rolesOfPermission(permission)
    return {role["name"] for role in roles if role["selected"]}


def test_managers_may_introspect_and_the_rest_stays(old_site: Any) -> None:
    upgrade(old_site)
    assert roles_with(old_site, INTROSPECT_TOKENS) == {"Manager"}
    assert roles_with(old_site, MANAGE_ALL_SERVICE_KEYS) == {"Manager", "Editor"}


def test_the_profile_is_up_to_date_after_it(old_site: Any) -> None:
    upgrade(old_site)
    setup = old_site.portal.portal_setup
    assert not setup.hasPendingUpgrades(PROFILE)


@pytest.mark.parametrize("upgraded", [True, False])
def test_keys_and_tokens_go_on_working(old_site: Any, upgraded: bool) -> None:
    """Before the upgrade, too: client assertions included."""
    if upgraded:
        upgrade(old_site)
    assert old_site.server.settings.accept_token_endpoint_audience is False
    assert old_site.api("GET", "/@types", old_site.old_token).status_code == 200
    answer = requests.post(
        f"{old_site.url}/@@oauth2-introspect",
        data=authenticated(
            client_assertion(old_site, old_site.keyfile), token=old_site.old_token
        ),
        timeout=30,
    )
    assert answer.json()["active"] is True
