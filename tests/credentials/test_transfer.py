"""Credentials that get another owner."""

from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.errors import TooManyCredentials
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.credentials.transfer import transfer_credential
from pas.plugins.tokenauth.events import ChangedEvent
from pas.plugins.tokenauth.permissions import IMPERSONATE_USER
from pas.plugins.tokenauth.permissions import ISSUE_KEYS_FOR_OTHERS
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.tokens.checks import authenticate
from tests.mailserver import MailServer
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import time


pytest_plugins = ["tests.mailserver"]


@pytest.fixture
def boss(site: Any) -> Requester:
    """A Manager, beside users who may have keys."""
    site.portal.manage_permission(
        SERVICE_KEY.manage_own, ["Manager", "Site Administrator", "Editor"]
    )
    for user_id, role in (
        ("boss", "Manager"),
        ("administrator", "Site Administrator"),
        ("owner", "Manager"),
        ("heir", "Editor"),
        ("member", "Member"),
    ):
        site.add_user(user_id, role)
    return site.requester("boss")


@pytest.fixture
def keyfile(site: Any, boss: Requester) -> Any:
    return site.issue("owner", title="Import")


@pytest.fixture
def transfer(site: Any, boss: Requester, keyfile: Any) -> Any:
    """Transfers the key, by a Manager unless told."""

    def transfer(owner: str = "heir", requester: Requester = boss) -> None:
        key = site.service_key(keyfile)
        transfer_credential(site.context, requester, key, owner, time.time())
        site.commit()

    return transfer


def test_a_transferred_key_acts_as_its_new_owner_and_its_tokens_end(
    site: Any, keyfile: Any, transfer: Any
) -> None:
    before = site.token(keyfile)
    transfer()
    assert site.get(token=before).status_code == 401
    token = site.token(keyfile)
    site.sync()
    access = authenticate(site.context, token, "", time.time())
    assert (access.owner, access.subject) == ("heir", "heir")
    (key,) = site.context.storage["service_key"].owned_by("heir")
    assert (key.owner, key.issued_by) == ("heir", "owner")


def test_a_transferred_personal_access_token_acts_as_its_new_owner(
    site: Any, boss: Requester
) -> None:
    issued = site.issue_personal_access_token("owner")
    credential = issued.credential
    transfer_credential(site.context, boss, credential, "administrator", time.time())
    access = authenticate(site.context, issued.text, "", time.time())
    assert access.subject == "administrator"


@pytest.mark.parametrize("who", ["owner", "administrator", "heir"])
def test_only_who_issues_for_others_transfers(
    site: Any, transfer: Any, keyfile: Any, who: str
) -> None:
    site.portal.manage_permission(ISSUE_KEYS_FOR_OTHERS, ["Reviewer"])
    site.commit()
    with pytest.raises(NotAllowed):
        transfer("heir", site.requester(who))
    assert site.service_key(keyfile).owner == "owner"


@pytest.mark.parametrize(
    ("owner", "message"),
    [
        ("nobody", "no such user"),
        ("member", "may not have any"),
        ("owner", "already"),
    ],
)
def test_a_user_who_cannot_own_it_is_refused(
    site: Any, transfer: Any, keyfile: Any, owner: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message) as refused:
        transfer(owner)
    assert refused.value.field == "owner"
    assert site.service_key(keyfile).owner == "owner"


def test_rights_that_the_new_owner_lacks_are_refused_all_at_once(
    site: Any, boss: Requester
) -> None:
    site.portal.manage_permission(IMPERSONATE_USER, ["Manager"])
    keyfile = site.issue("owner", scopes=("plone.admin",), may_impersonate=True)
    key = site.service_key(keyfile)
    with pytest.raises(InvalidInput) as refused:
        transfer_credential(site.context, boss, key, "heir", time.time())
    assert {each.field for each in refused.value.all} == {"scopes", "may_impersonate"}
    assert key.owner == "owner"


def test_a_policy_about_values_that_stay_does_not_matter(
    site: Any, transfer: Any, keyfile: Any
) -> None:
    site.plugin.require_ip_ranges = True
    site.plugin.max_key_lifetime = 1
    site.commit()
    transfer()
    assert site.service_key(keyfile).owner == "heir"


def test_the_new_owner_has_no_more_keys_than_the_site_allows(
    site: Any, transfer: Any
) -> None:
    site.issue("heir")
    site.plugin.max_keys_per_user = 1
    site.commit()
    with pytest.raises(TooManyCredentials):
        transfer()


def test_a_name_that_the_new_owner_uses_is_refused(site: Any, boss: Requester) -> None:
    now = time.time()
    keys = [
        SERVICE_KEY.issue(
            site.context,
            boss,
            {"title": "A"},
            now,
            "1",
            material={"name": "import"},
            owner=owner,
        ).credential
        for owner in ("owner", "heir")
    ]
    with pytest.raises(InvalidInput) as refused:
        transfer_credential(site.context, boss, keys[0], "heir", now)
    assert refused.value.field == "name"


def test_what_has_ended_stays_with_its_owner(
    site: Any, boss: Requester, keyfile: Any, transfer: Any
) -> None:
    revoke_credentials(site.context, boss, [keyfile["client_id"]], time.time())
    site.commit()
    with pytest.raises(AlreadyEnded):
        transfer()


def test_the_new_owner_is_the_one_whose_permissions_count_for_impersonation(
    site: Any, boss: Requester
) -> None:
    """Asked again at every use, whatever was decided before."""
    site.portal.manage_permission(IMPERSONATE_USER, ["Manager", "Site Administrator"])
    keyfile = site.issue("owner", may_impersonate=True)
    assert site.token(keyfile, sub="boss")
    key = site.service_key(keyfile)
    transfer_credential(site.context, boss, key, "administrator", time.time())
    site.commit()
    answer = site.exchange(site.grant(keyfile, sub="boss"))
    assert answer.json()["error"] == "invalid_grant"
    token = site.token(keyfile, sub="member")
    site.sync()
    access = authenticate(site.context, token, "", time.time())
    assert access.subject == "member"


def test_both_owners_are_told_and_the_record_names_them(
    site: Any, keyfile: Any, transfer: Any, mail_server: MailServer
) -> None:
    for user_id in ("owner", "heir"):
        member = site.portal.portal_membership.getMemberById(user_id)
        member.setMemberProperties({"email": f"{user_id}@example.org"})
    site.commit()
    heard: list[Any] = []
    registry = getGlobalSiteManager()
    registry.registerHandler(heard.append, (ChangedEvent,))
    try:
        transfer()
    finally:
        registry.unregisterHandler(heard.append, (ChangedEvent,))
    (event,) = heard
    assert (event.owner, event.requester) == ("heir", "boss")
    assert event.details == {"action": "transfer", "former_owner": "owner"}
    (to_heir,) = mail_server.to("heir@example.org")
    (to_owner,) = mail_server.to("owner@example.org")
    assert to_heir["Subject"] == "Intranet: “Import” belongs to you now"
    assert "@@manage-service-keys" in to_heir.get_content()
    assert to_owner["Subject"] == "Intranet: “Import” has another owner now"
    assert "://" not in to_owner.get_content()


def test_an_access_refused_for_a_former_owner_names_no_reason(
    site: Any, keyfile: Any, transfer: Any
) -> None:
    before = site.token(keyfile)
    transfer()
    with pytest.raises(AccessRefused, match="unknown or expired token"):
        authenticate(site.context, before, "", time.time())
