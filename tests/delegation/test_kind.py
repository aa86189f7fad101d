"""An authorization is a credential: administrators see it, tighten it and end it."""

from pas.plugins.tokenauth.credentials.kinds import kind_named
from pas.plugins.tokenauth.credentials.service import change_credential
from pas.plugins.tokenauth.credentials.transfer import transfer_credential
from pas.plugins.tokenauth.delegation.kind import AUTHORIZATION
from pas.plugins.tokenauth.delegation.kind import MadeByConsent
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from tests.delegation.conftest import Browser
from tests.delegation.conftest import fields_of
from typing import Any

import pytest
import time


PANEL = "/@@tokenauth-controlpanel"


@pytest.fixture
def recorded(site: Any, browser: Any) -> Any:
    """What alice has allowed app-1 to do."""
    browser.code()
    site.sync()
    (found,) = site.context.storage["authorization"].all()
    return found


@pytest.fixture
def manager(site: Any, recorded: Any) -> Browser:
    site.add_user("manager", "Manager")
    browser = Browser(site)
    browser.log_in("manager")
    return browser


def test_nobody_issues_one(site: Any, browser: Any) -> None:
    """Conformance: CO-02."""
    site.add_user("manager", "Manager")
    for user_id in ("alice", "manager"):
        with pytest.raises(MadeByConsent):
            AUTHORIZATION.issue(
                site.context, site.requester(user_id), {}, time.time(), "x"
            )


def test_administrators_find_it_among_all_credentials(
    site: Any, manager: Browser, recorded: Any
) -> None:
    """Conformance: CO-18."""
    page = manager.get(site.url + PANEL).text
    assert recorded.credential_id in page
    assert "Wonder &lt;App&gt;" in page
    for view in ("edit", "logs"):
        url = f"{site.url}{PANEL}-{view}?id={recorded.credential_id}"
        answer = manager.get(url)
        assert answer.status_code == 200, view
        assert recorded.credential_id in answer.text


def test_administrators_end_it(
    site: Any, manager: Browser, browser: Any, recorded: Any
) -> None:
    """Conformance: CO-11."""
    url = f"{site.url}{PANEL}-revoke"
    page = manager.get(f"{url}?ids:list={recorded.credential_id}")
    assert "can ask again" in page.text
    fields = fields_of(page.text)
    assert fields["ids:list"] == recorded.credential_id
    manager.post(url, {**fields, "confirmed": "1"})
    site.sync()
    assert recorded.revoked_at is not None
    assert browser.authorize().status_code == 200


def test_nobody_but_the_person_allows_more(
    site: Any, manager: Browser, recorded: Any
) -> None:
    """Conformance: CO-02: also not the person, elsewhere than where it is asked."""
    now = time.time()
    for user_id in ("alice", "manager"):
        requester = site.requester(user_id)
        change_credential(
            site.context, requester, recorded, {"scopes": ("plone.read",)}, now
        )
        with pytest.raises(InvalidInput, match="scopes"):
            change_credential(
                site.context, requester, recorded, {"scopes": ("plone.write",)}, now
            )
        assert recorded.scopes == ("plone.read",)


def test_nobody_gets_what_another_person_has_agreed_to(
    site: Any, manager: Browser, recorded: Any
) -> None:
    """Conformance: CO-02."""
    site.add_user("bob")
    with pytest.raises(NotAllowed, match="stays theirs"):
        transfer_credential(
            site.context, site.requester("manager"), recorded, "bob", time.time()
        )
    assert recorded.owner == "alice"


def test_what_programs_learn_of_it(recorded: Any) -> None:
    assert kind_named("authorization") is AUTHORIZATION
    assert AUTHORIZATION.details(recorded) == {"client_id": "app-1", "resource": None}
