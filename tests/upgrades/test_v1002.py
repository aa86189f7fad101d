"""A site of profile version 1001 gets personal access tokens, and keeps the rest."""

from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_TOKEN_PREFIX
from pas.plugins.tokenauth.permissions import MANAGE_OWN_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.servicekeys import ServiceKeys
from pas.plugins.tokenauth.usecases.errors import UpgradeNeeded
from pas.plugins.tokenauth.usecases.limits import PersonalTokenLimits
from pas.plugins.tokenauth.usecases.personaltokens import issue_personal_token
from typing import Any

import pytest
import time


PROFILE = "pas.plugins.tokenauth:default"
ACTION = "access_tokens"


@pytest.fixture
def old_site(site: Any) -> Any:
    """A site as version 1001 left it, with a key and decisions of its own."""
    portal = site.portal
    portal.manage_permission(MANAGE_OWN_ACCESS_TOKENS, [], acquire=1)
    portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Manager", "Member"])
    portal.portal_actions.user._delObject(ACTION)
    portal.portal_setup.setLastVersionForProfile(PROFILE, "1001")
    site.keyfile = site.issue()
    make_old(site.server.storage)
    site.commit()
    site.app._p_jar.cacheMinimize()
    return site


def make_old(storage: Any) -> None:
    """Store things in the way version 1001 did."""
    del storage.__dict__["personal_tokens"]
    storage._p_changed = True
    keys = storage.service_keys
    keys.__dict__["_by_client_id"] = keys.__dict__.pop("_by_id")
    keys._p_changed = True
    for key in keys._by_client_id.values():
        key._p_activate()
        key.__dict__["client_id"] = key.__dict__.pop("credential_id")
        del key.__dict__["scopes"]
        key._p_changed = True


def issue_token(site: Any) -> Any:
    return issue_personal_token(
        site.server,
        site.actor("owner"),
        PersonalTokenLimits(title="A token", expires_at=time.time() + 3600),
        time.time(),
        "once",
    )


def test_keys_work_before_the_upgrade(old_site: Any) -> None:
    token = old_site.token(old_site.keyfile)
    assert old_site.api("GET", "", token).status_code == 200
    assert old_site.server.storage.personal_tokens.owners() == []


def test_no_token_is_issued_before_the_upgrade(old_site: Any) -> None:
    with pytest.raises(UpgradeNeeded):
        issue_token(old_site)


def test_a_personal_token_is_unknown_before_the_upgrade(old_site: Any) -> None:
    token = make_token(PERSONAL_TOKEN_PREFIX, bytes(32))
    assert old_site.api("GET", "", token).status_code == 401


def test_tokens_are_issued_and_kept_after_the_upgrade(old_site: Any) -> None:
    upgrade(old_site)
    issued = issue_token(old_site)
    old_site.commit()
    assert old_site.api("GET", "", issued.token).status_code == 200
    assert old_site.api("GET", "", old_site.token(old_site.keyfile)).status_code == 200


def test_the_upgrade_may_run_twice(old_site: Any) -> None:
    upgrade(old_site)
    issued = issue_token(old_site)
    old_site.commit()
    old_site.portal.portal_setup.setLastVersionForProfile(PROFILE, "1001")
    upgrade(old_site)
    assert old_site.api("GET", "", issued.token).status_code == 200


def test_administrators_get_the_permission_and_the_menu_entry(old_site: Any) -> None:
    upgrade(old_site)
    portal = old_site.portal
    roles = portal.rolesOfPermission(MANAGE_OWN_ACCESS_TOKENS)
    selected = {role["name"] for role in roles if role["selected"]}
    assert selected == {"Manager", "Site Administrator"}
    assert ACTION in portal.portal_actions.user
    keys = portal.rolesOfPermission(MANAGE_OWN_SERVICE_KEYS)
    assert {role["name"] for role in keys if role["selected"]} == {"Manager", "Member"}


def test_a_new_site_needs_no_upgrade(site: Any) -> None:
    assert not site.server.storage.needs_upgrade
    assert not TokenAuthStorage().needs_upgrade


def test_old_keys_are_found_by_everything_that_finds_keys() -> None:
    key = ServiceKey(
        "svc-1",
        owner="jane",
        title="A key",
        public_key=PublicKey("kid", "ES256", "pem", 0),
        issued_at=0,
    )
    state = key.__getstate__()
    state["client_id"] = state.pop("credential_id")
    del state["scopes"]
    old = ServiceKey.__new__(ServiceKey)
    old.__setstate__(state)
    assert (old.client_id, old.credential_id, old.scopes) == (
        "svc-1",
        "svc-1",
        ("plone.write",),
    )
    keys = ServiceKeys()
    keys.add(old)
    stored = keys.__getstate__()
    stored["_by_client_id"] = stored.pop("_by_id")
    again = ServiceKeys.__new__(ServiceKeys)
    again.__setstate__(stored)
    assert again.get("svc-1") is old


def upgrade(site: Any) -> None:
    """What the list of add-ons does when an administrator wants it."""
    site.portal.portal_setup.upgradeProfile(PROFILE)
    site.commit()
