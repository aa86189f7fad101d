"""Only a form of this site, sent by POST, changes anything."""

from typing import Any

import pytest


@pytest.fixture
def forms(owner: Any, new_key: Any) -> dict[str, dict[str, Any]]:
    """Every form that changes something, filled in."""
    client_id = new_key(title="Before")["client_id"]
    issue = owner.form("@@manage-service-keys-issue")
    edit = owner.form("@@manage-service-keys-edit", client_id=client_id)
    rotate = owner.form("@@manage-service-keys-rotate", client_id=client_id)
    return {
        "@@manage-service-keys-issue": {**issue, "title": "New"},
        "@@manage-service-keys-edit": {**edit, "title": "After"},
        "@@manage-service-keys-rotate": {**rotate, "algorithm": "ES256"},
        "@@manage-service-keys-revoke": {
            "_authenticator": issue["_authenticator"],
            "client_ids:list": client_id,
            "confirmed": "1",
        },
    }


PAGES = [
    "@@manage-service-keys-issue",
    "@@manage-service-keys-edit",
    "@@manage-service-keys-rotate",
    "@@manage-service-keys-revoke",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("authenticator", [None, "", "0" * 40])
def test_a_form_without_a_valid_authenticator_is_refused(
    site: Any, owner: Any, forms: Any, page: str, authenticator: str | None
) -> None:
    form = {**forms[page], "_authenticator": authenticator}
    assert owner.submit(page, form).status_code == 403
    assert keys(site) == [("Before", 1)]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_changes_nothing(
    site: Any, owner: Any, forms: Any, page: str, method: str
) -> None:
    owner._request(method, page, params=forms[page])
    assert keys(site) == [("Before", 1)]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_change_nothing(
    site: Any, owner: Any, forms: Any, page: str, method: str
) -> None:
    response = owner._request(method, page, params=forms[page])
    assert response.status_code >= 400
    assert keys(site) == [("Before", 1)]


@pytest.mark.parametrize("page", PAGES)
def test_the_complete_form_does_change_something(
    site: Any, owner: Any, forms: Any, page: str
) -> None:
    assert owner.submit(page, forms[page]).status_code in (200, 302)
    assert keys(site) != [("Before", 1)]


def keys(site: Any) -> list[tuple[str, int]]:
    """Title and number of key pairs of the owner's keys that are not revoked."""
    site.sync()
    owned = site.server.storage.service_keys.owned_by("owner")
    return [
        (key.title, len(key.public_keys)) for key in owned if key.revoked_at is None
    ]
