"""Only a form of this site, sent by POST, changes anything."""

from collections.abc import Callable
from pas.plugins.tokenauth.credentials.rotation import secrets_in_use
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.site.requester import Operator
from typing import Any

import pytest
import time


pytestmark = pytest.mark.long


PANEL = "@@tokenauth-controlpanel"
PAGES = [
    f"{PANEL}-{name}"
    for name in (
        "settings",
        "revoke-before",
        "issue",
        "edit",
        "rotate",
        "end-secret",
        "transfer",
        "disable",
        "revoke",
    )
]


@pytest.fixture
def rotated_token(site: Any, new_token: Any) -> tuple[str, str]:
    """The id of a token with two secrets, and that of the older one."""
    token_id = new_token(title="Before").credential.credential_id
    site.sync()
    token = site.context.storage.credential(token_id)
    PERSONAL_ACCESS_TOKEN.rotate(site.context, Operator("tests"), token, time.time())
    site.commit()
    return token_id, token.secrets[0].kid


@pytest.fixture
def fill(
    manager: Any, new_key: Any, rotated_token: Any
) -> Callable[[str], dict[str, Any]]:
    """Fills in the form of a page, so that it would change something."""
    client_id = new_key(title="Before")["client_id"]
    token_id, kid = rotated_token
    about = {
        "issue": {"owner": "owner"},
        "edit": {"id": client_id},
        "rotate": {"id": client_id},
        "end-secret": {"id": token_id, "kid": kid},
        "transfer": {"id": client_id},
    }
    selected = {"ids:list": [client_id, token_id], "confirmed": "1"}
    values: dict[str, dict[str, Any]] = {
        "settings": {"allowed_algorithms:list": "RS256", "leeway": "7"},
        "revoke-before": {"time": "2199-12-31T18:30", "confirmed": "1"},
        "issue": {"owner": "owner", "title": "New", "algorithm": "ES256"},
        "edit": {"title": "After"},
        "rotate": {},
        "end-secret": {},
        "transfer": {"owner": "manager"},
        "disable": selected,
        "revoke": selected,
    }

    def fill(page: str) -> dict[str, Any]:
        name = page.removeprefix(f"{PANEL}-")
        if values[name] is selected:
            form = {"_authenticator": manager.authenticator()}
        else:
            form = manager.form(page, **about.get(name, {}))
        return {**form, **values[name]}

    return fill


@pytest.mark.parametrize("page", PAGES)
def test_a_form_without_a_valid_authenticator_is_refused(
    site: Any, manager: Any, fill: Any, page: str
) -> None:
    form = fill(page)
    for authenticator in (None, "", "0" * 40):
        response = manager.submit(page, {**form, "_authenticator": authenticator})
        assert response.status_code == 403, authenticator
    assert not is_changed(site)


@pytest.mark.parametrize("page", PAGES)
def test_other_methods_change_nothing(
    site: Any, manager: Any, fill: Any, page: str
) -> None:
    form = fill(page)
    # HEAD comes last: Zope answers it with a body, so that no request can follow.
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
        manager._request(method, page, params=form)
        assert not is_changed(site), method


@pytest.mark.parametrize("page", PAGES)
def test_the_complete_form_does_change_something(
    site: Any, manager: Any, fill: Any, page: str
) -> None:
    assert manager.submit(page, fill(page)).status_code in (200, 302)
    assert is_changed(site)


def is_changed(site: Any) -> bool:
    """Whether settings, keys or tokens are different from before."""
    site.sync()
    keys = [
        (key.title, key.owner, len(key.public_keys), key.disabled_at, key.revoked_at)
        for key in site.context.storage["service_key"].all()
    ]
    tokens = [
        (
            *(token.title, len(secrets_in_use(token, time.time()))),
            *(token.disabled_at, token.revoked_at),
        )
        for token in site.context.storage["personal_access_token"].all()
    ]
    return (
        site.plugin.leeway == 7
        or keys != [("Before", "owner", 1, None, None)]
        or tokens != [("Before", 2, None, None)]
    )
