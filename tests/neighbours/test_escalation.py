"""No escalation by the log-in views of other add-ons either."""

from tests.neighbours.logins import Logins
from tests.neighbours.site import USER_HEADER
from typing import Any

import pytest


@pytest.fixture(params=["token", "manager token", "personal token"])
def token(request: pytest.FixtureRequest, logins: Logins) -> str:
    """A token of each kind; one of a key that may manage users."""
    site = logins.site
    if request.param == "personal token":
        value: str = site.personal_access_token("by-token")
    else:
        may = request.param == "manager token"
        value = site.token(
            site.issue("by-token", scopes=("plone.admin" if may else "plone.write",))
        )
    return value


def assert_closed(response: Any) -> None:
    assert response.status_code == 403, response.text
    assert "Set-Cookie" not in response.headers
    assert '"token"' not in response.text


def identities(site: Any) -> list[str]:
    """Users that pas.plugins.authomatic knows."""
    site.sync()
    return list(site.portal.acl_users.authomatic._useridentities_by_userid)


def test_authomatic_hands_out_no_jwt(logins: Logins, token: str) -> None:
    """To who has an account there, which anybody can have, and a stolen token."""
    brought = logins.start_authomatic("thief")
    assert_closed(logins.finish_authomatic(brought, token))
    assert identities(logins.site) == []


def test_authomatic_does_not_attach_another_account(logins: Logins, token: str) -> None:
    """The token's user is one of authomatic's, and the account the thief's own."""
    site = logins.site
    logins.authomatic("by-authomatic")
    (user_id,) = identities(site)
    site.portal.acl_users.portal_role_manager.assignRolesToPrincipal(
        ["Manager"], user_id
    )
    site.commit()
    for_user = site.personal_access_token(user_id)
    brought = logins.start_authomatic("thief")
    assert_closed(logins.finish_authomatic(brought, for_user))
    site.sync()
    known = site.portal.acl_users.authomatic._userid_by_identityinfo
    assert [user for _, user in known] == ["by-authomatic"]


def test_oidc_hands_out_no_jwt(logins: Logins, token: str) -> None:
    brought, cookies = logins.start_oidc("thief")
    response = logins.site.api(
        "POST", "/@login-oidc/oidc", token, json=brought, cookies=cookies
    )
    assert_closed(response)
    logins.site.sync()
    assert logins.site.portal.acl_users.getUserById("thief") is None


@pytest.mark.parametrize(
    "path",
    [
        "/@login-oidc/oidc",
        "/@login-authomatic/github",
        "/++api++/@login-oidc/oidc",
        "/++api++/@login-authomatic/github",
    ],
)
def test_a_log_in_service_does_not_even_begin(
    logins: Logins, token: str, path: str
) -> None:
    assert_closed(logins.site.api("GET", path, token))
    assert_closed(logins.site.api("POST", path, token, json={}))


@pytest.mark.parametrize("page", ["login", "callback?code=x&state=x", "require_login"])
def test_a_log_in_page_of_oidc_does_not_even_begin(
    logins: Logins, token: str, page: str
) -> None:
    assert_closed(logins.site.get(f"/acl_users/oidc/{page}", token))


@pytest.mark.parametrize("page", ["", "/github", "/github?code=x&state=x"])
def test_a_log_in_page_of_authomatic_logs_nobody_in(
    logins: Logins, token: str, page: str
) -> None:
    """It tells whoever is logged in that they are."""
    response = logins.site.get(f"/@@authomatic-handler{page}", token)
    assert "Set-Cookie" not in response.headers
    assert not response.headers.get("Location", "").startswith("http://127.0.0.1")
    assert identities(logins.site) == []


def test_the_header_log_in_gives_a_token_nothing(logins: Logins, token: str) -> None:
    """It redirects, and hands out nothing."""
    response = logins.site.get("/headerlogin", token, headers={USER_HEADER: "by-token"})
    assert "Set-Cookie" not in response.headers
