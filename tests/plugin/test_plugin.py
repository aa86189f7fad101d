"""The plugin as PAS sees it, and tokens in use over HTTP."""

from pas.plugins.tokenauth.plugin.plugin import PLUGIN_INTERFACES
from pas.plugins.tokenauth.plugin.plugin import TokenAuthPlugin
from pas.plugins.tokenauth.site.interfaces import ITokenAuthPlugin
from Products.PluggableAuthService.tests.conformance import (
    IAuthenticationPlugin_conformance,
)
from Products.PluggableAuthService.tests.conformance import (
    IExtractionPlugin_conformance,
)
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from Products.StandardCacheManagers.RAMCacheManager import RAMCacheManager
from typing import Any
from zope.interface.verify import verifyClass

import pytest
import unittest


class TestConformance(
    IExtractionPlugin_conformance,
    IAuthenticationPlugin_conformance,
    unittest.TestCase,
):
    """The conformance tests that PAS ships."""

    def _getTargetClass(self) -> type:
        return TokenAuthPlugin

    def _makeOne(self, id: str = "token_auth") -> TokenAuthPlugin:
        return TokenAuthPlugin(id)


@pytest.mark.parametrize("interface", [*PLUGIN_INTERFACES, ITokenAuthPlugin])
def test_the_plugin_keeps_its_contracts(interface: Any) -> None:
    assert verifyClass(interface, TokenAuthPlugin)


def test_credentials_of_another_extractor_are_ignored() -> None:
    """ZP-10: what looks like our credentials counts only from our extractor."""
    credentials = {"extractor": "other", "tokenauth_subject": "admin"}
    assert TokenAuthPlugin("token_auth").authenticateCredentials(credentials) is None


def test_the_credentials_hold_a_digest_and_no_token(site: Any) -> None:
    token = site.token(site.issue())
    request = site.app.REQUEST.clone()
    request._auth = f"Bearer {token}"
    site.sync()
    credentials = site.plugin.extractCredentials(request)
    assert credentials["tokenauth_subject"] == "owner"
    assert token not in repr(credentials)


@pytest.mark.parametrize("path", ["/@users/owner", "/++api++/@users/owner"])
def test_a_token_authorizes_requests_to_the_api(site: Any, path: str) -> None:
    """RS-01: with Accept: application/json and with ++api++."""
    response = site.api("GET", path, site.token(site.issue()))
    assert response.status_code == 200
    assert response.json()["id"] == "owner"


def test_a_token_authorizes_requests_for_a_page(site: Any) -> None:
    """RS-01: for pages that need a permission."""
    token = site.token(site.issue(scopes=("plone.admin.read",)))
    assert site.get("/@@overview-controlpanel").status_code == 302
    assert site.get("/@@overview-controlpanel", token).status_code == 200


def test_a_token_works_for_webdav(site: Any) -> None:
    """RS-01: PROPFIND is authenticated like any other method."""
    token = site.token(site.issue())
    headers = {"Depth": "0"}
    anonymous = site.request("PROPFIND", headers=headers)
    response = site.request("PROPFIND", token=token, headers=headers)
    assert (anonymous.status_code, response.status_code) == (401, 207)


def test_a_token_works_behind_virtual_hosting(site: Any) -> None:
    """ZP-13: the public URL differs from the path in the database."""
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    token = site.token(site.issue())
    root = site.url.rpartition("/")[0]
    url = f"{root}/VirtualHostBase/https/www.example.org:443/plone/VirtualHostRoot"
    response = site.api("GET", f"{url}/@users/owner", token)
    assert response.status_code == 200
    assert response.json()["@id"].startswith("https://www.example.org/")


def test_a_token_gives_the_roles_that_come_from_a_group(site: Any) -> None:
    site.add_user("grouped", "Member", "Manager")
    keyfile = site.issue("grouped", scopes=("plone.admin.read",))
    site.portal.acl_users.userFolderEditUser("grouped", None, ["Member"], [])
    groups = site.portal.portal_groups
    groups.addGroup("admins", roles=["Site Administrator"])
    groups.addPrincipalToGroup("grouped", "admins")
    site.commit()
    response = site.get("/@@overview-controlpanel", site.token(keyfile))
    assert response.status_code == 200


@pytest.mark.parametrize(
    "header",
    ["bearer {}", "BEARER {}", "bEaReR {}", "Bearer   {}"],
)
def test_the_scheme_is_case_insensitive_and_spaces_do_not_matter(
    site: Any, header: str
) -> None:
    """RS-02."""
    token = site.token(site.issue())
    headers = {"Authorization": header.format(token)}
    assert site.api("GET", "/@users/owner", headers=headers).status_code == 200


def test_a_token_in_the_query_is_ignored(site: Any) -> None:
    """RS-05: only the header counts."""
    token = site.token(site.issue())
    assert site.api("GET", f"/@users?access_token={token}").status_code == 401


def test_a_token_in_the_body_is_ignored(site: Any) -> None:
    """RS-04: no resource of ours declares it."""
    token = site.token(site.issue())
    response = site.request(
        "POST", "/@@overview-controlpanel", data={"access_token": token}
    )
    assert response.status_code == 302
    assert "require_login" in response.headers["Location"]


def test_tokens_in_header_and_body_are_an_error(site: Any) -> None:
    """RS-06: two methods in one request."""
    token = site.token(site.issue())
    response = site.request(
        "POST", "/@@overview-controlpanel", token, data={"access_token": token}
    )
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"
    assert 'error="invalid_request"' in response.headers["WWW-Authenticate"]


def test_a_token_in_the_body_does_not_end_up_in_the_error_log(site: Any) -> None:
    token = site.token(site.issue())
    answer = site.request("POST", "/sitemap", token, data={"access_token": token})
    assert answer.status_code == 400
    site.sync()
    entries = site.portal.error_log.getLogEntries()
    assert not any(token in repr(entry) for entry in entries)


def test_a_token_in_the_query_besides_the_header_is_ignored(site: Any) -> None:
    """RS-05: it is no method of ours, so it is not a second one."""
    token = site.token(site.issue())
    response = site.api("GET", "/@users/owner?access_token=x", token)
    assert response.status_code == 200


def test_basic_authentication_still_works(site: Any) -> None:
    site.add_user("member")
    response = site.api(
        "GET", "/@users/member", auth=("member", "correct-horse-battery-1")
    )
    assert response.status_code == 200


def test_the_tokens_of_plone_restapi_still_work(site: Any) -> None:
    """ZP-10: a foreign Bearer token is none of our business."""
    site.add_user("member")
    login = {"login": "member", "password": "correct-horse-battery-1"}
    token = site.api("POST", "/@login", json=login).json()["token"]
    assert site.api("GET", "/@users/member", token).status_code == 200


def test_the_log_in_form_still_works(site: Any) -> None:
    site.add_user("member")
    data = {
        "__ac_name": "member",
        "__ac_password": "correct-horse-battery-1",
        "buttons.login": "Log in",
    }
    response = site.request("POST", "/login", data=data)
    assert "__ac" in response.cookies


def test_a_cache_manager_skips_no_check(site: Any) -> None:
    """ZP-08: a revoked key is out at once, although PAS caches what it can."""
    site.app._setObject("cache", RAMCacheManager("cache"))
    site.portal.acl_users.ZCacheable_setManagerId("cache")
    keyfile = site.issue()
    token = site.token(keyfile)
    for _ in range(3):
        assert site.api("GET", "/@users/owner", token).status_code == 200
    site.sync()
    site.context.storage["service_key"].mark_revoked(keyfile["client_id"], "x", 1.0)
    site.commit()
    assert site.api("GET", "/@users/owner", token).status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_responses_are_kept_out_of_shared_caches(site: Any, method: str) -> None:
    """RS-21."""
    token = site.token(site.issue())
    response = site.request(method, "/sitemap", token)
    assert "Authorization" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "private"
