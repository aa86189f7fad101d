"""Only a form of this site, sent by POST, changes anything."""

from typing import Any

import pytest


@pytest.fixture
def forms(owner: Any, new_key: Any, new_token: Any) -> dict[str, dict[str, Any]]:
    """Every form that changes something, filled in."""
    client_id = new_key(title="Before")["client_id"]
    token_id = new_token(title="Before").credential.credential_id
    issue_token = owner.form("@@manage-personal-access-tokens-issue")
    edit_token = owner.form("@@manage-personal-access-tokens-edit", id=token_id)
    issue = owner.form("@@manage-service-keys-issue")
    edit = owner.form("@@manage-service-keys-edit", id=client_id)
    rotate = owner.form("@@manage-service-keys-rotate", id=client_id)
    return {
        "@@manage-service-keys-issue": {**issue, "title": "New"},
        "@@manage-service-keys-edit": {**edit, "title": "After"},
        "@@manage-service-keys-rotate": {**rotate, "algorithm": "ES256"},
        "@@manage-service-keys-revoke": {
            "_authenticator": issue["_authenticator"],
            "ids:list": client_id,
            "confirmed": "1",
        },
        "@@manage-personal-access-tokens-issue": {**issue_token, "title": "New"},
        "@@manage-personal-access-tokens-edit": {**edit_token, "title": "After"},
        "@@manage-personal-access-tokens-revoke": {
            "_authenticator": issue["_authenticator"],
            "ids:list": token_id,
            "confirmed": "1",
        },
    }


PAGES = [
    "@@manage-service-keys-issue",
    "@@manage-service-keys-edit",
    "@@manage-service-keys-rotate",
    "@@manage-service-keys-revoke",
    "@@manage-personal-access-tokens-issue",
    "@@manage-personal-access-tokens-edit",
    "@@manage-personal-access-tokens-revoke",
]
#: What there is before any form is sent.
BEFORE = [("Before", 1), ("Before", None)]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("authenticator", [None, "", "0" * 40])
def test_a_form_without_a_valid_authenticator_is_refused(
    site: Any, owner: Any, forms: Any, page: str, authenticator: str | None
) -> None:
    form = {**forms[page], "_authenticator": authenticator}
    assert owner.submit(page, form).status_code == 403
    assert credentials(site) == BEFORE


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_changes_nothing(
    site: Any, owner: Any, forms: Any, page: str, method: str
) -> None:
    owner._request(method, page, params=forms[page])
    assert credentials(site) == BEFORE


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_change_nothing(
    site: Any, owner: Any, forms: Any, page: str, method: str
) -> None:
    response = owner._request(method, page, params=forms[page])
    assert response.status_code >= 400
    assert credentials(site) == BEFORE


@pytest.mark.parametrize("page", PAGES)
def test_the_complete_form_does_change_something(
    site: Any, owner: Any, forms: Any, page: str
) -> None:
    assert owner.submit(page, forms[page]).status_code in (200, 302)
    assert credentials(site) != BEFORE


def credentials(site: Any) -> list[tuple[str, int | None]]:
    """Title and number of key pairs of what the owner has that is not revoked."""
    site.sync()
    kinds = site.context.storage.kinds.values()
    return [
        (each.title, len(each.public_keys) if each.kind == "service_key" else None)
        for kind in kinds
        for each in kind.owned_by("owner")
        if each.revoked_at is None
    ]
