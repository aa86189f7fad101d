"""Acting as somebody else, at issue and at every use."""

from pas.plugins.tokenauth.permissions import IMPERSONATE_USER
from typing import Any

import pytest


PASSWORD = "correct-horse-battery-1"
REFUSED = "The key may not act as the user that the claim sub names."


@pytest.fixture
def keyfile(site: Any) -> dict[str, Any]:
    """A key of a Manager that may impersonate."""
    site.add_user("subject")
    return site.issue(may_impersonate=True)


def assert_refused(response: Any) -> None:
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_grant", "error_description": REFUSED}


def assert_acts_as(site: Any, token: str, user_id: str) -> None:
    response = site.api("GET", f"/@users/{user_id}", token)
    assert (response.status_code, response.json().get("id")) == (200, user_id)
    body = {"@type": "Document", "title": f"Made by {user_id}"}
    site.sync()
    site.portal.manage_permission(
        "plone.app.contenttypes: Add Document", ["Member", "Manager"], 1
    )
    site.portal.manage_permission("Add portal content", ["Member", "Manager"], 1)
    site.commit()
    assert site.api("POST", token=token, json=body).status_code == 201
    site.sync()
    assert site.portal[f"made-by-{user_id}"].Creator() == user_id


def test_a_key_may_act_as_a_member(site: Any, keyfile: dict[str, Any]) -> None:
    assert_acts_as(site, site.token(keyfile, sub="subject"), "subject")


def test_the_log_names_the_subject(site: Any, keyfile: dict[str, Any]) -> None:
    site.token(keyfile, sub="subject")
    site.sync()
    (entry,) = site.context.storage["usage_log"].entries(keyfile["client_id"])
    assert entry.subject == "subject"


@pytest.mark.parametrize("sub", [None, "owner", "client id"])
def test_the_owner_is_who_a_key_acts_as_by_itself(site: Any, sub: str | None) -> None:
    """JB-06 as our profile has it: a missing sub, or the client id, means the owner."""
    keyfile = site.issue()
    claims = {"sub": keyfile["client_id"] if sub == "client id" else sub}
    response = site.api("GET", "/@users/owner", site.token(keyfile, **claims))
    assert response.status_code == 200


@pytest.mark.parametrize("sub", ["", 1, True, ["owner"], {}, "x" * 257, "own\x00er"])
def test_a_subject_that_is_no_string_is_refused(site: Any, sub: Any) -> None:
    """JB-06, JW-08: no coercion."""
    response = site.exchange(site.grant(site.issue(), sub=sub))
    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("sub", ["nobody", "subject", "admin", "Owner", "owner "])
def test_without_the_switch_every_other_subject_is_refused_alike(
    site: Any, sub: str
) -> None:
    """JB-07, threat CVE-2021-21424: one error for unknown and forbidden."""
    site.add_user("subject")
    assert_refused(site.exchange(site.grant(site.issue(), sub=sub)))


def test_with_the_switch_an_unknown_subject_is_refused_the_same_way(
    site: Any, keyfile: dict[str, Any]
) -> None:
    assert_refused(site.exchange(site.grant(keyfile, sub="nobody")))


def test_a_user_of_the_zope_root_is_no_subject(
    site: Any, keyfile: dict[str, Any], site_owner_auth: tuple[str, str]
) -> None:
    """A subject comes from the site's own user folder."""
    assert_refused(site.exchange(site.grant(keyfile, sub=site_owner_auth[0])))


def test_a_login_name_finds_the_user_and_the_id_is_what_counts(
    site: Any, keyfile: dict[str, Any]
) -> None:
    source = site.portal.acl_users.source_users
    source.updateUser("subject", "subject@example.org")
    site.commit()
    token = site.token(keyfile, sub="subject@example.org")
    response = site.api("GET", "/@users/subject", token)
    assert response.status_code == 200
    site.sync()
    (entry,) = list(site.context.storage["usage_log"].entries(keyfile["client_id"]))
    assert entry.subject == "subject"


def test_an_id_wins_over_a_login_name(site: Any, keyfile: dict[str, Any]) -> None:
    site.add_user("other")
    source = site.portal.acl_users.source_users
    source.updateUser("subject", "renamed")
    source.updateUser("other", "subject")
    site.commit()
    token = site.token(keyfile, sub="subject")
    assert site.api("GET", "/@users/subject", token).status_code == 200


@pytest.mark.parametrize("role", ["Manager", "Site Administrator"])
def test_a_subject_with_a_powerful_role_that_the_owner_lacks_is_refused(
    site: Any, role: str
) -> None:
    """JB-07."""
    site.portal.manage_permission(IMPERSONATE_USER, ["Manager", "Editor"], 0)
    manage = "pas.plugins.tokenauth: Manage own Service Keys"
    site.portal.manage_permission(manage, ["Manager", "Editor"], 0)
    site.add_user("editor", "Editor")
    keyfile = site.issue("editor", may_impersonate=True)
    site.add_user("powerful", role)
    site.add_user("plain", "Member")
    assert site.exchange(site.grant(keyfile, sub="plain")).status_code == 200
    assert_refused(site.exchange(site.grant(keyfile, sub="powerful")))


def test_a_subject_who_may_impersonate_is_refused_when_the_owner_lacks_the_role(
    site: Any,
) -> None:
    """JB-07: or a chain of impersonations would lead anywhere."""
    site.portal.manage_permission(
        IMPERSONATE_USER, ["Manager", "Editor", "Reviewer"], 0
    )
    manage = "pas.plugins.tokenauth: Manage own Service Keys"
    site.portal.manage_permission(manage, ["Manager", "Editor"], 0)
    site.add_user("editor", "Editor")
    keyfile = site.issue("editor", may_impersonate=True)
    site.add_user("impersonator", "Reviewer")
    assert_refused(site.exchange(site.grant(keyfile, sub="impersonator")))


@pytest.fixture
def office(site: Any) -> Any:
    """A role that manages users, and nothing else of the site."""
    for role in ("Members' office", "Integrator"):
        site.portal._addRole(role)
    site.portal.manage_permission("Manage users", ["Manager", "Members' office"], 0)
    may = ["Manager", "Integrator"]
    site.portal.manage_permission(IMPERSONATE_USER, may, 0)
    manage = "pas.plugins.tokenauth: Manage own Service Keys"
    site.portal.manage_permission(manage, may, 0)
    site.add_user("clerk", "Member", "Members' office")
    return site


def test_nobody_gains_an_administrative_role_of_the_sites_own(office: Any) -> None:
    """JB-07: with the scope plone.admin the token could make anybody anything."""
    office.add_user("ida", "Integrator")
    keyfile = office.issue("ida", may_impersonate=True)
    assert_refused(office.exchange(office.grant(keyfile, sub="clerk")))
    office.add_user("plain", "Member")
    token = office.token(keyfile, sub="plain")
    assert office.api("GET", "/@users/plain", token).status_code == 200
    office.sync()
    office.portal.acl_users.userFolderEditUser("plain", None, ["Members' office"], [])
    office.commit()
    assert office.api("GET", "/@users/plain", token).status_code == 401


@pytest.mark.parametrize("roles", [("Integrator", "Members' office"), ("Manager",)])
def test_who_has_the_permissions_of_such_a_role_can_act_as_one(
    office: Any, roles: tuple[str, ...]
) -> None:
    """JB-07: by whatever role."""
    office.add_user("ida", *roles)
    keyfile = office.issue("ida", may_impersonate=True)
    token = office.token(keyfile, sub="clerk")
    assert office.api("GET", "/@users/clerk", token).status_code == 200


def test_a_powerful_role_through_a_group_counts_too(site: Any) -> None:
    site.portal.manage_permission(IMPERSONATE_USER, ["Manager", "Editor"], 0)
    manage = "pas.plugins.tokenauth: Manage own Service Keys"
    site.portal.manage_permission(manage, ["Manager", "Editor"], 0)
    site.add_user("editor", "Editor")
    keyfile = site.issue("editor", may_impersonate=True)
    site.add_user("in_group")
    token = site.token(keyfile, sub="in_group")
    site.sync()
    site.portal.portal_groups.addPrincipalToGroup("in_group", "Administrators")
    site.commit()
    assert_refused(site.exchange(site.grant(keyfile, sub="in_group")))
    assert site.get(token=token).status_code == 401


class TestAtEveryUse:
    """A token that was issued already ends with the right to impersonate."""

    @pytest.fixture
    def token(self, site: Any, keyfile: dict[str, Any]) -> str:
        value: str = site.token(keyfile, sub="subject")
        assert site.api("GET", "/@users/subject", value).status_code == 200
        return value

    def assert_ended(self, site: Any, token: str) -> None:
        site.commit()
        assert site.api("GET", "/@users/subject", token).status_code == 401

    def test_a_token_ends_when_the_switch_goes_off(
        self, site: Any, keyfile: dict[str, Any], token: str
    ) -> None:
        site.service_key(keyfile).may_impersonate = False
        self.assert_ended(site, token)

    def test_a_token_ends_when_the_owner_loses_the_permission(
        self, site: Any, token: str
    ) -> None:
        site.sync()
        site.portal.acl_users.userFolderEditUser("owner", None, ["Member"], [])
        self.assert_ended(site, token)

    def test_a_token_ends_when_the_subject_becomes_powerful(
        self, site: Any, token: str
    ) -> None:
        site.sync()
        acl_users = site.portal.acl_users
        acl_users.userFolderEditUser("owner", None, ["Editor"], [])
        site.portal.manage_permission(IMPERSONATE_USER, ["Manager", "Editor"], 0)
        acl_users.userFolderEditUser("subject", None, ["Manager"], [])
        self.assert_ended(site, token)

    def test_a_token_ends_when_the_subject_is_deleted(
        self, site: Any, token: str
    ) -> None:
        site.sync()
        site.portal.acl_users._doDelUsers(["subject"])
        self.assert_ended(site, token)

    def test_a_token_ends_when_the_owner_is_deleted(
        self, site: Any, token: str
    ) -> None:
        site.sync()
        site.portal.acl_users._doDelUsers(["owner"])
        self.assert_ended(site, token)
