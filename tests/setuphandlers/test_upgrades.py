"""What a site of profile 1000 keeps goes on working, before and after the upgrade."""

from io import BytesIO
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.plugin.plugin import PLUGIN_INTERFACES
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from pas.plugins.tokenauth.site.lookup import plugin_of
from pas.plugins.tokenauth.storage.interfaces import IStoreFactory
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.usage.client import ClientInfo
from pathlib import Path
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserFactoryPlugin
from typing import Any
from zope.component import getUtilitiesFor

import gzip
import json
import pytest


HERE = Path(__file__).parent
PROFILE = "pas.plugins.tokenauth:default"
CLIENT = ClientInfo(address="127.0.0.1", user_agent="a program")
#: What clients and people had when it was stored.
HAD: dict[str, Any] = json.loads((HERE / "profile-1000.json").read_text())
SOON = HAD["made_at"] + 60


@pytest.fixture
def old(site: Any) -> Any:
    """A site whose plugin was stored by the code of profile 1000, with all it keeps."""
    site.add_user("owner", "Manager")
    acl_users = site.portal.acl_users
    acl_users.manage_delObjects([PLUGIN_ID])
    stored = BytesIO(gzip.decompress((HERE / "profile-1000.zexp.gz").read_bytes()))
    acl_users._setObject(PLUGIN_ID, site.app._p_jar.importFile(stored))
    for interface in (IExtractionPlugin, IAuthenticationPlugin, IUserFactoryPlugin):
        acl_users.plugins.activatePlugin(interface, PLUGIN_ID)
    site.portal.portal_setup.setLastVersionForProfile(PROFILE, "1000")
    site.commit()
    return site


@pytest.fixture(params=["before", "after"])
def either(old: Any, request: pytest.FixtureRequest) -> Any:
    """The site, before its upgrade and after."""
    if request.param == "after":
        old.portal.portal_setup.upgradeProfile(PROFILE)
        old.commit()
    return old


@pytest.mark.parametrize("kind", ["access_token", "personal_access_token"])
def test_tokens_still_act_as_their_user(either: Any, kind: str) -> None:
    access = authenticate(either.context, HAD[kind], CLIENT.address, SOON)
    assert (access.subject, access.scopes) == ("owner", {"plone.read", "plone.write"})


def test_keys_still_obtain_tokens_and_ended_ones_do_not(either: Any) -> None:
    keyfile = {**HAD["keyfile"], "token_uri": either.context.token_endpoint}
    exchange = JWTBearerGrant(either.context)
    times = {"iat": SOON, "exp": SOON + 60}
    assertion = either.grant(keyfile, **times)
    assert exchange({"assertion": assertion}, CLIENT, SOON).access_token
    ended = either.grant({**keyfile, "client_id": HAD["ended"]}, **times)
    with pytest.raises(InvalidGrant):
        exchange({"assertion": ended}, CLIENT, SOON)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("service_key", "import"),
        ("personal_access_token", "backup"),
        ("application", "wonder"),
        ("authorization", "wonder"),
    ],
)
def test_credentials_are_found(either: Any, kind: str, title: str) -> None:
    index = either.context.storage[kind].index
    assert index.all
    assert set(index.with_words(title, index.all)) == set(index.all)


def test_what_credentials_did_is_found(either: Any) -> None:
    log = either.context.storage["usage_log"]
    (use,) = log.entries(HAD["keyfile"]["client_id"])
    assert use.time == pytest.approx(HAD["made_at"], abs=60)


def test_the_upgrade_is_offered_and_brings_what_came_since(old: Any) -> None:
    portal_setup = old.portal.portal_setup
    assert portal_setup.listUpgrades(PROFILE)
    portal_setup.upgradeProfile(PROFILE)
    assert not portal_setup.listUpgrades(PROFILE)
    plugin = plugin_of(old.portal)
    assert set(plugin._storage._stores) >= {
        name for name, _ in getUtilitiesFor(IStoreFactory)
    }
    for interface in PLUGIN_INTERFACES:
        assert PLUGIN_ID in old.portal.acl_users.plugins.listPluginIds(interface)


def test_an_upgrade_keeps_what_the_site_decided_about_permissions(old: Any) -> None:
    permission = "pas.plugins.tokenauth: Manage own Service Keys"
    old.portal.manage_permission(permission, ["Manager", "Editor"])
    old.portal.portal_setup.upgradeProfile(PROFILE)
    (roles,) = (
        {
            role["name"]
            for role in old.portal.rolesOfPermission(permission)
            if role["selected"]
        },
    )
    assert roles == {"Manager", "Editor"}
