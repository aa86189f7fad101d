"""A request with a token acts as its user or not at all, whoever else is there."""

from plone import api
from tests.neighbours.logins import Logins
from tests.neighbours.site import first_challenger
from tests.neighbours.site import move
from tests.neighbours.site import USER_HEADER
from tests.plone_fixtures import PASSWORD
from typing import Any

import json
import pytest
import time


TOKENS = ("token", "personal_access_token")
#: Whose identity may arrive beside a token; no other way has room in the request.
OTHERS = ("form", "oidc", "header")
REFUSAL = {"error": "invalid_token", "error_description": "Access token expired"}
DAMAGED = ("pta_x", "pta_" + "0" * 49, "x pta_x")


@pytest.fixture(params=[True, False], ids=["ours first", "ours last"], autouse=True)
def is_first(request: pytest.FixtureRequest, logins: Logins) -> bool:
    """Whether our plugin reads requests before or after those of all the others."""
    value: bool = request.param
    move(logins.site, to_top=value)
    return value


def together(*credentials: dict[str, Any]) -> dict[str, Any]:
    """One request with all of that."""
    headers = {k: v for one in credentials for k, v in one.get("headers", {}).items()}
    cookies = {k: v for one in credentials for k, v in one.get("cookies", {}).items()}
    return {"headers": headers, "cookies": cookies}


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("other", OTHERS)
def test_another_log_in_beside_a_token_never_takes_its_place(
    logins: Logins, kind: str, other: str, is_first: bool
) -> None:
    credentials = together(getattr(logins, kind)(), getattr(logins, other)())
    response = logins.site.get("/@@who", **credentials)
    if is_first:
        assert (response.status_code, response.text) == (200, "by-token")
    else:
        assert response.status_code == 403
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("other", OTHERS)
def test_another_log_in_does_not_lend_a_token_its_rights(
    logins: Logins, other: str
) -> None:
    """The other one is a Manager, the token's user no more."""
    credentials = together(logins.token(), getattr(logins, other)())
    logins.site.sync()
    user_id = {"form": "by-password", "oidc": "by-oidc", "header": "by-header"}[other]
    api.user.grant_roles(username=user_id, roles=["Manager"])
    api.user.revoke_roles(username="by-token", roles=["Manager"])
    logins.site.commit()
    assert logins.site.get("/@@overview-controlpanel", **credentials).status_code == 403


def test_a_password_in_the_body_does_not_take_the_place_of_a_token(
    logins: Logins, is_first: bool
) -> None:
    """plone.restapi's plugin reads one from any JSON body."""
    body = {"login": "by-password", "password": PASSWORD}
    response = logins.site.api("POST", "/@@who", json=body, **logins.token())
    if is_first:
        assert response.text == "by-token"
    else:
        assert response.status_code == 403


def test_the_header_of_the_same_user_does_no_harm(logins: Logins) -> None:
    credentials = together(logins.token(), logins.header("by-token"))
    assert logins.who(credentials) == "by-token"


@pytest.mark.parametrize("create_ticket", [True, False])
def test_the_header_plugin_sets_no_cookie_beside_a_token(
    logins: Logins, create_ticket: bool
) -> None:
    acl_users = logins.site.portal.acl_users
    acl_users.request_headers.manage_changeProperties(create_ticket=create_ticket)
    logins.site.commit()
    # It would without one.
    alone = logins.site.get("/@@who", **logins.header("by-token"))
    assert ("Set-Cookie" in alone.headers) is create_ticket
    both = together(logins.token(), logins.header("by-token"))
    assert "Set-Cookie" not in logins.site.get("/@@who", **both).headers


@pytest.mark.parametrize("damaged", DAMAGED)
@pytest.mark.parametrize("other", [None, *OTHERS])
def test_a_damaged_token_is_refused_by_us_whoever_comes_along(
    logins: Logins, damaged: str, other: str | None
) -> None:
    """RS-09, RS-16."""
    credentials = getattr(logins, other)() if other else {}
    token = {"headers": {"Authorization": f"Bearer {damaged}"}}
    assert_refused(logins.site.get("", **together(credentials, token)))


@pytest.mark.parametrize("challenger", ["oidc", "request_headers"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_challenge_of_others_answers_a_token(
    logins: Logins, challenger: str, accept: str
) -> None:
    """RS-11, RS-16: neither one that is not valid, nor one that may not."""
    site = logins.site
    site.portal.acl_users.request_headers.manage_changeProperties(
        redirect_url="/headerlogin"
    )
    first_challenger(site, challenger)
    path, headers = "/@@overview-controlpanel", {"Accept": accept}
    if accept == "text/html":
        # Without a token it is theirs to answer.
        assert site.get(path, headers=headers).status_code == 302
    assert_refused(site.get(path, "pta_x", headers=headers))
    token = site.token(site.issue("by-token"))
    site.sync()
    api.user.revoke_roles(username="by-token", roles=["Manager"])
    site.commit()
    forbidden = site.get(path, token, headers=headers)
    assert forbidden.status_code == 403
    assert "Location" not in forbidden.headers


def test_the_header_plugin_that_denies_everybody_does_not_answer_a_token(
    logins: Logins,
) -> None:
    site = logins.site
    site.portal.acl_users.request_headers.manage_changeProperties(
        deny_unauthorized=True, userid_header=USER_HEADER
    )
    first_challenger(site, "request_headers")
    path = "/@@overview-controlpanel"
    assert b"denying" in site.get(path).content
    assert_refused(site.get(path, "pta_x"))
    keyfile = site.issue(
        "by-token", scopes=("plone.admin.read",), expires_at=time.time() + 3600
    )
    assert site.get(path, site.token(keyfile)).status_code == 200


def assert_refused(response: Any) -> None:
    assert response.status_code == 401
    assert json.loads(response.content) == REFUSAL
    assert response.headers["Content-Type"] == "application/json"
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert "Location" not in response.headers
    assert "Set-Cookie" not in response.headers
