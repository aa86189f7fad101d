"""Uninstalling while programs are at work, and installing again: the site goes on."""

from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.layer import ITokenAuthLayer
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.plugin.plugin import PLUGIN_INTERFACES
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from plone.base.utils import get_installer
from plone.browserlayer.utils import registered_layers
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from typing import Any

import pytest


PACKAGE = "pas.plugins.tokenauth"
PASSWORD = "correct-horse-battery-1"


@pytest.fixture
def secrets(site: Any) -> dict[str, Any]:
    """What programs and owners have while the add-on is removed."""
    site.plugin.access_token_lifetime = 600
    keyfile = site.issue()
    return {
        "keyfile": keyfile,
        "access token": site.token(keyfile),
        "personal token": site.personal_access_token(),
    }


@pytest.fixture
def uninstalled(site: Any, secrets: dict[str, Any]) -> dict[str, Any]:
    site.sync()
    get_installer(site.portal).uninstall_product(PACKAGE)
    site.commit()
    return secrets


@pytest.fixture
def reinstalled(site: Any, uninstalled: dict[str, Any]) -> dict[str, Any]:
    get_installer(site.portal).install_product(PACKAGE)
    site.commit()
    return uninstalled


@pytest.mark.parametrize("kind", ["access token", "personal token"])
@pytest.mark.parametrize("path", ["/@users/owner", "/@addons"])
def test_a_live_token_authorizes_nothing_without_the_add_on(
    site: Any, uninstalled: dict[str, Any], kind: str, path: str
) -> None:
    assert site.api("GET", path, uninstalled[kind]).status_code == 401


@pytest.mark.parametrize("path", ["", "/login", "/sitemap"])
def test_pages_are_there_without_the_add_on(
    site: Any, uninstalled: dict[str, Any], path: str
) -> None:
    assert site.get(path).status_code == 200
    assert site.get(path, uninstalled["access token"]).status_code == 200


def test_people_log_in_without_the_add_on(site: Any, uninstalled: Any) -> None:
    auth = ("owner", PASSWORD)
    assert site.api("GET", "/@users/owner", auth=auth).status_code == 200
    for page in ("/@@overview-controlpanel", "/@@usergroup-userprefs", "/@@pas"):
        assert site.get(page, auth=auth).status_code in (200, 404), page
    login = {"login": "owner", "password": PASSWORD}
    assert site.api("POST", "/@login", json=login).status_code == 200


def test_users_are_made_and_deleted_without_the_add_on(
    site: Any, uninstalled: Any
) -> None:
    site.add_user("new")
    site.portal.acl_users.userFolderDelUsers(["new"])
    site.commit()
    assert site.get("").status_code == 200


def test_content_is_made_without_the_add_on(site: Any, uninstalled: Any) -> None:
    response = site.api(
        "POST",
        "",
        auth=("owner", PASSWORD),
        json={"@type": "Document", "title": "A page"},
    )
    assert response.status_code == 201


def test_uninstalling_twice_is_harmless(site: Any, uninstalled: Any) -> None:
    setup = site.portal.portal_setup
    setup.runAllImportStepsFromProfile(f"profile-{PACKAGE}:uninstall")
    site.commit()
    assert PLUGIN_ID not in site.portal.acl_users
    assert site.get("").status_code == 200


def test_installing_again_is_like_the_first_time(site: Any, reinstalled: Any) -> None:
    plugins = site.portal.acl_users.plugins
    for interface in PLUGIN_INTERFACES:
        assert plugins.listPluginIds(interface).count(PLUGIN_ID) == 1
    assert plugins.listPluginIds(IExtractionPlugin)[0] == PLUGIN_ID
    assert registered_layers().count(ITokenAuthLayer) == 1
    setup = site.portal.portal_setup
    assert setup.listUpgrades(f"{PACKAGE}:default") == []
    roles = site.portal.rolesOfPermission(MANAGE_OWN_SERVICE_KEYS)
    selected = {role["name"] for role in roles if role["selected"]}
    assert selected == {"Manager", "Site Administrator"}
    assert (site.plugin.issuer, site.plugin.access_token_lifetime) == ("", 3600)


def test_credentials_issued_before_are_refused_after_reinstalling(
    site: Any, reinstalled: dict[str, Any]
) -> None:
    site.plugin.issuer = site.url
    site.commit()
    for kind in ("access token", "personal token"):
        assert site.api("GET", "", reinstalled[kind]).status_code == 401
    response = site.exchange(site.grant(reinstalled["keyfile"]))
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"


def test_keys_and_tokens_are_issued_again(site: Any, reinstalled: Any) -> None:
    site.plugin.issuer = site.url
    for token in (site.token(site.issue()), site.personal_access_token()):
        assert site.api("GET", "/@users/owner", token).status_code == 200
    unknown = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(32))
    assert site.api("GET", "", unknown).status_code == 401
