"""A site of profile version 1003 gets more shards, and keeps keys and tokens."""

from pas.plugins.tokenauth.storage.expiring import SHARDS
from typing import Any

import pytest


PROFILE = "pas.plugins.tokenauth:default"
OLD_SHARDS = 64


@pytest.fixture
def old_site(site: Any) -> Any:
    """A site as version 1003 left it, with a token in use and a grant used up."""
    storage = site.server.storage
    for kept in (storage.access_tokens._tokens, storage.replay._used):
        kept._shards = kept._shards[:OLD_SHARDS]
    site.portal.portal_setup.setLastVersionForProfile(PROFILE, "1003")
    site.keyfile = site.issue(algorithm="ES256")
    site.used = site.grant(site.keyfile, jti="once")
    site.old_token = site.exchange(site.used).json()["access_token"]
    site.sync()
    refer_by_id(storage.access_tokens._tokens)
    site.commit()
    return site


def refer_by_id(tokens: Any) -> None:
    """Name credentials in the way version 1003 did."""
    for groups in tokens._shards:
        for group in groups.values():
            for digest, (expires_at, (credential, *rest)) in group.items():
                group[digest] = (expires_at, (credential.credential_id, *rest))


def upgrade(site: Any) -> None:
    """What the list of add-ons does when an administrator wants it."""
    site.portal.portal_setup.upgradeProfile(PROFILE)
    site.commit()


@pytest.mark.parametrize("times", [0, 1, 2])
def test_tokens_go_on_working_and_used_grants_stay_used(
    old_site: Any, times: int
) -> None:
    """Before the upgrade, after it, and when it runs twice."""
    for _ in range(times):
        old_site.portal.portal_setup.setLastVersionForProfile(PROFILE, "1003")
        upgrade(old_site)
    assert old_site.api("GET", "/@types", old_site.old_token).status_code == 200
    assert old_site.exchange(old_site.used).json()["error"] == "invalid_grant"
    new = old_site.token(old_site.keyfile)
    assert old_site.api("GET", "/@types", new).status_code == 200


def test_a_token_whose_key_is_gone_is_refused_before_the_upgrade(old_site: Any) -> None:
    old_site.server.storage.service_keys.remove(old_site.keyfile["client_id"])
    old_site.commit()
    assert old_site.api("GET", "/@types", old_site.old_token).status_code == 401


def test_there_are_as_many_shards_as_in_a_new_site(old_site: Any) -> None:
    upgrade(old_site)
    storage = old_site.server.storage
    for kept in (storage.access_tokens._tokens, storage.replay._used):
        assert len(kept._shards) == SHARDS
    assert not old_site.portal.portal_setup.hasPendingUpgrades(PROFILE)
