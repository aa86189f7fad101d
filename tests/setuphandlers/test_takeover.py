"""Installing where collective.ftw.tokenauth is: its clients go on working."""

from BTrees.OOBTree import OOBTree
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from datetime import datetime
from pas.plugins.tokenauth.setuphandlers.takeover import ASIDE_ID
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from persistent.mapping import PersistentMapping
from plone.app.testing import applyProfile
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zope.interface import implementer

import hashlib
import pytest


@implementer(IExtractionPlugin)
class FormerPlugin(BasePlugin):
    """Keeps what the plugin of collective.ftw.tokenauth keeps, under the same names."""

    meta_type = "Token Authentication Plugin"

    def __init__(self) -> None:
        self._setId(PLUGIN_ID)
        self._credential_storage = OOBTree()
        for name in ("service_keys", "access_tokens", "usage_logs"):
            self._credential_storage[name] = OOBTree()

    def extractCredentials(self, request: Any) -> Any:
        raise AssertionError("It was moved aside.")


def former_key(site: Any, owner: str, **values: Any) -> tuple[Any, dict[str, str]]:
    """What the package keeps of a key, and the keyfile it gave to the client."""
    private = rsa.generate_private_key(65537, 2048)
    public_pem = private.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    stored = {
        "key_id": hashlib.sha1(public_pem).hexdigest(),
        "client_id": hashlib.md5(owner.encode()).hexdigest(),
        "issued": datetime.now(),
        "user_id": owner,
        "public_key": public_pem.decode(),
        "ip_range": None,
        "title": "Old key",
        "token_uri": site.endpoint,
        **values,
    }
    private_pem = private.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    keyfile = {
        "algorithm": "RS256",
        "private_key": private_pem.decode(),
        **{name: stored[name] for name in ("key_id", "client_id", "token_uri")},
    }
    return PersistentMapping(stored), keyfile


@pytest.fixture
def former(site: Any) -> Any:
    """A site where the other package is in place of ours."""
    applyProfile(site.portal, "pas.plugins.tokenauth:uninstall")
    acl_users = site.portal.acl_users
    acl_users._setObject(PLUGIN_ID, FormerPlugin())
    acl_users.plugins.activatePlugin(IExtractionPlugin, PLUGIN_ID)
    tool = site.portal.portal_setup
    tool.setLastVersionForProfile("collective.ftw.tokenauth:default", "1")
    site.add_user("owner", "Manager")
    return acl_users[PLUGIN_ID]


def install(site: Any) -> None:
    applyProfile(site.portal, "pas.plugins.tokenauth:default")
    site.plugin.issuer = site.url
    site.commit()


def test_an_old_keyfile_works_unchanged(site: Any, former: Any) -> None:
    stored, keyfile = former_key(site, "owner")
    former._credential_storage["service_keys"][stored["key_id"]] = stored
    install(site)
    # These clients send no key id.
    token = site.exchange(site.grant(keyfile, headers={})).json()["access_token"]
    assert site.api("GET", "/@users/owner", token).status_code == 200


def test_a_key_keeps_its_options(site: Any, former: Any) -> None:
    stored, keyfile = former_key(site, "owner", ip_range="10.0.0.0/8, ::1")
    former._credential_storage["service_keys"][stored["key_id"]] = stored
    install(site)
    key = site.service_key(keyfile)
    assert (key.title, key.ip_ranges) == ("Old key", "10.0.0.0/8, ::1")
    assert key.issued_at == pytest.approx(stored["issued"].timestamp(), abs=1)
    assert key.may_impersonate


def test_a_record_that_cannot_be_used_does_not_stop_the_others(
    site: Any, former: Any, caplog: pytest.LogCaptureFixture
) -> None:
    keys = former._credential_storage["service_keys"]
    good, keyfile = former_key(site, "owner")
    bad, lost = former_key(site, "nobody")
    for stored in (good, bad):
        keys[stored["key_id"]] = stored
    install(site)
    assert site.service_key(keyfile) is not None
    assert site.service_key(lost) is None
    assert f"Not imported: {lost['client_id']} (There is no such user" in caplog.text


@pytest.mark.parametrize(
    "values",
    [
        {"issued": None},
        {"issued": "2018-07-09"},
        {"token_uri": b"https://old.example.org"},
        {"public_key": None},
        None,
    ],
)
def test_a_broken_record_does_not_keep_the_site_from_installing(
    site: Any, former: Any, values: dict[str, Any] | None
) -> None:
    keys = former._credential_storage["service_keys"]
    broken, _lost = former_key(site, "owner", client_id="broken")
    if values is None:
        broken = None
    else:
        broken.update(values)
    good, keyfile = former_key(site, "owner")
    keys["broken"] = broken
    keys[good["key_id"]] = good
    install(site)
    assert site.service_key(keyfile) is not None


def test_the_old_plugin_is_aside_and_does_nothing(site: Any, former: Any) -> None:
    install(site)
    acl_users = site.portal.acl_users
    assert acl_users[ASIDE_ID].meta_type == FormerPlugin.meta_type
    assert acl_users.plugins.listPluginIds(IExtractionPlugin)[0] == PLUGIN_ID
    assert ASIDE_ID not in acl_users.plugins.listPluginIds(IExtractionPlugin)


def test_plone_does_not_offer_to_uninstall_what_would_take_our_plugin_along(
    site: Any, former: Any
) -> None:
    install(site)
    tool = site.portal.portal_setup
    version = tool.getLastVersionForProfile("collective.ftw.tokenauth:default")
    assert version == "unknown"


def test_installing_again_imports_nothing_twice(site: Any, former: Any) -> None:
    stored, _keyfile = former_key(site, "owner")
    former._credential_storage["service_keys"][stored["key_id"]] = stored
    install(site)
    install(site)
    assert len(list(site.context.storage["service_key"].all())) == 1


def test_a_key_that_is_gone_does_not_come_back(site: Any, former: Any) -> None:
    """It was revoked and forgotten here; the old plugin still has it."""
    stored, keyfile = former_key(site, "owner")
    former._credential_storage["service_keys"][stored["key_id"]] = stored
    install(site)
    site.context.storage["service_key"].remove(stored["client_id"])
    install(site)
    assert site.service_key(keyfile) is None
    applyProfile(site.portal, "pas.plugins.tokenauth:uninstall")
    install(site)
    assert site.service_key(keyfile) is None
