"""Credentials that are disabled for a time."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.credentials.disabling import disable_credentials
from pas.plugins.tokenauth.credentials.disabling import enable_credentials
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.errors import NotYours
from pas.plugins.tokenauth.credentials.errors import TooManyCredentials
from pas.plugins.tokenauth.credentials.search import state_of
from pas.plugins.tokenauth.credentials.service import named_credential
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.events import ChangedEvent
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.tokens.checks import authenticate
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import time


@pytest.fixture
def people(site: Any) -> dict[str, Requester]:
    """An owner and administrators of different power."""
    for user_id, role in (
        ("owner", "Manager"),
        ("boss", "Manager"),
        ("administrator", "Site Administrator"),
    ):
        site.add_user(user_id, role)
    names = ("owner", "boss", "administrator")
    return {name: site.requester(name) for name in names}


@pytest.fixture
def issued(site: Any, people: Any) -> Any:
    """A personal access token of the owner, with its secret."""
    return site.issue_personal_access_token("owner")


@pytest.fixture
def disable(site: Any, issued: Any) -> Callable[[Requester], int]:
    """Lets somebody disable the token."""

    def disable(requester: Requester) -> int:
        ids = [issued.credential.credential_id]
        return disable_credentials(site.context, requester, ids, time.time())

    return disable


@pytest.fixture
def enable(site: Any, issued: Any) -> Callable[[Requester], int]:
    """Lets somebody enable the token."""

    def enable(requester: Requester) -> int:
        ids = [issued.credential.credential_id]
        return enable_credentials(site.context, requester, ids)

    return enable


def refusal(site: Any, token: str) -> str:
    """Why a token is refused; an empty string where it is not."""
    try:
        authenticate(site.context, token, "192.0.2.7", time.time())
    except AccessRefused as refused:
        return refused.reason
    return ""


def test_a_disabled_token_is_refused_until_it_is_enabled(
    site: Any, people: Any, issued: Any, disable: Any, enable: Any
) -> None:
    assert disable(people["owner"]) == 1
    assert refusal(site, issued.text) == "credential is disabled"
    assert enable(people["owner"]) == 1
    assert refusal(site, issued.text) == ""


def test_a_disabled_key_gets_no_token_and_its_tokens_come_back(
    site: Any, people: Any
) -> None:
    keyfile = site.issue("owner")
    token, ids = site.token(keyfile), [keyfile["client_id"]]
    site.sync()
    disable_credentials(site.context, people["owner"], ids, time.time())
    site.commit()
    answer = site.exchange(site.grant(keyfile))
    assert answer.json()["error"] == "invalid_grant"
    assert "is disabled" in answer.json()["error_description"]
    assert site.get(token=token).status_code == 401
    enable_credentials(site.context, people["owner"], ids)
    site.commit()
    assert site.get(token=token).status_code == 200
    assert site.exchange(site.grant(keyfile)).status_code == 200


def test_records_name_who_disabled_it_and_when(
    issued: Any, people: Any, disable: Any, enable: Any
) -> None:
    before = time.time()
    disable(people["administrator"])
    assert before <= issued.credential.disabled_at <= time.time()
    assert issued.credential.disabled_by == "administrator"
    enable(people["administrator"])
    assert issued.credential.disabled_at is None
    assert issued.credential.disabled_by == ""


def test_what_is_disabled_already_keeps_who_and_when(
    issued: Any, people: Any, disable: Any
) -> None:
    disable(people["owner"])
    at = issued.credential.disabled_at
    assert disable(people["boss"]) == 1
    assert disable(people["boss"]) == disable(people["owner"]) == 0
    assert issued.credential.disabled_by == "owner"
    assert issued.credential.disabled_at == at


def test_events_name_the_action(people: Any, disable: Any, enable: Any) -> None:
    heard: list[Any] = []
    registry = getGlobalSiteManager()
    registry.registerHandler(heard.append, (ChangedEvent,))
    try:
        disable(people["boss"])
        enable(people["boss"])
        enable(people["boss"])
    finally:
        registry.unregisterHandler(heard.append, (ChangedEvent,))
    assert [event.details for event in heard] == [
        {"action": "disable"},
        {"action": "enable"},
    ]
    assert {event.requester for event in heard} == {"boss"}


@pytest.mark.parametrize(
    ("who", "others"),
    [
        # What the owner has disabled, only who may let the program do more.
        ("owner", {"owner": True, "boss": True, "administrator": False}),
        # What an administrator has disabled, an administrator.
        ("boss", {"owner": True, "boss": True, "administrator": True}),
        ("administrator", {"owner": True, "boss": True, "administrator": True}),
    ],
)
def test_a_credential_is_enabled_by_who_may(
    people: Any, disable: Any, enable: Any, who: str, others: dict[str, bool]
) -> None:
    for other, may in others.items():
        disable(people[who])
        if may:
            assert enable(people[other]) == 1
        else:
            with pytest.raises(NotAllowed, match="You may not enable what"):
                enable(people[other])
            enable(people["boss"])


def test_an_owner_who_is_no_administrator_enables_only_what_they_disabled(
    site: Any, people: Any
) -> None:
    site.portal.manage_permission(SERVICE_KEY.manage_own, ["Manager", "Editor"])
    site.add_user("editor", "Editor")
    editor = site.requester("editor")
    ids = [site.issue("editor")["client_id"]]
    disable_credentials(site.context, editor, ids, time.time())
    assert enable_credentials(site.context, editor, ids) == 1
    disable_credentials(site.context, people["administrator"], ids, time.time())
    with pytest.raises(NotAllowed, match="You may not enable what"):
        enable_credentials(site.context, editor, ids)


def test_an_owner_keeps_nothing_from_an_administrator_by_disabling_it_first(
    site: Any, people: Any
) -> None:
    """Who took over an account would enable in time what was disabled in time."""
    site.portal.manage_permission(SERVICE_KEY.manage_own, ["Manager", "Editor"])
    site.add_user("editor", "Editor")
    editor, administrator = site.requester("editor"), people["administrator"]
    ids = [site.issue("editor")["client_id"]]
    disable_credentials(site.context, editor, ids, time.time())
    assert disable_credentials(site.context, administrator, ids, time.time()) == 1
    # Nor does the administrator undo what the owner wants.
    for requester, keeper in ((editor, "administrator"), (administrator, "editor")):
        with pytest.raises(NotAllowed) as refused:
            enable_credentials(site.context, requester, ids)
        assert refused.value.args[0].mapping == {"user": keeper}
    assert enable_credentials(site.context, people["boss"], ids) == 1
    disable_credentials(site.context, editor, ids, time.time())
    assert enable_credentials(site.context, editor, ids) == 1


def test_somebody_elses_can_neither_be_disabled_nor_enabled(
    site: Any, issued: Any, disable: Any, enable: Any
) -> None:
    site.add_user("other", "Editor")
    for act in (disable, enable):
        with pytest.raises(NotYours):
            act(site.requester("other"))


def test_what_has_ended_stays_as_it_is(
    site: Any, people: Any, issued: Any, disable: Any, enable: Any
) -> None:
    ids = [issued.credential.credential_id]
    revoke_credentials(site.context, people["owner"], ids, time.time())
    for act in (disable, enable):
        with pytest.raises(AlreadyEnded):
            act(people["owner"])


def test_one_refusal_keeps_all_as_they_are(
    site: Any, people: Any, issued: Any, disable: Any
) -> None:
    other = site.issue_personal_access_token("owner").credential
    disable(people["owner"])
    ids = [other.credential_id]
    disable_credentials(site.context, people["administrator"], ids, time.time())
    both = [*ids, issued.credential.credential_id]
    with pytest.raises(NotAllowed):
        enable_credentials(site.context, people["administrator"], both)
    assert other.disabled_at is not None


def test_the_state_tells_that_it_is_disabled(
    site: Any, people: Any, issued: Any, disable: Any
) -> None:
    disable(people["owner"])
    now, credential = time.time(), issued.credential
    assert state_of(credential, now) == "disabled"
    # Enabling one that has expired would be of no use.
    assert state_of(credential, credential.expires_at) == "expired"


def test_a_disabled_one_counts_and_keeps_its_name(site: Any, people: Any) -> None:
    owner, now = people["owner"], time.time()
    issued = SERVICE_KEY.issue(
        site.context, owner, {"title": "A"}, now, "1", material={"name": "a"}
    )
    ids = [issued.credential.credential_id]
    disable_credentials(site.context, owner, ids, now)
    found = named_credential(site.context, SERVICE_KEY, "owner", "a", now)
    assert found is issued.credential
    site.plugin.max_keys_per_user = 1
    with pytest.raises(TooManyCredentials):
        SERVICE_KEY.issue(site.context, owner, {"title": "B"}, now, "2")
