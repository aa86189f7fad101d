"""Installing, installing twice, and uninstalling."""

from pas.plugins.tokenauth.layer import ITokenAuthLayer
from pas.plugins.tokenauth.permissions import IMPERSONATE_USER
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.plugin.plugin import PLUGIN_INTERFACES
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from pas.plugins.tokenauth.site.lookup import plugin_of
from plone.app.testing import applyProfile
from plone.base.utils import get_installer
from plone.browserlayer.utils import registered_layers
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from typing import Any

import pytest
import re


PACKAGE = "pas.plugins.tokenauth"
PASSWORD = "correct-horse-battery-1"


@pytest.fixture
def installer(site: Any) -> Any:
    return get_installer(site.portal)


def roles_with(site: Any, permission: str) -> set[str]:
    return {
        role["name"]
        for role in site.portal.rolesOfPermission(permission)
        if role["selected"]
    }


def test_the_add_on_is_installed(site: Any, installer: Any) -> None:
    assert installer.is_product_installed(PACKAGE)
    assert ITokenAuthLayer in registered_layers()


@pytest.mark.parametrize("interface", PLUGIN_INTERFACES)
def test_the_plugin_is_active(site: Any, interface: Any) -> None:
    assert PLUGIN_ID in site.portal.acl_users.plugins.listPluginIds(interface)


def test_the_plugin_is_the_first_extractor(site: Any) -> None:
    assert (
        site.portal.acl_users.plugins.listPluginIds(IExtractionPlugin)[0] == PLUGIN_ID
    )


def test_permissions_have_their_roles(site: Any) -> None:
    assert roles_with(site, MANAGE_OWN_SERVICE_KEYS) == {
        "Manager",
        "Site Administrator",
    }
    assert roles_with(site, IMPERSONATE_USER) == {"Manager"}


def test_the_personal_tools_have_the_action(site: Any) -> None:
    action = site.portal.portal_actions.user.service_keys
    assert action.permissions == (MANAGE_OWN_SERVICE_KEYS,)
    ids = site.portal.portal_actions.user.objectIds()
    assert ids.index("service_keys") < ids.index("logout")


def test_installing_twice_is_harmless(site: Any) -> None:
    keyfile = site.issue()
    site.plugin.access_token_lifetime = 600
    applyProfile(site.portal, f"{PACKAGE}:default")
    site.commit()
    assert site.plugin.access_token_lifetime == 600
    assert site.service_key(keyfile) is not None
    assert site.exchange(site.grant(keyfile)).status_code == 200


def test_no_upgrade_is_pending(site: Any) -> None:
    setup_tool = site.portal.portal_setup
    assert setup_tool.listUpgrades(f"{PACKAGE}:default") == []


def test_the_uninstall_profile_is_not_offered(site: Any, installer: Any) -> None:
    (product,) = [
        info for info in [installer.get_install_profile(PACKAGE)] if info is not None
    ]
    assert product["id"] == f"{PACKAGE}:default"


class TestUninstalling:
    """Nothing of ours is left behind."""

    @pytest.fixture(autouse=True)
    def uninstalled(self, site: Any, installer: Any) -> None:
        self.token = site.token(site.issue())
        site.sync()
        installer.uninstall_product(PACKAGE)
        site.commit()

    def test_the_plugin_is_gone(self, site: Any) -> None:
        assert plugin_of(site.portal) is None
        plugins = site.portal.acl_users.plugins
        for interface in PLUGIN_INTERFACES:
            assert PLUGIN_ID not in plugins.listPluginIds(interface)

    def test_the_layer_and_the_action_are_gone(self, site: Any) -> None:
        assert ITokenAuthLayer not in registered_layers()
        assert "service_keys" not in site.portal.portal_actions.user

    def test_the_roles_of_the_permissions_are_those_of_the_root(
        self, site: Any
    ) -> None:
        settings = dict(site.portal.__dict__)
        names = [name for name in settings if "tokenauth" in name]
        assert names == []

    def test_the_endpoint_and_the_pages_are_gone(self, site: Any) -> None:
        site.add_user("boss", "Manager")
        auth = ("boss", PASSWORD)
        assert site.request("POST", "/@@oauth2-token").status_code == 404
        assert site.get("/@@manage-service-keys", auth=auth).status_code == 404

    def test_a_token_authorizes_nothing(self, site: Any) -> None:
        assert site.api("GET", "/@users/owner", self.token).status_code == 401

    def test_installing_again_starts_empty(self, site: Any, installer: Any) -> None:
        installer.install_product(PACKAGE)
        site.commit()
        assert site.context.storage["service_key"].owners() == []


class TestProposingTheIssuer:
    """The URL a person installs from becomes the issuer, if it can be one."""

    def install_from_browser(self, site: Any, root: str = "") -> None:
        get_installer(site.portal).uninstall_product(PACKAGE)
        site.add_user("boss", "Manager")
        auth = ("boss", PASSWORD)
        page = site.get("/prefs_install_products_form", auth=auth).text
        found = re.search(r'name="_authenticator"[^>]* value="(\w+)"', page)
        assert found
        data = {"install_product": PACKAGE, "_authenticator": found[1]}
        path = f"{root}/install_products"
        response = site.request("POST", path, data=data, auth=auth)
        assert response.status_code == 302
        site.sync()

    def test_a_loopback_url_is_taken(self, site: Any) -> None:
        self.install_from_browser(site)
        assert site.plugin.issuer == site.url

    def test_an_https_url_is_taken(self, site: Any) -> None:
        self.install_from_browser(site, self.virtual_host(site, "https"))
        assert site.plugin.issuer == "https://www.example.org"

    def test_a_plain_http_url_is_left_to_the_administrator(self, site: Any) -> None:
        self.install_from_browser(site, self.virtual_host(site, "http"))
        assert site.plugin.issuer == ""

    def test_a_script_proposes_nothing(self, site: Any) -> None:
        get_installer(site.portal).uninstall_product(PACKAGE)
        applyProfile(site.portal, f"{PACKAGE}:default")
        assert site.plugin.issuer == ""

    def virtual_host(self, site: Any, scheme: str) -> str:
        from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster

        site.app._setObject("virtual_hosting", VirtualHostMonster())
        port = {"http": 80, "https": 443}[scheme]
        root = site.url.rpartition("/")[0]
        host = f"{scheme}/www.example.org:{port}"
        return f"{root}/VirtualHostBase/{host}/plone/VirtualHostRoot"
