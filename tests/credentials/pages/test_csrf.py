"""Only a form of this site, sent by POST, changes anything."""

from collections.abc import Callable
from pas.plugins.tokenauth.credentials.rotation import secrets_in_use
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.site.requester import Operator
from typing import Any

import pytest
import time


@pytest.fixture
def fill(
    site: Any, owner: Any, new_key: Any, new_token: Any
) -> Callable[[str], dict[str, Any]]:
    """Fills in the form of a page, so that it would change something."""
    client_id = new_key(title="Before")["client_id"]
    token_id = new_token(title="Before").credential.credential_id
    site.sync()
    token = site.context.storage.credential(token_id)
    PERSONAL_ACCESS_TOKEN.rotate(site.context, Operator("tests"), token, time.time())
    site.commit()

    def fill(page: str) -> dict[str, Any]:
        one = token_id if "token" in page else client_id
        action = page.rpartition("-")[2]
        if action == "revoke":
            return {
                "_authenticator": owner.authenticator(),
                "ids:list": one,
                "confirmed": "1",
            }
        about = {} if action == "issue" else {"id": one}
        if action == "secret":
            about["kid"] = token.secrets[0].kid
        form = owner.form(page, **about)
        values = {
            "issue": {"title": "New"},
            "edit": {"title": "After"},
            "rotate": {"algorithm": "ES256"},
            "secret": {},
        }
        return {**form, **values[action]}

    return fill


PAGES = [
    "@@manage-service-keys-issue",
    "@@manage-service-keys-edit",
    "@@manage-service-keys-rotate",
    "@@manage-service-keys-revoke",
    "@@manage-personal-access-tokens-issue",
    "@@manage-personal-access-tokens-edit",
    "@@manage-personal-access-tokens-end-secret",
    "@@manage-personal-access-tokens-revoke",
]
#: What there is before any form is sent.
BEFORE = [("Before", 1), ("Before", 2)]


@pytest.mark.parametrize("page", PAGES)
def test_a_form_without_a_valid_authenticator_is_refused(
    site: Any, owner: Any, fill: Any, page: str
) -> None:
    form = fill(page)
    for authenticator in (None, "", "0" * 40):
        response = owner.submit(page, {**form, "_authenticator": authenticator})
        assert response.status_code == 403, authenticator
    assert credentials(site) == BEFORE


@pytest.mark.parametrize("page", PAGES)
def test_reading_changes_nothing(site: Any, owner: Any, fill: Any, page: str) -> None:
    form = fill(page)
    for method in ("GET", "HEAD"):
        owner._request(method, page, params=form)
        assert credentials(site) == BEFORE, method


@pytest.mark.parametrize("page", PAGES)
def test_other_methods_change_nothing(
    site: Any, owner: Any, fill: Any, page: str
) -> None:
    form = fill(page)
    for method in ("PUT", "DELETE", "PATCH"):
        response = owner._request(method, page, params=form)
        assert response.status_code >= 400, method
        assert credentials(site) == BEFORE, method


@pytest.mark.parametrize("page", PAGES)
def test_the_complete_form_does_change_something(
    site: Any, owner: Any, fill: Any, page: str
) -> None:
    assert owner.submit(page, fill(page)).status_code in (200, 302)
    assert credentials(site) != BEFORE


def credentials(site: Any) -> list[tuple[str, int]]:
    """Title and number of secrets of what the owner has that is not revoked."""
    site.sync()
    kinds = site.context.storage.kinds.values()
    return [
        (each.title, len(secrets_in_use(each, time.time())))
        for kind in kinds
        for each in kind.owned_by("owner")
        if each.revoked_at is None
    ]
