"""``revoke``, ``disable``, ``purge``, ``notify`` and ``doctor``."""

from pas.plugins.tokenauth.cli import session
from pas.plugins.tokenauth.cli import upkeep
from pas.plugins.tokenauth.mail import NotifyResult
from plone import api
from typing import Any
from typing import ClassVar

import getpass
import pytest
import time


DAY = 24 * 60 * 60


def live(site: Any) -> list[str]:
    """Titles of the keys that are not revoked."""
    site.sync()
    keys = site.context.storage["service_key"].all()
    return sorted(key.title for key in keys if key.revoked_at is None)


class TestRevoke:
    def test_the_named_keys_are_revoked(self, site: Any, tokenauth: Any) -> None:
        first, second = site.issue(title="1"), site.issue(title="2")
        site.issue(title="3")
        token = site.token(first)
        result = tokenauth("revoke", first["client_id"], second["client_id"])
        assert result.out == "Credentials revoked: 2.\n"
        assert result.code == 0
        assert live(site) == ["3"]
        assert site.get("", token).status_code == 401
        again = tokenauth("revoke", first["client_id"], "--json")
        assert again.json == {"revoked": 0}

    def test_no_key_is_revoked_when_one_is_not_there(
        self, site: Any, tokenauth: Any
    ) -> None:
        keyfile = site.issue(title="1")
        result = tokenauth("revoke", keyfile["client_id"], "svc-none")
        assert (result.code, live(site)) == (3, ["1"])

    def test_every_key_can_be_revoked(self, site: Any, tokenauth: Any) -> None:
        site.issue("owner"), site.issue("other")
        assert tokenauth("revoke", "--all").code == 0
        assert live(site) == []

    def test_keys_older_than_a_backup_can_be_revoked(
        self, site: Any, tokenauth: Any
    ) -> None:
        for title, year in (("old", 2020), ("new", 2030)):
            key = site.service_key(site.issue(title=title))
            key.issued_at = time.mktime((year, 6, 1, 0, 0, 0, 0, 0, 0))
            site.commit()
        tokenauth("revoke", "--issued-before", "2025-01-01T12:00+01:00")
        assert live(site) == ["new"]

    def test_the_record_tells_who_revoked(
        self, site: Any, tokenauth: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session.getpass, "getuser", lambda: "operator")
        keyfile = site.issue()
        tokenauth("revoke", keyfile["client_id"])
        assert site.service_key(keyfile).revoked_by == "operator (command line)"

    def test_a_container_needs_no_account(
        self, site: Any, tokenauth: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def nobody() -> str:
            raise KeyError("getpwuid(): uid not found")

        monkeypatch.setattr(getpass, "getuser", nobody)
        keyfile = site.issue()
        tokenauth("revoke", keyfile["client_id"])
        assert site.service_key(keyfile).revoked_by == "unknown (command line)"


class TestPurge:
    @pytest.fixture
    def due(self, site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A log with five old entries, a key of long ago, and one of a missing owner.

        The key whose log is old, as the site keeps it.
        """
        monkeypatch.setattr(upkeep, "LIMIT", 2)
        keyfile, ended = site.issue(), site.issue()
        for _ in range(6):
            site.token(keyfile)
        site.issue("gone", title="Of nobody")
        later = time.time() + (site.plugin.usage_log_retention + 1) * DAY
        monkeypatch.setattr(upkeep, "now", lambda: later)
        site.sync()
        storage = site.context.storage["service_key"]
        storage.mark_revoked(ended["client_id"], "owner", later - 100 * DAY)
        site.portal.acl_users.source_users.removeUser("gone")
        site.context.storage["missing_users"].note("gone", later - 2 * DAY)
        site.commit()
        return keyfile["client_id"]

    DONE: ClassVar[dict[str, Any]] = {
        "dry_run": False,
        "log_entries_removed": 5,
        "credentials_forgotten": 1,
        "credentials_of_missing_owners_ended": 1,
    }

    def test_a_purge_goes_on_until_all_is_removed_and_prints_each_number(
        self, site: Any, tokenauth: Any, due: str
    ) -> None:
        assert tokenauth("purge", "--json").json == self.DONE
        site.sync()
        # The newest entry always stays.
        log = site.context.storage["usage_log"]
        assert len(list(log.entries(due))) == 1
        (key,) = site.context.storage["service_key"].owned_by("gone")
        assert key.orphaned_at is not None

    def test_a_dry_run_prints_the_same_and_changes_nothing(
        self, site: Any, tokenauth: Any, due: str
    ) -> None:
        before = site.app._p_jar.db().lastTransaction()
        result = tokenauth("purge", "--dry-run", "--json")
        assert result.json == {**self.DONE, "dry_run": True}
        assert site.app._p_jar.db().lastTransaction() == before
        assert tokenauth("purge", "--json").json == self.DONE

    def test_people_read_what_a_dry_run_would_do(
        self, site: Any, tokenauth: Any, due: str
    ) -> None:
        lines = tokenauth("purge", "--dry-run").out.splitlines()
        assert lines[0].startswith("Nothing is changed")
        assert lines[1:] == tokenauth("purge").out.splitlines()[1:]
        assert lines[3] == "Ended for good because their owner is gone: 1."

    def test_a_second_time_there_is_nothing_to_do(
        self, site: Any, tokenauth: Any
    ) -> None:
        result = tokenauth("purge")
        assert result.out.startswith("Done.\n")
        assert [line[-2:] for line in result.out.splitlines()[1:]] == ["0."] * 3


class TestNotify:
    def test_a_site_that_cannot_send_mail_is_no_failure(
        self, site: Any, tokenauth: Any
    ) -> None:
        result = tokenauth("notify")
        assert result.code == 0 and "nobody was mailed" in result.out

    @pytest.mark.parametrize(("failed", "code"), [(0, 0), (2, 1)])
    def test_mails_that_fail_are_a_failure(
        self,
        site: Any,
        tokenauth: Any,
        monkeypatch: pytest.MonkeyPatch,
        failed: int,
        code: int,
    ) -> None:
        outcome = NotifyResult(sent=3, without_address=1, failed=failed)
        monkeypatch.setattr(upkeep, "notify_owners", lambda *given: outcome)
        result = tokenauth("notify", "--json")
        assert result.code == code
        assert result.json == {"sent": 3, "without_address": 1, "failed": failed}


def test_a_site_without_the_add_on_is_exit_code_3(site: Any, tokenauth: Any) -> None:
    site.portal.acl_users.manage_delObjects(["token_auth"])
    site.commit()
    result = tokenauth("list")
    assert result.code == 3
    assert "not installed in a site at /plone" in result.err


class TestDoctor:
    def test_a_site_without_faults_needs_no_attention(
        self, site: Any, tokenauth: Any
    ) -> None:
        site.plugin.issuer = "https://www.example.org"
        api.portal.set_registry_record("plone.smtp_host", "mail.example.org")
        api.portal.set_registry_record("plone.email_from_address", "a@example.org")
        site.commit()
        result = tokenauth("doctor")
        assert (result.code, result.out) == (0, "Nothing needs attention.\n")

    def test_the_doctor_tells_what_it_finds_and_fails(
        self, site: Any, tokenauth: Any
    ) -> None:
        site.personal_access_token(scopes=("plone.admin",))
        result = tokenauth("doctor", "--json")
        found = {each["code"]: each["message"] for each in result.json}
        assert result.code == 1
        assert "not https" in found["not_https"]
        assert "administer this site: 1" in found["administering"]


class TestDisabling:
    def test_credentials_of_any_kind_are_disabled_and_enabled(
        self, site: Any, tokenauth: Any
    ) -> None:
        key = site.issue()["client_id"]
        token = site.issue_personal_access_token().credential.credential_id
        assert tokenauth("disable", key, token).out == "Disabled: 2.\n"
        documents = tokenauth("list", "--state", "disabled", "--json").json
        assert {each["id"] for each in documents} == {key, token}
        for document in documents:
            assert document["disabled_by"].endswith("(command line)")
        assert tokenauth("disable", key, "--json").json == {"disabled": 0}
        assert tokenauth("enable", key, token).out == "Enabled: 2.\n"
        assert tokenauth("list", "--state", "disabled", "--json").json == []

    def test_an_unknown_id_disables_nothing(self, site: Any, tokenauth: Any) -> None:
        key = site.issue()["client_id"]
        result = tokenauth("disable", key, "svc-unknown")
        assert result.code == 3
        assert site.context.storage["service_key"].get(key).disabled_at is None
