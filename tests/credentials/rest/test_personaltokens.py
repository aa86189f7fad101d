"""``@personal-access-tokens``: what POST, PATCH and DELETE do to a token."""

from datetime import datetime
from datetime import timedelta
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import prefix_of
from typing import Any

import pytest


ENOUGH = {"title": "A token", "expires": "2099-12-31"}


@pytest.fixture(autouse=True)
def any_lifetime(site: Any) -> None:
    """Tokens may live as long as their owner likes, but must expire."""
    site.plugin.max_personal_access_token_lifetime = None
    site.commit()


# -- POST --------------------------------------------------------------------


def test_a_token_is_issued_and_works(owner: Any, site: Any) -> None:
    response = owner.tokens.post(**ENOUGH)
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    document = response.json()
    url = f"{site.url}/@personal-access-tokens/{document['token_id']}"
    assert document["@id"] == response.headers["Location"] == url
    assert prefix_of(document["token"]) == "ptp_" and is_well_formed(document["token"])
    answer = site.api("GET", "/@users/owner", document["token"])
    assert answer.json()["id"] == "owner"


def test_the_token_is_shown_once(owner: Any) -> None:
    document = owner.tokens.post(**ENOUGH).json()
    again = owner.session.get(document["@id"])
    assert document.pop("token") not in again.text
    assert again.json() == document


def test_a_token_without_options_may_do_the_least(owner: Any, site: Any) -> None:
    document = owner.tokens.post(**ENOUGH).json()
    assert document["scopes"] == ["plone.read"]
    assert document["ip_ranges"] == []
    site.portal.manage_permission("Add portal content", ["Contributor"])
    site.commit()
    folder = {"@type": "Folder", "title": "A folder"}
    answer = site.api("POST", "", document["token"], json=folder)
    assert answer.status_code == 403


def test_every_option_can_be_set_when_a_token_is_issued(manager: Any) -> None:
    manager.site.add_user("bot")
    response = manager.tokens.post(
        title="All",
        ip_ranges=["192.0.2.0/24"],
        expires="2099-01-01T01:00:00.25+01:00",
        scopes=["plone.write"],
        owner="bot",
    )
    document = response.json()
    expected = {
        "title": "All",
        "ip_ranges": ["192.0.2.0/24"],
        "expires": "2099-01-01T00:00:00+00:00",
        "scopes": ["plone.write"],
        "owner": "bot",
        "issued_by": "manager",
    }
    assert {name: document[name] for name in expected} == expected


@pytest.mark.parametrize("longest, days", [(None, 90), (365, 90), (30, 30)])
def test_a_token_ends_as_the_form_proposes_where_nothing_is_said(
    owner: Any, site: Any, longest: int | None, days: int
) -> None:
    """Nobody gets one that never expires because something was forgotten."""
    site.plugin.personal_access_tokens_may_never_end = True
    site.plugin.max_personal_access_token_lifetime = longest
    site.commit()
    document = owner.tokens.post(title="A token").json()
    issued, expires = (
        datetime.fromisoformat(document[name]) for name in ("issued", "expires")
    )
    assert expires - issued == timedelta(days=days)
    assert document["scopes"] == ["plone.read"]


@pytest.mark.parametrize("allowed, status", [(False, 400), (True, 201)])
def test_a_token_never_expires_only_where_the_site_allows_it(
    owner: Any, site: Any, allowed: bool, status: int
) -> None:
    site.plugin.personal_access_tokens_may_never_end = allowed
    site.commit()
    response = owner.tokens.post(title="A token", expires=None)
    assert response.status_code == status
    if status == 400:
        assert response.json()["type"] == "PolicyViolation"
        assert response.json()["field"] == "expires"
    else:
        assert response.json()["expires"] is None


@pytest.mark.parametrize(
    "policy, value, status, type",
    [
        ("max_personal_access_token_lifetime", 30, 400, "PolicyViolation"),
        ("require_ip_ranges", True, 400, "PolicyViolation"),
        ("max_personal_access_tokens_per_user", 1, 403, "TooManyCredentials"),
    ],
)
def test_policies_are_enforced_and_named(
    owner: Any,
    site: Any,
    new_token: Any,
    snapshot: Any,
    policy: str,
    value: object,
    status: int,
    type: str,
) -> None:
    new_token()
    setattr(site.plugin, policy, value)
    site.commit()
    before = snapshot()
    response = owner.tokens.post(**ENOUGH)
    assert response.status_code == status
    assert response.json()["type"] == type
    assert snapshot() == before


def test_a_key_needs_an_issuer_and_a_token_does_not(owner: Any, site: Any) -> None:
    site.plugin.issuer = ""
    site.commit()
    assert owner.tokens.post(**ENOUGH).status_code == 201


# -- PATCH -------------------------------------------------------------------


def test_patch_changes_the_named_members_alone(
    owner: Any, new_token: Any, stored: Any
) -> None:
    token_id = new_token(title="Before", ip_ranges="192.0.2.1")
    response = owner.tokens.patch(f"/{token_id}", title="After", expires="2099-12-31")
    assert response.status_code == 204
    assert response.content == b""
    token = stored(token_id)
    assert (token.title, token.ip_ranges) == ("After", "192.0.2.1")
    assert token.scopes == ("plone.read",)
    document = owner.tokens.get(f"/{token_id}").json()
    assert document["expires"] == "2099-12-31T23:59:59+00:00"


def test_patch_is_in_force_at_once(owner: Any, site: Any, issue_token: Any) -> None:
    issued = issue_token()
    path = f"/{issued.credential.credential_id}"
    assert site.api("GET", "/@users/owner", issued.token).status_code == 200
    assert owner.tokens.patch(path, ip_ranges=["192.0.2.1"]).status_code == 204
    assert site.api("GET", "/@users/owner", issued.token).status_code == 401


def test_patch_shows_the_token_document_on_request(
    owner: Any, issue_token: Any
) -> None:
    issued = issue_token()
    path = f"/{issued.credential.credential_id}"
    response = owner.tokens.request(
        "PATCH",
        path,
        json={"scopes": ["plone.write"]},
        headers={"Prefer": "return=representation"},
    )
    assert response.status_code == 200
    assert response.json() == owner.tokens.get(path).json()
    assert response.json()["scopes"] == ["plone.write"]
    assert issued.token not in response.text


def test_an_administrator_tightens_only(
    owner: Any, administrator: Any, new_token: Any, stored: Any
) -> None:
    token_id = new_token(scopes=("plone.write",), ip_ranges="192.0.2.0/24")
    for name, looser in (
        ("ip_ranges", ["192.0.0.0/16"]),
        ("expires", "2099-12-31"),
        ("title", "Other"),
    ):
        response = administrator.tokens.patch(f"/{token_id}", **{name: looser})
        assert (response.status_code, response.json()["field"]) == (400, name)
    tighter = {"ip_ranges": ["192.0.2.7"], "scopes": ["plone.read"]}
    assert administrator.tokens.patch(f"/{token_id}", **tighter).status_code == 204
    assert stored(token_id).scopes == ("plone.read",)
    response = administrator.tokens.patch(f"/{token_id}", scopes=["plone.write"])
    assert (response.status_code, response.json()["field"]) == (400, "scopes")


def test_a_token_that_has_ended_cannot_be_changed(owner: Any, new_token: Any) -> None:
    token_id = new_token()
    assert owner.tokens.delete(f"/{token_id}").status_code == 204
    response = owner.tokens.patch(f"/{token_id}", title="After")
    assert response.status_code == 403
    assert response.json()["type"] == "AlreadyEnded"


# -- DELETE ------------------------------------------------------------------


def test_delete_revokes_at_once(
    owner: Any, administrator: Any, site: Any, issue_token: Any, stored: Any
) -> None:
    issued = issue_token()
    token_id = issued.credential.credential_id
    response = administrator.tokens.delete(f"/{token_id}")
    assert response.status_code == 204
    assert response.content == b""
    assert site.api("GET", "/@users/owner", issued.token).status_code == 401
    assert stored(token_id).revoked_by == "administrator"
    assert owner.tokens.delete(f"/{token_id}").status_code == 204


# -- what there is not -------------------------------------------------------


def test_a_token_cannot_be_put(manager: Any, snapshot: Any) -> None:
    response = manager.tokens.put("/manager/name", **ENOUGH)
    assert response.status_code == 404
    assert snapshot() == []
