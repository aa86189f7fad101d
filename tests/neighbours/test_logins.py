"""Every add-on logs its users in, whatever was installed first."""

from collections.abc import Callable
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from tests.neighbours.logins import bearer
from tests.neighbours.logins import Logins
from tests.neighbours.provider import Provider
from tests.neighbours.site import move
from tests.neighbours.site import ORDERS
from typing import Any

import pytest
import time


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_all_log_ins_work_in_every_order_of_installation(
    site_with: Callable[..., Any], provider: Provider, order: tuple[str, ...]
) -> None:
    assert_all_work(Logins(site_with(order), provider))


@pytest.mark.parametrize("to_top", [True, False], ids=["ours first", "ours last"])
def test_all_log_ins_work_in_every_order_of_plugins(
    logins: Logins, to_top: bool
) -> None:
    move(logins.site, to_top)
    assert_all_work(logins)


def assert_all_work(logins: Logins) -> None:
    who = logins.who
    assert who({}) == "anonymous"
    assert who(logins.password()) == "by-password"
    assert who(logins.form()) == "by-password"
    assert who(logins.jwt()) == "by-jwt"
    assert who(logins.header()) == "by-header"
    assert who(logins.token()) == "by-token"
    assert who(logins.personal_access_token()) == "by-token"
    assert who(logins.oidc()) == "by-oidc"
    authomatic = logins.authomatic()
    logins.site.sync()
    (user_id,) = logins.site.portal.acl_users.authomatic._useridentities_by_userid
    assert who(authomatic) == user_id


def test_a_token_ends_beside_a_jwt_that_goes_on(logins: Logins) -> None:
    site, jwt = logins.site, logins.jwt("by-token")
    token = site.token(site.issue("by-token"))
    site.sync()
    revoke_token(site.context, token, time.time(), "a test", None)
    site.commit()
    assert site.get("/@@who", token).status_code == 401
    assert logins.who(jwt) == "by-token"


@pytest.mark.parametrize("to_top", [True, False], ids=["ours first", "ours last"])
def test_a_bearer_token_of_a_provider_is_left_to_other_plugins(
    logins: Logins, provider: Provider, to_top: bool
) -> None:
    """ZP-10: nobody here takes it, so it counts for nothing; it is not refused."""
    move(logins.site, to_top)
    foreign = bearer(provider.id_token())
    assert logins.who(foreign) == "anonymous"
    response = logins.site.api("GET", "/@users", **foreign)
    assert response.status_code == 401
    assert "invalid_token" not in response.headers.get("WWW-Authenticate", "")
