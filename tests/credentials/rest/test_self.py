"""``…/self``: a token asks about itself, and ends itself."""

from tests.credentials.rest.conftest import ACCESS_TOKENS
from tests.credentials.rest.conftest import SERVICE_KEYS
from typing import Any

import pytest


PASSWORD = "correct-horse-battery-1"
SELF = f"{ACCESS_TOKENS}/self"


@pytest.mark.parametrize("scopes", [["plone.read"], ["plone.write"], ["plone.admin"]])
def test_a_token_learns_what_it_is(site: Any, scopes: list[str]) -> None:
    issued = site.issue_personal_access_token(title="Mine", scopes=tuple(scopes))
    answer = site.api("GET", SELF, issued.text)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    document = answer.json()
    assert document["@id"] == f"{site.url}{SELF}"
    assert document["token_id"] == issued.credential.credential_id
    assert (document["title"], document["scopes"]) == ("Mine", scopes)
    assert issued.text not in answer.text


def test_a_token_learns_it_where_its_owner_may_have_none_any_more(site: Any) -> None:
    token = site.personal_access_token()
    permission = "pas.plugins.tokenauth: Manage own Personal Access Tokens"
    site.portal.manage_permission(permission, [])
    site.commit()
    assert site.api("GET", SELF, token).json()["title"] == "A token"


@pytest.mark.parametrize("scopes", [["plone.read"], ["plone.write"], ["plone.admin"]])
def test_a_token_ends_itself(site: Any, scopes: list[str]) -> None:
    """Also one that may only read; nothing else of its owner ends."""
    issued = site.issue_personal_access_token(scopes=tuple(scopes))
    other = site.personal_access_token()
    answer = site.api("DELETE", SELF, issued.text)
    assert (answer.status_code, answer.text) == (204, "")
    assert site.api("GET", SELF, issued.text).status_code == 401
    assert site.api("GET", SELF, other).status_code == 200
    site.sync()
    assert issued.credential.revoked_by == "holder of the token"


def test_a_token_that_is_sent_as_a_password_ends_itself(site: Any) -> None:
    """A browser asks first before another page's script may (CORS)."""
    site.plugin.personal_access_tokens_as_passwords = True
    site.commit()
    auth = ("owner", site.personal_access_token())
    assert site.api("GET", SELF, auth=auth).status_code == 200
    assert site.api("DELETE", SELF, auth=auth).status_code == 204
    assert site.api("GET", SELF, auth=auth).status_code == 401


def test_an_access_token_learns_of_its_key_and_does_not_end_it(site: Any) -> None:
    """It ends at the revocation endpoint; the key is its owner's to end."""
    keyfile = site.issue()
    token = site.token(keyfile)
    document = site.api("GET", f"{SERVICE_KEYS}/self", token).json()
    assert document["client_id"] == keyfile["client_id"]
    assert site.api("DELETE", f"{SERVICE_KEYS}/self", token).status_code == 404
    assert site.api("GET", f"{SERVICE_KEYS}/self", token).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_token_of_another_kind_is_not_found(site: Any, method: str) -> None:
    token = site.token(site.issue())
    assert site.api(method, SELF, token).status_code == 404
    personal = site.personal_access_token()
    assert site.api(method, f"{SERVICE_KEYS}/self", personal).status_code == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_person_is_no_token(site: Any, method: str) -> None:
    site.personal_access_token()
    auth = ("owner", PASSWORD)
    assert site.api(method, SELF, auth=auth).status_code == 404
    assert site.api(method, SELF).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{SELF}/usage"),
        ("GET", f"{ACCESS_TOKENS}/self/self"),
        ("DELETE", f"{SELF}/x"),
        ("PATCH", SELF),
        ("POST", f"{SELF}/rotate"),
        ("POST", f"{SELF}/disable"),
        ("GET", ACCESS_TOKENS),
        ("GET", "{}"),
        ("DELETE", "{}"),
    ],
)
def test_everything_else_stays_closed_to_a_token(
    site: Any, method: str, path: str
) -> None:
    issued = site.issue_personal_access_token(scopes=("plone.admin",))
    path = path.format(f"{ACCESS_TOKENS}/{issued.credential.credential_id}")
    answer = site.api(method, path, issued.text, json={"title": "Other"})
    assert answer.status_code == 403
    site.sync()
    assert issued.credential.title == "A token"
    assert issued.credential.revoked_at is None
