"""Personal access tokens: who may issue and change them, and within which policies."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import prefix_of
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.errors import AlreadyIssued
from pas.plugins.tokenauth.credentials.errors import NotYours
from pas.plugins.tokenauth.credentials.errors import TooManyCredentials
from pas.plugins.tokenauth.credentials.maintenance import orphan
from pas.plugins.tokenauth.credentials.maintenance import purge
from pas.plugins.tokenauth.credentials.reminders import due_reminders
from pas.plugins.tokenauth.credentials.search import Criteria
from pas.plugins.tokenauth.credentials.search import find_credentials
from pas.plugins.tokenauth.credentials.search import find_own_credentials
from pas.plugins.tokenauth.credentials.service import credential_of
from pas.plugins.tokenauth.credentials.service import issued_before
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.credentials.service import revoke_issued_before
from pas.plugins.tokenauth.events import ChangedEvent
from pas.plugins.tokenauth.events import ICredentialEvent
from pas.plugins.tokenauth.events import IssuedEvent
from pas.plugins.tokenauth.events import RevokedEvent
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.errors import NotASiteUser
from pas.plugins.tokenauth.site.errors import PolicyViolation
from pas.plugins.tokenauth.site.requester import Requester
from tests.credentials.doing import change_credential
from typing import Any
from zope.i18n import translate

import pytest
import transaction


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60


def change(site: Any, requester: Requester, token: Any, **options: Any) -> bool:
    wanted = options
    return change_credential(site.context, requester, token.credential_id, wanted, NOW)


class TestIssuing:
    def test_the_secret_is_returned_and_only_its_digest_is_kept(
        self, issue_token: Any
    ) -> None:
        issued = issue_token()
        assert is_well_formed(issued.token)
        assert prefix_of(issued.token) == "ptp_"
        kept = issued.credential
        assert kept.newest_secret.digest == digest(issued.token)
        assert issued.token not in repr(issued)
        assert issued.token not in str(kept.__getstate__())
        assert kept.credential_id.startswith("pat-")

    def test_two_tokens_differ(self, issue_token: Any) -> None:
        first, second = issue_token(), issue_token()
        assert first.token != second.token
        assert first.credential.credential_id != second.credential.credential_id

    def test_the_same_form_issues_one_token(
        self, site: Any, people: dict[str, Requester]
    ) -> None:
        options = {"title": "A token", "expires_at": NOW + 60}
        arguments = (site.context, people["owner"], options, NOW, "form")
        PERSONAL_ACCESS_TOKEN.issue(*arguments)
        with pytest.raises(AlreadyIssued) as refused:
            PERSONAL_ACCESS_TOKEN.issue(*arguments)
        assert "issued already" in refused.value.args[0]
        assert len(own_tokens(site, people["owner"])) == 1

    @pytest.mark.parametrize("who", ["member", "root", "operator", "program"])
    def test_people_without_the_permission_have_no_tokens(
        self, issue_token: Any, who: str
    ) -> None:
        with pytest.raises(NotAllowed):
            issue_token(who)

    def test_a_user_of_the_root_learns_why(self, issue_token: Any) -> None:
        with pytest.raises(NotASiteUser):
            issue_token("root")

    def test_the_permission_is_one_of_its_own(
        self, site: Any, issue: Any, issue_token: Any
    ) -> None:
        site.portal.manage_permission(MANAGE_OWN_PERSONAL_ACCESS_TOKENS, ["Manager"])
        issue("owner")
        with pytest.raises(NotAllowed):
            issue_token("owner")
        site.portal.manage_permission(MANAGE_OWN_PERSONAL_ACCESS_TOKENS, ["Editor"])
        site.portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Manager"])
        issue_token("owner")
        with pytest.raises(NotAllowed):
            issue("owner")

    def test_issuing_needs_no_issuer(self, site: Any, issue_token: Any) -> None:
        site.plugin.issuer = ""
        issue_token()

    @pytest.mark.parametrize("who", ["manager", "root", "operator"])
    def test_a_token_can_be_issued_for_somebody_else(
        self, issue_token: Any, who: str
    ) -> None:
        token = issue_token(who, owner="member").credential
        assert token.owner == "member"
        assert token.issued_by not in ("", "member")

    @pytest.mark.parametrize("who", ["owner", "administrator", "member", "program"])
    def test_others_cannot_issue_for_somebody_else(
        self, issue_token: Any, who: str
    ) -> None:
        with pytest.raises(NotAllowed):
            issue_token(who, owner="manager")

    @pytest.mark.parametrize(
        ("field", "options"),
        [
            ("title", {"title": " "}),
            ("ip_ranges", {"ip_ranges": "10.0.0.1/8"}),
            ("expires", {"expires_at": NOW - 1}),
            ("scopes", {"scopes": ()}),
            ("scopes", {"scopes": ("plone.fly",)}),
        ],
    )
    def test_bad_values_are_refused(
        self,
        site: Any,
        people: dict[str, Requester],
        issue_token: Any,
        field: str,
        options: dict[str, Any],
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue_token(**options)
        assert refused.value.field == field
        assert own_tokens(site, people["owner"]) == []

    def test_the_list_of_keys_holds_no_tokens(
        self, site: Any, people: dict[str, Requester], issue: Any, issue_token: Any
    ) -> None:
        key, token = issue(), issue_token().credential
        owner = people["owner"]
        assert own(site, owner, SERVICE_KEY) == [key]
        assert own_tokens(site, owner) == [token]
        with pytest.raises(NotYours):
            credential_of(site.context, owner, token.credential_id, SERVICE_KEY)
        with pytest.raises(NotYours):
            credential_of(site.context, owner, key.client_id, PERSONAL_ACCESS_TOKEN)

    def test_the_transaction_and_an_event_name_the_requester(
        self,
        site: Any,
        people: dict[str, Requester],
        issue_token: Any,
        events: list[Any],
    ) -> None:
        token = issue_token("manager", owner="member").credential
        change(site, people["manager"], token, title="Another")
        revoke_credentials(site.context, people["manager"], [token.credential_id], NOW)
        happened = [IssuedEvent, ChangedEvent, RevokedEvent]
        assert [type(event) for event in events] == happened
        assert {event.kind for event in events} == {"personal_access_token"}
        assert {(event.owner, event.requester) for event in events} == {
            ("member", "manager")
        }
        note = transaction.get().description
        assert f"issue {token.credential_id} by manager" in note


class TestPolicies:
    def test_a_token_must_end_unless_the_site_allows_otherwise(
        self, site: Any, issue_token: Any
    ) -> None:
        with pytest.raises(PolicyViolation) as refused:
            issue_token(expires_at=None)
        assert refused.value.field == "expires"
        site.plugin.personal_access_tokens_may_never_end = True
        assert issue_token(expires_at=None).credential.expires_at is None

    def test_a_longest_lifetime_ends_every_token(
        self, site: Any, issue_token: Any
    ) -> None:
        site.plugin.personal_access_tokens_may_never_end = True
        site.plugin.max_personal_access_token_lifetime = 30
        for expires_at in (None, NOW + 30 * DAY + 1):
            with pytest.raises(PolicyViolation) as refused:
                issue_token(expires_at=expires_at)
            assert translate(refused.value.message) == (
                "By this site's policy, it expires at most 30 days after it was issued."
            )
        issue_token(expires_at=NOW + 30 * DAY)

    def test_the_lifetime_counts_from_the_issue(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        site.plugin.max_personal_access_token_lifetime = 30
        token = issue_token(now=NOW - 10 * DAY, expires_at=NOW + DAY).credential
        with pytest.raises(PolicyViolation):
            change(site, people["owner"], token, expires_at=NOW + 21 * DAY)
        assert change(site, people["owner"], token, expires_at=NOW + 20 * DAY)

    def test_an_option_from_before_the_policy_stays(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        token = issue_token(expires_at=NOW + 300 * DAY).credential
        site.plugin.max_personal_access_token_lifetime = 30
        site.plugin.require_ip_ranges = True
        assert change(site, people["owner"], token, title="Another")

    def test_the_tokens_of_the_future_owner_count(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        site.plugin.max_personal_access_tokens_per_user = 1
        issue_token("manager")
        PERSONAL_ACCESS_TOKEN.check_may_issue(
            site.context, people["manager"], NOW, "owner"
        )
        issue_token("manager", "owner")
        with pytest.raises(TooManyCredentials):
            PERSONAL_ACCESS_TOKEN.check_may_issue(
                site.context, people["manager"], NOW, "owner"
            )

    def test_tokens_that_ended_long_ago_are_forgotten_on_the_way(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        token_id = issue_token().credential.credential_id
        long_ago = NOW - 91 * DAY
        revoke_credentials(site.context, people["owner"], [token_id], long_ago)
        issue_token()
        assert site.context.storage["personal_access_token"].get(token_id) is None

    def test_a_user_has_so_many_tokens_and_no_more(
        self, site: Any, people: dict[str, Requester], issue: Any, issue_token: Any
    ) -> None:
        site.plugin.max_personal_access_tokens_per_user = 2
        first = issue_token().credential
        issue_token()
        with pytest.raises(TooManyCredentials) as refused:
            issue_token()
        assert "most 2 personal access tokens per user." in translate(
            refused.value.args[0]
        )
        # Neither do keys count, nor what has ended.
        issue()
        revoke_credentials(site.context, people["owner"], [first.credential_id], NOW)
        issue_token()

    def test_an_expired_token_does_not_come_back_beyond_that_number(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        site.plugin.max_personal_access_tokens_per_user = 1
        old = issue_token(now=NOW - DAY).credential
        issue_token()
        with pytest.raises(TooManyCredentials):
            change(site, people["owner"], old, expires_at=NOW + DAY)

    def test_ip_ranges_can_be_required(self, site: Any, issue_token: Any) -> None:
        site.plugin.require_ip_ranges = True
        with pytest.raises(PolicyViolation):
            issue_token()
        issue_token(ip_ranges="10.0.0.0/8")

    def test_policies_of_keys_are_none_of_tokens(
        self, site: Any, issue_token: Any
    ) -> None:
        site.plugin.max_key_lifetime = 1
        site.plugin.max_keys_per_user = 1
        issue_token(expires_at=NOW + 100 * DAY)
        issue_token(expires_at=NOW + 100 * DAY)


class TestScopes:
    def test_stored_scopes_have_an_order_and_no_repetition(
        self, issue_token: Any
    ) -> None:
        scopes = ("plone.write", "plone.read", "plone.write")
        token = issue_token(scopes=scopes).credential
        assert token.scopes == ("plone.read", "plone.write")

    def test_an_administrator_gives_no_scope(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        token = issue_token(scopes=("plone.read",)).credential
        with pytest.raises(InvalidInput) as refused:
            change(site, people["administrator"], token, scopes=("plone.write",))
        assert refused.value.field == "scopes"
        assert "belongs to somebody else" in refused.value.message

    def test_a_scope_whose_add_on_is_gone_does_not_keep_the_rest_from_changing(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        token = issue_token().credential
        token.scopes = ("shop.reports",)
        assert change(site, people["owner"], token, title="Another")
        with pytest.raises(InvalidInput):
            change(site, people["owner"], token, scopes=("shop.reports", "plone.read"))

    def test_the_name_of_an_unknown_scope_is_shown_in_part(
        self, issue_token: Any
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue_token(scopes=("x" * 60_000,))
        assert len(refused.value.message.mapping["name"]) <= 40


class TestEnding:
    def test_a_token_that_has_ended_cannot_be_changed(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        token = issue_token().credential
        revoke_credentials(site.context, people["owner"], [token.credential_id], NOW)
        with pytest.raises(AlreadyEnded):
            change(site, people["owner"], token, title="Another")

    def test_a_token_that_has_ended_is_forgotten_after_its_retention(
        self, site: Any, people: dict[str, Requester], issue_token: Any
    ) -> None:
        issued = issue_token()
        token_id = issued.credential.credential_id
        revoke_credentials(site.context, people["owner"], [token_id], NOW)
        purge(site.context, NOW + 89 * DAY)
        assert site.context.storage.credential(token_id) is not None
        purge(site.context, NOW + 91 * DAY)
        storage = site.context.storage
        assert storage.credential(token_id) is None
        assert storage["personal_access_token"].by_digest(digest(issued.token)) is None

    def test_a_deleted_users_tokens_end_for_good(
        self, site: Any, issue_token: Any
    ) -> None:
        token = issue_token().credential
        orphan(site.context, "owner", NOW)
        assert not token.is_live(NOW)

    def test_a_purge_notices_that_the_owner_is_gone(
        self, site: Any, issue_token: Any
    ) -> None:
        token = issue_token(expires_at=NOW + 90 * DAY).credential
        site.portal.acl_users.source_users.removeUser("owner")
        purge(site.context, NOW)
        assert token.is_live(NOW)
        purge(site.context, NOW + DAY + 1)
        assert not token.is_live(NOW + DAY + 1)

    def test_the_panic_button_ends_both_kinds(
        self, site: Any, people: dict[str, Requester], issue: Any, issue_token: Any
    ) -> None:
        key, token = issue(), issue_token().credential
        revoke_issued_before(site.context, people["operator"], NOW + 1, NOW)
        assert not key.is_live(NOW)
        assert not token.is_live(NOW)

    def test_the_panic_button_can_end_one_kind(
        self, site: Any, people: dict[str, Requester], issue: Any, issue_token: Any
    ) -> None:
        key, token = issue(), issue_token().credential
        revoke_issued_before(
            site.context, people["operator"], NOW + 1, NOW, PERSONAL_ACCESS_TOKEN
        )
        assert key.is_live(NOW)
        assert not token.is_live(NOW)

    def test_younger_or_ended_credentials_are_not_shown_before(
        self, site: Any, people: dict[str, Requester], issue: Any, issue_token: Any
    ) -> None:
        key, token = issue(), issue_token().credential
        ended, _ = issue(), issue(now=NOW + 1)
        site.context.storage["service_key"].mark_revoked(ended.client_id, "", NOW)
        found = issued_before(site.context, people["operator"], NOW + 1)
        assert found == [key, token]

    def test_the_owner_is_reminded_of_the_end(
        self, site: Any, issue_token: Any
    ) -> None:
        token = issue_token(expires_at=NOW + 90 * DAY).credential
        assert due_reminders(site.context, NOW) == {}
        assert due_reminders(site.context, NOW + 77 * DAY) == {"owner": [token]}


class TestFinding:
    @pytest.fixture
    def both(self, issue: Any, issue_token: Any) -> tuple[Any, Any]:
        return issue(title="Backup"), issue_token(title="Backup").credential

    def test_both_kinds_are_found_together(
        self, site: Any, people: dict[str, Requester], both: tuple[Any, Any]
    ) -> None:
        assert set(find(site, people["manager"], text="backup")) == set(both)

    def test_one_kind_is_found_alone(
        self, site: Any, people: dict[str, Requester], both: tuple[Any, Any]
    ) -> None:
        for kind, expected in zip(
            (SERVICE_KEY, PERSONAL_ACCESS_TOKEN), both, strict=True
        ):
            assert find(site, people["manager"], kind=kind) == [expected]

    def test_tokens_are_found_by_id_and_by_owner(
        self, site: Any, people: dict[str, Requester], both: tuple[Any, Any]
    ) -> None:
        token_id = both[1].credential_id
        manager = people["manager"]
        assert find(site, manager, text=token_id) == [both[1]]
        assert set(find(site, manager, owner="owner")) == set(both)
        assert find(site, manager, owner="other") == []


@pytest.fixture
def events(listen: Callable[[Any], list[Any]]) -> list[Any]:
    """What is announced about credentials."""
    return listen(ICredentialEvent)


def own_tokens(site: Any, requester: Requester) -> list[Any]:
    return own(site, requester, PERSONAL_ACCESS_TOKEN)


def find(site: Any, requester: Requester, **criteria: Any) -> list[Any]:
    wanted = Criteria(**criteria)
    return list(find_credentials(site.context, requester, NOW, wanted))


def own(site: Any, requester: Requester, kind: Any) -> list[Any]:
    criteria = Criteria(with_ended=True)
    return list(find_own_credentials(site.context, requester, kind, NOW, criteria))
