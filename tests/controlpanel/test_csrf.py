"""Only a form of this site, sent by POST, changes anything."""

from typing import Any

import pytest


PANEL = "@@tokenauth-controlpanel"
PAGES = [
    f"{PANEL}-{name}"
    for name in (
        "settings",
        "revoke-before",
        "issue",
        "edit",
        "rotate",
        "revoke",
    )
]


@pytest.fixture
def forms(manager: Any, new_key: Any, new_token: Any) -> dict[str, dict[str, Any]]:
    """Every form that changes something, filled in."""
    client_id = new_key(title="Before")["client_id"]
    token_id = new_token(title="Before").credential.credential_id
    settings = manager.form(f"{PANEL}-settings")
    issue = manager.form(f"{PANEL}-issue")
    edit = manager.form(f"{PANEL}-edit", id=client_id)
    return {
        f"{PANEL}-settings": {
            **settings,
            "allowed_algorithms:list": "RS256",
            "leeway": "7",
        },
        f"{PANEL}-revoke-before": {
            "_authenticator": settings["_authenticator"],
            "time": "2199-12-31T18:30",
            "confirmed": "1",
        },
        f"{PANEL}-issue": {
            **issue,
            "owner": "owner",
            "title": "New",
            "algorithm": "ES256",
        },
        f"{PANEL}-edit": {**edit, "title": "After"},
        f"{PANEL}-rotate": manager.form(f"{PANEL}-rotate", id=client_id),
        f"{PANEL}-revoke": {
            "_authenticator": settings["_authenticator"],
            "ids:list": [client_id, token_id],
            "confirmed": "1",
        },
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("authenticator", [None, "", "0" * 40])
def test_a_form_without_a_valid_authenticator_is_refused(
    site: Any, manager: Any, forms: Any, page: str, authenticator: str | None
) -> None:
    form = {**forms[page], "_authenticator": authenticator}
    assert manager.submit(page, form).status_code == 403
    assert not is_changed(site)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_other_methods_change_nothing(
    site: Any, manager: Any, forms: Any, page: str, method: str
) -> None:
    manager._request(method, page, params=forms[page])
    assert not is_changed(site)


@pytest.mark.parametrize("page", PAGES)
def test_the_complete_form_does_change_something(
    site: Any, manager: Any, forms: Any, page: str
) -> None:
    assert manager.submit(page, forms[page]).status_code in (200, 302)
    assert is_changed(site)


def is_changed(site: Any) -> bool:
    """Whether settings, keys or tokens are different from before."""
    site.sync()
    keys = [
        (key.title, len(key.public_keys), key.revoked_at)
        for key in site.context.storage.service_keys.all()
    ]
    tokens = [
        (token.title, token.revoked_at)
        for token in site.context.storage.personal_access_tokens.all()
    ]
    return (
        site.plugin.leeway == 7
        or keys != [("Before", 1, None)]
        or tokens != [("Before", None)]
    )
