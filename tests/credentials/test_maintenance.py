"""Forgetting what need not be kept any longer."""

from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.credentials import maintenance
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.cas import CASService
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.tokens.issue import issue_access_token
from pas.plugins.tokenauth.usage import writer
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.writer import log_use
from typing import Any

import pytest
import time


DAY = 24 * 60 * 60


@pytest.fixture
def client_id(site: Any) -> str:
    return site.issue()["client_id"]


def use(site: Any, client_id: str, when: float, number: int = 0) -> None:
    entry = entry_of(client_id, when)
    site.context.storage["usage_log"].add(entry, number.to_bytes(8, "little"))


def entry_of(client_id: str, when: float) -> UsageEntry:
    return UsageEntry(
        credential_id=client_id, time=when, subject="x", address="", user_agent=""
    )


def entries(site: Any, client_id: str) -> list[float]:
    return [
        entry.time for entry in site.context.storage["usage_log"].entries(client_id)
    ]


def test_old_entries_go_and_the_newest_stays(site: Any, client_id: str) -> None:
    now = time.time()
    for number, days in enumerate((30, 20, 10)):
        use(site, client_id, now - days * DAY, number)
    assert maintenance.purge(site.context, now).log_entries == 2
    assert entries(site, client_id) == [now - 10 * DAY]


def test_entries_are_kept_for_the_retention(site: Any, client_id: str) -> None:
    now = time.time()
    site.plugin.usage_log_retention = 30
    for number, days in enumerate((31, 29, 1)):
        use(site, client_id, now - days * DAY, number)
    assert maintenance.purge(site.context, now).log_entries == 1
    assert sorted(entries(site, client_id)) == [now - 29 * DAY, now - DAY]


def test_the_bound_is_one_of_all_logs(site: Any) -> None:
    now = time.time()
    for number in range(2):
        client_id = site.issue()["client_id"]
        for days in range(20, 24):
            use(site, client_id, now - days * DAY, 10 * number + days)
    assert maintenance.purge(site.context, now, limit=4).log_entries == 4


def test_a_purge_does_a_bounded_amount_of_work(site: Any, client_id: str) -> None:
    now = time.time()
    for number in range(20):
        use(site, client_id, now - 30 * DAY - number, number)
    assert maintenance.purge(site.context, now, limit=5).log_entries == 5
    assert maintenance.purge(site.context, now, limit=50).log_entries == 14
    assert maintenance.purge(site.context, now, limit=50).log_entries == 0


def test_the_log_of_a_revoked_key_stays_as_long_as_the_key(
    site: Any, client_id: str
) -> None:
    now = time.time()
    use(site, client_id, now - 6 * DAY, 1)
    use(site, client_id, now, 2)
    revoke_credentials(site.context, site.requester("owner"), [client_id], now)
    maintenance.purge(site.context, now + 89 * DAY)
    assert len(entries(site, client_id)) == 2
    maintenance.purge(site.context, now + 91 * DAY)
    assert entries(site, client_id) == []
    assert site.context.storage["service_key"].get(client_id) is None


def test_expired_tokens_go(site: Any, client_id: str) -> None:
    tokens = site.context.storage["access_tokens"]
    digest = TokenDigest(b"x" * 32)
    tokens.add(
        digest,
        AccessToken(
            credential=site.context.storage["service_key"].get(client_id),
            subject="x",
            issued_at=0.0,
            expires_at=10.0,
        ),
    )
    assert tokens.get(digest, 5.0) is not None
    maintenance.purge(site.context, time.time())
    assert tokens.get(digest, 5.0) is None


def test_identifiers_of_grants_go_hours_after_the_grants(
    site: Any, client_id: str
) -> None:
    """JB-14: memory is bounded."""
    now = time.time()
    storage = site.context.storage
    storage["replay"].add(client_id, "idempotency_key", now + 300, now)
    maintenance.purge(site.context, now)
    with pytest.raises(InvalidGrant):
        storage["replay"].add(client_id, "idempotency_key", now + 300, now)
    maintenance.purge(site.context, now + DAY)
    storage["replay"].add(client_id, "idempotency_key", now + 300, now)


class TestMissingOwners:
    """A user whom no source knows for more than a day is gone for good."""

    def remove(self, site: Any) -> None:
        site.portal.acl_users.source_users.removeUser("owner")

    def add_again(self, site: Any) -> None:
        # As in LDAP: the source knows the user again, and nobody is told.
        site.portal.acl_users.source_users.addUser("owner", "owner", "secret-secret")

    def test_keys_of_a_missing_owner_live_for_a_day(
        self, site: Any, client_id: str
    ) -> None:
        now = time.time()
        self.remove(site)
        maintenance.purge(site.context, now)
        maintenance.purge(site.context, now + DAY - 1)
        self.add_again(site)
        key = site.context.storage["service_key"].get(client_id)
        assert key.is_live(now)

    def test_keys_of_an_owner_missing_for_a_day_are_orphaned_for_good(
        self, site: Any, client_id: str
    ) -> None:
        now = time.time()
        self.remove(site)
        maintenance.purge(site.context, now)
        maintenance.purge(site.context, now + DAY)
        self.add_again(site)
        key = site.context.storage["service_key"].get(client_id)
        assert not key.is_live(now)

    def test_what_belongs_to_the_site_is_not_missed(self, site: Any) -> None:
        """Nobody owns it, and nobody is not gone."""
        services = site.context.storage[CASService.kind]
        service = CASService("cas-1", owner="", title="Wiki", issued_at=0.0)
        services.add(service)
        now = time.time()
        maintenance.purge(site.context, now)
        maintenance.purge(site.context, now + 2 * DAY)
        assert service.is_live(now)

    def test_a_user_who_came_back_starts_a_new_day(
        self, site: Any, client_id: str
    ) -> None:
        now = time.time()
        self.remove(site)
        maintenance.purge(site.context, now)
        self.add_again(site)
        maintenance.purge(site.context, now + DAY / 2)
        self.remove(site)
        maintenance.purge(site.context, now + DAY)
        assert site.context.storage["service_key"].get(client_id).is_live(now)

    def test_orphaned_keys_are_forgotten_like_revoked_ones(
        self, site: Any, client_id: str
    ) -> None:
        now = time.time()
        self.remove(site)
        for days in (0, 1, 92):
            maintenance.purge(site.context, now + days * DAY)
        assert site.context.storage["service_key"].get(client_id) is None


def test_a_purge_with_nothing_to_remove_writes_nothing(
    site: Any, client_id: str
) -> None:
    now = time.time()
    use(site, client_id, now)
    site.commit()
    maintenance.purge(site.context, now)
    assert site.app._p_jar._registered_objects == []


def test_one_token_in_64_trims_the_log_of_its_key(site: Any, client_id: str) -> None:
    now = time.time()
    for number in range(10):
        use(site, client_id, now - 30 * DAY - number, number)
    use(site, client_id, now, 10)
    credential = site.context.storage.credential(client_id)
    for drawn, kept in ((b"\x00\x01", 12), (b"\x00\x40", 3)):
        now += 1
        log_use(
            site.context.settings,
            site.context.storage,
            credential,
            entry_of(client_id, now),
            b"\x00" + drawn + b"\x00",
        )
        assert len(entries(site, client_id)) == kept


def test_obtaining_a_token_trims_the_log_of_its_key(
    site: Any, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_TIDY_EVERY", 1)
    now = time.time()
    use(site, client_id, now - 30 * DAY)
    credential = site.context.storage.credential(client_id)
    client = ClientInfo(address="", user_agent="")
    issue_access_token(site.context, credential, "owner", client, now)
    assert entries(site, client_id) == [now]
