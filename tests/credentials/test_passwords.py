"""What becomes of credentials when the password of their owner changes."""

from Acquisition import aq_base
from collections.abc import Callable
from pas.plugins.tokenauth.credentials import passwords
from pas.plugins.tokenauth.credentials.disabling import disable_credentials
from pas.plugins.tokenauth.events import PasswordChangedEvent
from plone import api
from Products.CMFPlone.RegistrationTool import get_member_by_login_name
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import requests
import time
import transaction


pytest_plugins = ["tests.mailserver"]

OLD, NEW = "correct-horse-battery-1", "wrong-horse-battery-2"
AUTH = ("owner", OLD)
JSON = {"Accept": "application/json"}
SETTINGS = (
    "service_keys_on_password_change",
    "personal_access_tokens_on_password_change",
)


@pytest.fixture
def heard() -> Any:
    """The events about passwords."""
    events: list[Any] = []
    registry = getGlobalSiteManager()
    registry.registerHandler(events.append, (PasswordChangedEvent,))
    yield events
    registry.unregisterHandler(events.append, (PasswordChangedEvent,))


@pytest.fixture
def credentials(site: Any) -> Any:
    """A key and a token of the owner, who can get mail."""
    site.add_user("owner", "Manager")
    site.add_user("boss", "Manager")
    member = site.portal.portal_membership.getMemberById("owner")
    member.setMemberProperties({"email": "owner@example.org"})
    token = site.issue_personal_access_token("owner", title="Backup")
    key = site.service_key(site.issue("owner", title="Import"))
    return [key, token.credential]


def by_api(site: Any) -> None:
    site.portal.acl_users.userSetPassword("owner", NEW)


def by_editing_the_user(site: Any) -> None:
    site.portal.acl_users.userFolderEditUser("owner", NEW, ["Manager"], [])


def by_the_source(site: Any) -> None:
    site.portal.acl_users.source_users.doChangeUser("owner", NEW)


def by_the_zmi(site: Any) -> None:
    site.portal.acl_users.source_users.updateUserPassword("owner", NEW)


def by_reset_mail(site: Any) -> None:
    tool = api.portal.get_tool("portal_password_reset")
    random = tool.requestReset("owner")["randomstring"]
    assert get_member_by_login_name(site.portal, "owner") is not None
    tool.resetPassword("owner", random, NEW)


def by_rest_of_its_own(site: Any) -> None:
    body = {"old_password": OLD, "new_password": NEW}
    url = f"{site.url}/@users/owner/reset-password"
    answer = requests.post(url, json=body, auth=AUTH, headers=JSON, timeout=30)
    assert answer.status_code == 200, answer.text
    site.sync()


def by_rest_of_an_administrator(site: Any) -> None:
    answer = requests.patch(
        f"{site.url}/@users/owner",
        json={"password": NEW},
        auth=("boss", OLD),
        headers=JSON,
        timeout=30,
    )
    assert answer.status_code == 204, answer.text
    site.sync()


def by_the_form(site: Any) -> None:
    session = requests.Session()
    session.auth = AUTH
    page = session.get(f"{site.url}/@@change-password", timeout=60).text
    _, _, after = page.partition('name="_authenticator"')
    authenticator = after.partition('value="')[2].partition('"')[0]
    form = {
        "form.widgets.current_password": OLD,
        "form.widgets.new_password": NEW,
        "form.widgets.new_password_ctl": NEW,
        "form.buttons.reset_passwd": "Change Password",
        "_authenticator": authenticator,
    }
    answer = session.post(f"{site.url}/@@change-password", data=form, timeout=60)
    assert "Password changed" in answer.text
    site.sync()


def by_site_setup(site: Any) -> None:
    """The page of all users in Site Setup resets by this method."""
    site.portal.acl_users._doChangeUser("owner", NEW, ["Manager"])


ROUTES: list[Callable[[Any], None]] = [
    by_api,
    by_editing_the_user,
    by_the_source,
    by_the_zmi,
    by_reset_mail,
    by_rest_of_its_own,
    by_rest_of_an_administrator,
    by_the_form,
    by_site_setup,
]


@pytest.mark.parametrize("change", ROUTES, ids=lambda route: route.__name__)
def test_a_new_password_is_noticed_once_on_each_route(
    site: Any, credentials: Any, heard: Any, change: Any
) -> None:
    change(site)
    (event,) = heard
    assert event.owner == "owner"
    assert set(event.kept) == {each.credential_id for each in credentials}
    assert event.ended == ()
    user = site.portal.acl_users.source_users.authenticateCredentials(
        {"login": "owner", "password": NEW}
    )
    assert user == ("owner", "owner")


def test_a_source_that_announces_nothing_is_noticed(
    site: Any, credentials: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = type(aq_base(site.portal.acl_users.source_users))
    monkeypatch.setattr(source, "doChangeUser", lambda self, user_id, password: None)
    by_api(site)
    assert [event.owner for event in heard] == ["owner"]


def test_each_transaction_is_noticed(site: Any, credentials: Any, heard: Any) -> None:
    by_api(site)
    site.commit()
    by_api(site)
    assert len(heard) == 2


def test_a_new_user_has_no_new_password(site: Any, heard: Any) -> None:
    site.add_user("newcomer", "Manager")
    assert heard == []


def test_a_user_of_the_root_with_the_same_id_is_somebody_else(
    site: Any, credentials: Any, heard: Any
) -> None:
    site.app.acl_users.userFolderAddUser("owner", OLD, ["Manager"], [])
    site.app.acl_users.users.updateUserPassword("owner", NEW)
    assert heard == []


@pytest.mark.parametrize("policy", ["off", "tell", "end"])
def test_a_kind_has_a_policy_of_its_own(
    site: Any, credentials: Any, heard: Any, policy: str
) -> None:
    key, token = credentials
    site.plugin.service_keys_on_password_change = policy
    site.plugin.personal_access_tokens_on_password_change = "off"
    site.commit()
    by_api(site)
    assert (key.revoked_at is not None) is (policy == "end")
    assert token.revoked_at is None
    if policy == "off":
        assert heard == []
        return
    (event,) = heard
    told = {"tell": event.kept, "end": event.ended}
    assert told[policy] == (key.credential_id,)
    assert event.kept + event.ended == told[policy]
    assert key.revoked_by == ("password change" if policy == "end" else "")


def test_what_is_disabled_ends_and_what_has_ended_stays(
    site: Any, credentials: Any, heard: Any
) -> None:
    key, token = credentials
    for name in SETTINGS:
        setattr(site.plugin, name, "end")
    ids = [key.credential_id]
    disable_credentials(site.context, site.requester("owner"), ids, time.time())
    token.expires_at = time.time() - 1
    site.commit()
    by_api(site)
    assert heard[0].ended == (key.credential_id,)
    assert token.revoked_at is None


def test_the_presets_tell(site: Any) -> None:
    assert [getattr(site.plugin, name) for name in SETTINGS] == ["tell", "tell"]


def test_a_kind_without_a_setting_is_told_of(site: Any) -> None:
    class Kind:
        password_setting = ""

    assert passwords.password_policy(site.context, Kind()) == "tell"


def test_the_owner_gets_one_mail_about_all(
    site: Any, credentials: Any, mail_server: Any
) -> None:
    site.plugin.personal_access_tokens_on_password_change = "end"
    site.commit()
    mail_server.raw.clear()
    by_api(site)
    transaction.commit()
    (mail,) = mail_server.to("owner@example.org")
    text = " ".join(mail.get_content().split())
    ended, _, kept = text.partition("go on working:")
    assert "are locked out: Title: Backup" in ended
    assert "Title: Import" in kept
    assert "@@manage-service-keys" in kept
    assert "@@manage-personal-access-tokens" in kept
    assert NEW not in mail.as_string()


def test_a_password_that_is_not_changed_after_all_is_not_told(
    site: Any, credentials: Any, mail_server: Any
) -> None:
    mail_server.raw.clear()
    by_api(site)
    transaction.abort()
    transaction.commit()
    assert mail_server.raw == []
