"""An application that can do too little asks the person again, or is told not to."""

from tests.delegation.conftest import Apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import Redeem
from typing import Any

import pytest


NEWS = {"@type": "Document", "title": "News", "id": "news"}


@pytest.fixture
def folder(site: Any) -> str:
    """The path of a folder in which alice may add pages."""
    folder = site.portal[site.portal.invokeFactory("Folder", "folder")]
    folder.manage_setLocalRoles("alice", ["Editor", "Contributor", "Owner"])
    folder.reindexObjectSecurity()
    site.commit()
    return "/folder"


def token_for(browser: Browser, redeem: Redeem, scope: str) -> str:
    page = browser.authorize(scope=scope)
    answer = browser.answer(page, scope=scope.split())
    code = answer.headers["Location"].partition("code=")[2].partition("&")[0]
    answer = redeem(code)
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == scope
    return answer.json()["access_token"]


def test_a_client_learns_all_that_an_operation_needs(
    site: Any, browser: Browser, redeem: Redeem, folder: str
) -> None:
    """DR-35, RI-15: with what it has, so that it loses nothing; then it works."""
    token = token_for(browser, redeem, "plone.read")
    refused = site.api("POST", folder, token, json=NEWS)
    assert refused.status_code == 403
    challenge = refused.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="plone.read plone.write"' in challenge
    metadata = f"{site.url}/.well-known/oauth-protected-resource{folder}"
    assert f'resource_metadata="{metadata}"' in challenge
    token = token_for(browser, redeem, "plone.read plone.write")
    assert site.api("POST", folder, token, json=NEWS).status_code == 201


def test_a_client_is_not_told_to_ask_for_what_it_cannot_be_given(
    site: Any, browser: Browser, redeem: Redeem, apps: Apps, folder: str
) -> None:
    """DR-35: or it would ask the person without end."""
    apps.change(scopes=frozenset({"plone.read"}))
    token = token_for(browser, redeem, "plone.read")
    refused = site.api("POST", folder, token, json=NEWS)
    assert refused.status_code == 403
    assert "WWW-Authenticate" not in refused.headers
    assert refused.json() == {
        "type": "Forbidden",
        "message": "This access token was not granted the scope plone.write.",
    }


def test_a_switched_off_scope_is_not_asked_for(
    site: Any, browser: Browser, redeem: Redeem, apps: Apps, folder: str
) -> None:
    """An application keeps a scope that the site does without."""
    apps.change(scopes=frozenset({"plone.read", "plone.write", "plone.admin"}))
    token = token_for(browser, redeem, "plone.read")
    site.plugin.allow_admin_scopes = False
    site.commit()
    refused = site.api("POST", folder, token, json=NEWS)
    assert 'scope="plone.read plone.write"' in refused.headers["WWW-Authenticate"]
