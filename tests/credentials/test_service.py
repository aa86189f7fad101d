"""Who may do what with service keys."""

from AccessControl.users import nobody
from collections.abc import Callable
from pas.plugins.tokenauth.credentials import service as credentials
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.errors import AlreadyIssued
from pas.plugins.tokenauth.credentials.errors import NotYours
from pas.plugins.tokenauth.credentials.scopes import effect_of
from pas.plugins.tokenauth.credentials.search import Criteria
from pas.plugins.tokenauth.credentials.search import find_own_credentials
from pas.plugins.tokenauth.credentials.search import Found
from pas.plugins.tokenauth.events import ChangedEvent
from pas.plugins.tokenauth.events import ICredentialEvent
from pas.plugins.tokenauth.events import IssuedEvent
from pas.plugins.tokenauth.events import RevokedEvent
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import CalledByToken
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NoIssuer
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.errors import NotASiteUser
from pas.plugins.tokenauth.site.lookup import current_requester
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.web.access import Access
from pas.plugins.tokenauth.web.access import access_of
from pas.plugins.tokenauth.web.access import grant_access
from plone.app.testing import SITE_OWNER_NAME
from tests.credentials.doing import change_credential
from typing import Any

import pytest
import transaction


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
LIMITS = {"title": "A key"}
OTHER_LIMITS = {"title": "A key", "ip_ranges": "::1"}


def own(site: Any, requester: Requester) -> Found:
    """What the list of the requester shows."""
    wanted = Criteria(with_ended=True)
    return find_own_credentials(site.context, requester, SERVICE_KEY, NOW, wanted)


@pytest.fixture
def owner(site: Any) -> Requester:
    site.add_user("owner", "Manager")
    return site.requester("owner")


@pytest.fixture
def administrator(site: Any) -> Requester:
    site.add_user("administrator", "Site Administrator")
    return site.requester("administrator")


@pytest.fixture
def other(site: Any) -> Requester:
    """Somebody who may have keys, and no more than that."""
    site.portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Manager", "Editor"])
    site.add_user("other", "Editor")
    return site.requester("other")


@pytest.fixture
def member(site: Any) -> Requester:
    site.add_user("member", "Member")
    return site.requester("member")


def issue(
    site: Any,
    requester: Requester,
    options: dict[str, Any] = LIMITS,
    idempotency_key: str = "1",
) -> str:
    issued = SERVICE_KEY.issue(
        site.context,
        requester,
        options,
        NOW,
        idempotency_key,
        material={"algorithm": "EdDSA"},
    )
    return issued.credential.client_id


def by_token(site: Any, requester: Requester) -> Requester:
    user = site.portal.acl_users.getUserById(requester.user_id)
    return Requester(user, site.context, by_token=True)


def root_user(site: Any) -> Requester:
    return Requester(site.app.acl_users.getUser(SITE_OWNER_NAME), site.context)


ACTIONS: dict[str, Callable[[Any, Requester, str], Any]] = {
    "change": lambda site, requester, client_id: change_credential(
        site.context, requester, client_id, OTHER_LIMITS, NOW
    ),
    "revoke": lambda site, requester, client_id: credentials.revoke_credentials(
        site.context, requester, [client_id], NOW
    ),
    "look": lambda site, requester, client_id: credentials.own_credential(
        site.context, requester, client_id, SERVICE_KEY
    ),
}


class TestIssuing:
    def test_a_site_administrator_may(
        self, site: Any, administrator: Requester
    ) -> None:
        client_id = issue(site, administrator)
        key = site.context.storage["service_key"].get(client_id)
        assert key.owner == "administrator"
        assert client_id.startswith("svc-")

    def test_a_member_may_not(self, site: Any, member: Requester) -> None:
        with pytest.raises(NotAllowed):
            issue(site, member)

    def test_anonymous_may_not(self, site: Any) -> None:
        with pytest.raises(NotAllowed):
            issue(site, Requester(nobody.__of__(site.portal.acl_users), site.context))

    def test_a_user_of_the_root_may_not(self, site: Any) -> None:
        with pytest.raises(NotASiteUser):
            issue(site, root_user(site))

    def test_a_user_of_the_root_with_the_id_of_a_site_user_may_not(
        self, site: Any, owner: Requester
    ) -> None:
        site.app.acl_users.userFolderAddUser("owner", "secret-secret", ["Manager"], [])
        twin = Requester(site.app.acl_users.getUser("owner"), site.context)
        with pytest.raises(NotASiteUser):
            issue(site, twin)

    def test_a_program_with_a_token_may_not(self, site: Any, owner: Requester) -> None:
        with pytest.raises(CalledByToken):
            issue(site, by_token(site, owner))

    def test_issuing_takes_an_issuer(self, site: Any, owner: Requester) -> None:
        site.plugin.issuer = ""
        with pytest.raises(NoIssuer):
            issue(site, owner)

    def test_the_same_form_issues_one_key(self, site: Any, owner: Requester) -> None:
        issue(site, owner, idempotency_key="form")
        with pytest.raises(AlreadyIssued):
            issue(site, owner, idempotency_key="form")
        assert len(own(site, owner)) == 1

    def test_another_owner_gets_another_client_id_from_the_same_form(
        self, site: Any, owner: Requester, administrator: Requester
    ) -> None:
        assert issue(site, owner) != issue(site, administrator)

    @pytest.mark.parametrize("title", ["", "   ", "\n\t", "\x00"])
    def test_issuing_takes_a_title(
        self, site: Any, owner: Requester, title: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue(site, owner, {"title": title})
        assert refused.value.field == "title"

    def test_a_title_loses_control_characters_and_what_is_too_long(
        self, site: Any, owner: Requester
    ) -> None:
        client_id = issue(site, owner, {"title": "a\nb\x1b" + "c" * 200})
        title = site.context.storage["service_key"].get(client_id).title
        assert title == "ab" + "c" * 98

    def test_an_expiry_in_the_past_is_refused(
        self, site: Any, owner: Requester
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue(site, owner, {"title": "x", "expires_at": NOW})
        assert refused.value.field == "expires"

    @pytest.mark.parametrize("expires_at", [253402300799.0, 1e300, float("inf")])
    def test_an_expiry_beyond_all_calendars_is_refused(
        self, site: Any, owner: Requester, expires_at: float
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue(site, owner, {"title": "x", "expires_at": expires_at})
        assert refused.value.field == "expires"

    def test_an_unknown_algorithm_is_refused(self, site: Any, owner: Requester) -> None:
        with pytest.raises(InvalidInput):
            SERVICE_KEY.issue(
                site.context, owner, LIMITS, NOW, "1", material={"algorithm": "none"}
            )

    def test_bad_ip_ranges_name_the_column(self, site: Any, owner: Requester) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue(site, owner, {"title": "x", "ip_ranges": "::1, 10.0.0.1/8"})
        assert refused.value.field == "ip_ranges"
        assert refused.value.message.mapping["column"] == 6
        assert refused.value.message.mapping["suggestion"] == "10.0.0.0/8"

    def test_only_who_may_impersonate_turns_that_on(
        self, site: Any, owner: Requester, administrator: Requester
    ) -> None:
        options = {"title": "x", "may_impersonate": True}
        assert issue(site, owner, options)
        with pytest.raises(InvalidInput):
            issue(site, administrator, options)

    def test_the_private_key_is_in_no_repr(self, site: Any, owner: Requester) -> None:
        issued = SERVICE_KEY.issue(
            site.context, owner, LIMITS, NOW, idempotency_key="1"
        )
        assert "PRIVATE" in issued.keyfile["private_key"]
        assert "PRIVATE" not in repr(issued)

    def test_the_transaction_names_client_id_and_requester(
        self, site: Any, owner: Requester
    ) -> None:
        client_id = issue(site, owner)
        description = transaction.get().description
        assert f"issue {client_id} by owner" in description


class TestOthers:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_the_key_of_somebody_else_is_off_limits(
        self, site: Any, owner: Requester, other: Requester, action: str
    ) -> None:
        client_id = issue(site, owner)
        with pytest.raises(NotYours):
            ACTIONS[action](site, other, client_id)
        assert site.context.storage["service_key"].get(client_id).revoked_at is None

    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_key_that_does_not_exist_looks_the_same(
        self, site: Any, owner: Requester, action: str
    ) -> None:
        with pytest.raises(NotYours):
            ACTIONS[action](site, owner, "svc-nothing")

    @pytest.mark.parametrize("action", ACTIONS)
    def test_without_the_permission_own_keys_are_off_limits_too(
        self, site: Any, owner: Requester, action: str
    ) -> None:
        client_id = issue(site, owner)
        site.portal.acl_users.userFolderEditUser("owner", None, ["Member"], [])
        with pytest.raises(NotAllowed):
            ACTIONS[action](site, site.requester("owner"), client_id)

    def test_a_user_without_the_permission_is_told_so(
        self, site: Any, owner: Requester, member: Requester
    ) -> None:
        client_id = issue(site, owner)
        with pytest.raises(NotAllowed) as refused:
            credentials.own_credential(site.context, member, client_id, SERVICE_KEY)
        assert refused.type is NotAllowed

    def test_a_user_without_the_permission_finds_no_key(
        self, site: Any, owner: Requester, member: Requester
    ) -> None:
        client_id = issue(site, owner)
        with pytest.raises(NotYours):
            credentials.credential_of(site.context, member, client_id, SERVICE_KEY)

    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_program_with_a_token_may_not_even_look(
        self, site: Any, owner: Requester, action: str
    ) -> None:
        client_id = issue(site, owner)
        with pytest.raises(CalledByToken):
            ACTIONS[action](site, by_token(site, owner), client_id)

    def test_the_list_shows_own_keys_only(
        self, site: Any, owner: Requester, other: Requester
    ) -> None:
        mine = issue(site, owner)
        issue(site, other)
        keys = list(own(site, owner))
        assert [key.client_id for key in keys] == [mine]

    def test_the_keys_of_a_deleted_user_are_not_those_of_the_next(
        self, site: Any, owner: Requester
    ) -> None:
        client_id = issue(site, owner)
        site.context.storage["service_key"].mark_orphaned("owner", NOW)
        assert not own(site, owner)
        with pytest.raises(NotYours):
            ACTIONS["look"](site, owner, client_id)

    def test_revoking_several_revokes_none_if_one_is_not_ours(
        self, site: Any, owner: Requester, other: Requester
    ) -> None:
        mine, theirs = issue(site, other), issue(site, owner)
        with pytest.raises(NotYours):
            credentials.revoke_credentials(site.context, other, [mine, theirs], NOW)
        assert site.context.storage["service_key"].get(mine).revoked_at is None


class TestChanging:
    def test_options_change_at_once(self, site: Any, owner: Requester) -> None:
        client_id = issue(site, owner)
        options = {
            "title": "New",
            "ip_ranges": "10.0.0.1",
            "expires_at": NOW + 1,
            "require_jti": True,
        }
        change_credential(site.context, owner, client_id, options, NOW)
        key = site.context.storage["service_key"].get(client_id)
        assert (key.title, key.ip_ranges, key.expires_at, key.require_jti) == (
            "New",
            "10.0.0.1",
            NOW + 1,
            True,
        )

    def test_a_bad_option_changes_nothing(self, site: Any, owner: Requester) -> None:
        client_id = issue(site, owner)
        options = {"title": "New", "ip_ranges": "x"}
        with pytest.raises(InvalidInput):
            change_credential(site.context, owner, client_id, options, NOW)
        assert site.context.storage["service_key"].get(client_id).title == "A key"

    def test_a_revoked_key_cannot_be_changed(self, site: Any, owner: Requester) -> None:
        client_id = issue(site, owner)
        credentials.revoke_credentials(site.context, owner, [client_id], NOW)
        with pytest.raises(AlreadyEnded) as refused:
            change_credential(site.context, owner, client_id, LIMITS, NOW)
        assert refused.value.args == (SERVICE_KEY.texts.ended,)

    def test_changing_says_whether_anything_is_different(
        self, site: Any, owner: Requester
    ) -> None:
        client_id = issue(site, owner)
        assert ACTIONS["change"](site, owner, client_id) is True
        assert ACTIONS["change"](site, owner, client_id) is False

    def test_a_key_without_name_may_live_again_beside_another(
        self, site: Any, owner: Requester
    ) -> None:
        ended = issue(site, owner, {"title": "Old", "expires_at": NOW + 1})
        issue(site, owner, idempotency_key="2")
        assert change_credential(site.context, owner, ended, LIMITS, NOW + 9)

    def test_an_expired_key_may_keep_its_expiry(
        self, site: Any, owner: Requester
    ) -> None:
        options = {"title": "Old", "expires_at": NOW + 1}
        client_id = issue(site, owner, options)
        options = {"title": "New", "expires_at": NOW + 1}
        change_credential(site.context, owner, client_id, options, NOW + 9)
        assert site.context.storage["service_key"].get(client_id).title == "New"

    def test_a_switch_that_is_on_may_stay_on_for_who_lost_the_right(
        self, site: Any, owner: Requester
    ) -> None:
        options = {"title": "x", "may_impersonate": True}
        client_id = issue(site, owner, options)
        site.portal.acl_users.userFolderEditUser(
            "owner", None, ["Site Administrator"], []
        )
        requester = site.requester("owner")
        change_credential(site.context, requester, client_id, options, NOW)
        off = {"may_impersonate": False}
        change_credential(site.context, requester, client_id, off, NOW)
        with pytest.raises(InvalidInput):
            change_credential(site.context, requester, client_id, options, NOW)


class TestRevoking:
    def test_evidence_stays(self, site: Any, owner: Requester) -> None:
        client_id = issue(site, owner)
        count = credentials.revoke_credentials(site.context, owner, [client_id], NOW)
        key = credentials.own_credential(site.context, owner, client_id, SERVICE_KEY)
        assert (count, key.revoked_at, key.revoked_by) == (1, NOW, "owner")

    def test_revoking_again_changes_nothing(self, site: Any, owner: Requester) -> None:
        client_id = issue(site, owner)
        credentials.revoke_credentials(site.context, owner, [client_id], NOW)
        again = credentials.revoke_credentials(
            site.context, owner, [client_id], NOW + 5
        )
        key = credentials.own_credential(site.context, owner, client_id, SERVICE_KEY)
        assert (again, key.revoked_at) == (0, NOW)

    @pytest.mark.parametrize("action", ["revoke", "issue"])
    def test_keys_that_ended_long_ago_are_forgotten_on_the_way(
        self, site: Any, owner: Requester, action: str
    ) -> None:
        ended, live = issue(site, owner), issue(site, owner, idempotency_key="2")
        credentials.revoke_credentials(site.context, owner, [ended], NOW - 91 * DAY)
        if action == "revoke":
            credentials.revoke_credentials(site.context, owner, [live], NOW)
        else:
            issue(site, owner, idempotency_key="3")
        assert site.context.storage["service_key"].get(ended) is None

    def test_a_key_named_twice_is_revoked_once(
        self, site: Any, owner: Requester
    ) -> None:
        client_id = issue(site, owner)
        named = [client_id, client_id]
        assert credentials.revoke_credentials(site.context, owner, named, NOW) == 1


@pytest.mark.parametrize("action", ["change", "revoke"])
def test_the_transaction_tells_what_was_done_by_whom(
    site: Any, owner: Requester, action: str
) -> None:
    client_id = issue(site, owner)
    transaction.commit()
    ACTIONS[action](site, owner, client_id)
    told = f"tokenauth: {action} {client_id} by owner"
    assert transaction.get().description == told


def test_the_transaction_tells_of_many_keys_in_few_words(
    site: Any, owner: Requester
) -> None:
    """A database refuses descriptions of more than 64 KB."""
    client_ids = [
        issue(site, owner, idempotency_key=str(number)) for number in range(41)
    ]
    for revoked, told in (
        (client_ids[:20], "by owner"),
        (client_ids[20:], "and 21 in all by owner"),
    ):
        transaction.commit()
        credentials.revoke_credentials(site.context, owner, revoked, NOW)
        named = ", ".join(revoked[:20])
        description = transaction.get().description
        assert description == f"tokenauth: revoke {named} {told}"


def test_every_event_is_sent_once(
    site: Any, owner: Requester, listen: Callable[[Any], list[Any]]
) -> None:
    events = listen(ICredentialEvent)
    client_id = issue(site, owner)
    ACTIONS["change"](site, owner, client_id)
    # Nothing is different this time.
    ACTIONS["change"](site, owner, client_id)
    ACTIONS["revoke"](site, owner, client_id)
    ACTIONS["revoke"](site, owner, client_id)
    happened = [IssuedEvent, ChangedEvent, RevokedEvent]
    assert [type(event) for event in events] == happened
    assert {event.kind for event in events} == {"service_key"}
    assert {(event.credential_id, event.requester) for event in events} == {
        (client_id, "owner")
    }


def test_the_requester_of_a_request_with_a_token_is_a_program(site: Any) -> None:
    request = site.app.REQUEST.clone()
    access = Access(
        token_type="pta_",
        credential_id="x",
        owner="owner",
        subject="owner",
        login="owner",
        user_folder=(),
        scopes=frozenset(),
        effect=effect_of(()),
        digest="",
    )
    current_requester(site.context, request).require_person()
    grant_access(request, access)
    with pytest.raises(CalledByToken):
        current_requester(site.context, request).require_person()
    # So that nobody has more in a subrequest.
    assert access_of(request.clone()) is access
