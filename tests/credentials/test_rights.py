"""Who may do what with the credentials of whom: the table, and its fine print."""

from collections.abc import Callable
from pas.plugins.tokenauth.credentials.errors import NotYours
from pas.plugins.tokenauth.credentials.kinds import kind_of
from pas.plugins.tokenauth.credentials.rights import owner_manages
from pas.plugins.tokenauth.credentials.rights import require_any_right
from pas.plugins.tokenauth.credentials.search import Criteria
from pas.plugins.tokenauth.credentials.search import find_credentials
from pas.plugins.tokenauth.credentials.service import credential_of
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.credentials.service import revoke_issued_before
from pas.plugins.tokenauth.permissions import ISSUE_KEYS_FOR_OTHERS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import CalledByToken
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from tests.credentials.doing import change_credential
from tests.credentials.doing import decided
from typing import Any

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
EVERYBODY = ("owner", "other", "member", "administrator", "manager", "root", "operator")


def change(site: Any, requester: Requester, key: Any, **options: Any) -> bool:
    wanted = options
    return change_credential(site.context, requester, key.client_id, wanted, NOW)


ACTIONS: dict[str, tuple[Callable[[Any, Requester, Any], Any], str]] = {
    "see": (
        lambda site, requester, key: credential_of(
            site.context, requester, key.client_id
        ),
        "owner administrator manager root operator",
    ),
    "revoke": (
        lambda site, requester, key: revoke_credentials(
            site.context, requester, [key.client_id], NOW
        ),
        "owner administrator manager root operator",
    ),
    "tighten": (
        lambda site, requester, key: change(site, requester, key, ip_ranges="10.0.0.1"),
        "owner administrator manager root operator",
    ),
    "take scopes away": (
        lambda site, requester, key: change(
            site, requester, key, scopes=("plone.read",)
        ),
        "owner administrator manager root operator",
    ),
    "loosen": (
        lambda site, requester, key: change(site, requester, key, ip_ranges=""),
        "owner manager root operator",
    ),
    "rename": (
        lambda site, requester, key: change(site, requester, key, title="Another"),
        "owner manager root operator",
    ),
    "rotate": (
        lambda site, requester, key: kind_of(key).rotate(
            site.context,
            requester,
            credential_of(site.context, requester, key.client_id),
            NOW,
            overlap=0,
        ),
        "owner manager root operator",
    ),
    "find": (
        lambda site, requester, key: find_credentials(
            site.context, requester, NOW, Criteria()
        ),
        "administrator manager root operator",
    ),
    "revoke everything": (
        lambda site, requester, key: revoke_issued_before(
            site.context, requester, NOW + 1, NOW
        ),
        "administrator manager root operator",
    ),
}


@pytest.fixture(params=["service key", "personal access token"])
def issue_any(request: Any, issue: Any, issue_token: Any) -> Callable[[str], Any]:
    """Issues a credential of each kind to a user."""

    def issue_any(requester: str) -> Any:
        if request.param == "service key":
            return issue(requester, ip_ranges="10.0.0.0/8")
        return issue_token(requester, ip_ranges="10.0.0.0/8").credential

    return issue_any


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_cell_of_the_table_holds(
    site: Any, people: dict[str, Requester], issue_any: Any, action: str, who: str
) -> None:
    key = issue_any("owner")
    do, allowed = ACTIONS[action]
    if who in allowed.split():
        do(site, people[who], key)
        return
    before = dict(key.__dict__)
    with pytest.raises((NotAllowed, InvalidInput)):
        do(site, people[who], key)
    assert key.__dict__ == before


@pytest.mark.parametrize("action", ACTIONS)
def test_a_program_does_nothing_of_all_this(
    site: Any, people: dict[str, Requester], issue_any: Any, action: str
) -> None:
    """A token issues no token."""
    key = issue_any("manager")
    before = dict(key.__dict__)
    with pytest.raises(NotAllowed):
        ACTIONS[action][0](site, people["program"], key)
    assert key.__dict__ == before


def test_a_program_has_no_right_to_any_credential(people: dict[str, Requester]) -> None:
    """Though its user is an administrator."""
    require_any_right(people["manager"], SERVICE_KEY)
    with pytest.raises(CalledByToken):
        require_any_right(people["program"], SERVICE_KEY)


class TestIssuing:
    @pytest.mark.parametrize("who", ["manager", "root", "operator"])
    def test_a_key_can_be_issued_for_somebody_else(self, issue: Any, who: str) -> None:
        # Also for a user who could not issue one: that is how a program gets an
        # account that may do little.
        key = issue(who, owner="member")
        assert key.owner == "member"
        assert key.issued_by not in ("", "member")

    @pytest.mark.parametrize("who", ["owner", "administrator", "member"])
    def test_others_cannot_issue_for_somebody_else(self, issue: Any, who: str) -> None:
        with pytest.raises(NotAllowed):
            issue(who, owner="manager")

    def test_an_own_key_says_nothing_of_who_issued_it(self, issue: Any) -> None:
        assert issue("manager").issued_by == ""
        assert issue("manager", owner="manager").issued_by == ""

    @pytest.mark.parametrize("owner", ["nobody", "admin"])
    def test_the_owner_must_be_a_user_of_the_site(self, issue: Any, owner: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue("manager", owner=owner)
        assert refused.value.field == "owner"

    @pytest.mark.parametrize("who", ["root", "operator"])
    def test_somebody_who_is_no_user_of_the_site_has_no_keys(
        self, issue: Any, who: str
    ) -> None:
        with pytest.raises(NotAllowed):
            issue(who)


class TestLending:
    """Nobody gives a key a right that they or its owner lack."""

    def test_the_owner_must_have_the_permission_that_is_lent(self, issue: Any) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue("manager", owner="member", may_impersonate=True)
        assert refused.value.field == "may_impersonate"

    def test_the_requester_must_have_the_permission_that_is_lent(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        site.portal.manage_permission(ISSUE_KEYS_FOR_OTHERS, ["Site Administrator"])
        with pytest.raises(InvalidInput):
            issue("administrator", owner="manager", may_impersonate=True)

    def test_a_permission_of_owner_and_requester_is_lent(self, issue: Any) -> None:
        assert issue("operator", owner="manager", may_impersonate=True)


class TestTightening:
    @pytest.fixture
    def key(self, issue: Any) -> Any:
        return issue(
            "manager",
            ip_ranges="10.0.0.0/8, 192.0.2.0/24",
            expires_at=NOW + 10 * DAY,
            may_impersonate=True,
            scopes=("plone.admin",),
        )

    @pytest.mark.parametrize(
        "options",
        [
            {"ip_ranges": "10.1.0.0/16"},
            {"ip_ranges": "192.0.2.7, 10.0.0.0/8"},
            {"expires_at": NOW + DAY},
            {"may_impersonate": False},
            {"scopes": ("plone.admin.read",)},
            {"scopes": ("plone.write",)},
            {"require_jti": True},
        ],
    )
    def test_is_an_administrators(
        self, site: Any, people: dict[str, Requester], key: Any, options: dict[str, Any]
    ) -> None:
        assert change(site, people["administrator"], key, **options)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("ip_ranges", ""),
            ("ip_ranges", "10.0.0.0/7"),
            ("ip_ranges", "10.0.0.0/8, 192.0.2.0/24, ::1"),
            ("expires_at", None),
            ("expires_at", NOW + 11 * DAY),
            ("title", "Mine"),
        ],
    )
    def test_loosening_is_not(
        self, site: Any, people: dict[str, Requester], key: Any, field: str, value: Any
    ) -> None:
        before = decided(key)
        with pytest.raises(InvalidInput) as refused:
            change(site, people["administrator"], key, **{field: value})
        assert refused.value.field == {"expires_at": "expires"}.get(field, field)
        assert decided(key) == before

    def test_no_switch_goes_on_again(
        self, site: Any, people: dict[str, Requester], key: Any
    ) -> None:
        administrator = people["administrator"]
        change(site, administrator, key, may_impersonate=False, require_jti=True)
        for switch in ({"may_impersonate": True}, {"require_jti": False}):
            with pytest.raises(InvalidInput):
                change(site, administrator, key, **switch)


def test_the_key_of_an_orphan_is_seen_by_administrators_only(
    site: Any, people: dict[str, Requester], issue: Any
) -> None:
    key = issue("owner")
    site.context.storage["service_key"].mark_orphaned("owner", NOW)
    with pytest.raises(NotYours):
        credential_of(site.context, people["owner"], key.client_id)
    assert credential_of(site.context, people["administrator"], key.client_id) is key


def test_an_owner_who_lost_the_permission_sees_nothing(
    site: Any, people: dict[str, Requester], issue: Any
) -> None:
    key = issue("owner")
    site.portal.acl_users.userFolderEditUser("owner", None, ["Member"], [])
    with pytest.raises(NotAllowed):
        credential_of(site.context, site.requester("owner"), key.client_id)
    assert credential_of(site.context, people["administrator"], key.client_id) is key


def test_the_records_tell_a_user_of_the_root_from_one_of_the_site(
    site: Any, people: dict[str, Requester], issue: Any
) -> None:
    names = {who: people[who].name for who in ("manager", "root", "operator")}
    assert names == {
        "manager": "manager",
        "root": "admin (Zope root)",
        "operator": "the command line",
    }
    key = issue("root", owner="member")
    assert key.issued_by == "admin (Zope root)"
    revoke_credentials(site.context, people["root"], [key.client_id], NOW)
    assert key.revoked_by == "admin (Zope root)"


def test_a_user_of_the_root_is_not_the_owner_of_the_same_id(
    site: Any, people: dict[str, Requester], issue: Any
) -> None:
    key = issue("owner")
    root_users = site.app.acl_users
    root_users.userFolderAddUser("owner", "correct-horse-battery-1", ["Editor"], [])
    namesake = Requester(root_users.getUserById("owner"), site.context)
    for action in ACTIONS.values():
        with pytest.raises(NotAllowed):
            action[0](site, namesake, key)


def test_a_manager_of_the_root_who_issues_for_a_namesake_is_named(
    site: Any, people: dict[str, Requester], issue: Any
) -> None:
    site.add_user("admin", "Member")
    assert issue("root", owner="admin").issued_by == "admin (Zope root)"


def test_an_owner_manages_their_keys_with_the_permission_to_have_some(
    site: Any, issue: Callable[..., Any]
) -> None:
    """And not where they are gone, or nobody may have keys any more."""
    key = issue()
    assert owner_manages(site.context, key)
    site.portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Manager"])
    assert not owner_manages(site.context, key)
    site.portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Anonymous"])
    site.portal.acl_users.source_users.removeUser("owner")
    assert not owner_manages(site.context, key)
