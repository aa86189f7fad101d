"""The introspection endpoint over HTTP: what a token is good for, and to whom."""

from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.permissions import INTROSPECT_TOKENS
from tests.authorization_server.endpoints.conftest import client_assertion
from typing import Any

import jwt
import pytest
import time


INACTIVE = {"active": False}


@pytest.fixture
def admin(site: Any) -> str:
    """An access token of an administrator, which may only read."""
    keyfile = site.issue("admin", algorithm="ES256", scopes=("plone.read",))
    return site.token(keyfile)


# -- what is told ------------------------------------------------------------


def test_an_active_token_is_described_completely(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """IN-01, IN-05, IN-11: members and their types; the answer is never stored."""
    now = int(time.time())
    token = site.token(keyfile, scope="plone.read")
    answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
    members = answer.check_answer()
    issued_at, expires_at = members.pop("iat"), members.pop("exp")
    assert members == {
        "active": True,
        "scope": "plone.read",
        "client_id": keyfile["client_id"],
        "username": "owner",
        "token_type": "Bearer",
        "sub": "owner",
        "iss": site.url,
    }
    assert type(issued_at) is type(expires_at) is int
    assert now <= issued_at <= now + 30
    assert 3599 <= expires_at - issued_at <= 3600


def test_login_name_and_user_id_are_different_things(site: Any, endpoint: Any) -> None:
    """IN-05: username for people, sub for programs."""
    site.add_user("jane", "Manager")
    site.portal.acl_users.source_users.updateUser("jane", "jane@example.org")
    site.commit()
    keyfile = site.issue("jane", algorithm="ES256")
    token = site.token(keyfile)
    answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
    assert answer.json()["sub"] == "jane"
    assert answer.json()["username"] == "jane@example.org"


def test_a_token_that_acts_as_somebody_else_says_who_acts(
    site: Any, endpoint: Any
) -> None:
    """IN-07: and no other token does."""
    site.add_user("subject")
    keyfile = site.issue(algorithm="ES256", may_impersonate=True)
    for sub, members in (("subject", {"act": {"sub": "owner"}}), ("owner", {})):
        token = site.token(keyfile, sub=sub)
        answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
        found = answer.check_answer()
        assert found["sub"] == found["username"] == sub
        assert {key: found[key] for key in found if key == "act"} == members


def test_a_personal_access_token_is_known_to_who_may_know(
    site: Any, endpoint: Any, admin: str
) -> None:
    """IN-05, IN-08: `exp` is left out for a token that never ends by itself."""
    site.plugin.personal_access_tokens_may_never_end = True
    site.commit()
    issued = site.issue_personal_access_token(expires_at=None, scopes=("plone.read",))
    answer = endpoint.ask_as("introspect", issued.token, admin)
    members = answer.check_answer()
    assert type(members.pop("iat")) is int
    assert members == {
        "active": True,
        "scope": "plone.read",
        "client_id": issued.credential.credential_id,
        "username": "owner",
        "token_type": "Bearer",
        "sub": "owner",
        "iss": site.url,
    }
    ending = site.personal_access_token()
    answer = endpoint.ask_as("introspect", ending, admin)
    assert type(answer.check_answer()["exp"]) is int


def test_the_scope_is_the_one_of_now(site: Any, endpoint: Any, keyfile: Any) -> None:
    """IN-04, IN-05: what the key may no longer do, its token cannot either."""
    token = site.token(keyfile)

    def scope() -> Any:
        answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
        return answer.check_answer().get("scope")

    assert scope() == "plone.read plone.write"
    for names, expected in ((("plone.read",), "plone.read"), (("gone",), None)):
        site.service_key(keyfile).scopes = names
        site.commit()
        assert scope() == expected


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "x", "é"])
def test_the_hint_does_not_matter(
    site: Any, endpoint: Any, keyfile: Any, hint: str
) -> None:
    """IN-08."""
    token = site.token(keyfile)
    answer = endpoint.ask(
        "introspect", token, client_assertion(site, keyfile), token_type_hint=hint
    )
    assert answer.check_answer()["active"] is True


def test_the_one_who_asks_may_ask_about_the_same_token(
    site: Any, endpoint: Any, admin: str
) -> None:
    """IN-10."""
    members = endpoint.ask_as("introspect", admin, admin).check_answer()
    assert (members["sub"], members["scope"]) == ("admin", "plone.read")


def test_asking_writes_nothing_but_the_jti(
    site: Any, endpoint: Any, keyfile: Any, admin: str
) -> None:
    """A look-up stays one."""
    token = site.token(keyfile)
    answer = endpoint.ask_as("introspect", token, admin)
    answer.check_answer()
    assert answer.transactions == []
    answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
    (classes,) = answer.transactions
    assert set(classes) <= {"IOBTree", "OOBTree"}
    assert len(classes) <= 2


def test_a_jwt_is_not_what_is_answered(site: Any, endpoint: Any, keyfile: Any) -> None:
    """IN-01: whatever the client would rather have."""
    headers = [("Accept", "application/token-introspection+jwt")]
    answer = endpoint.ask(
        "introspect", site.token(keyfile), client_assertion(site, keyfile), headers
    )
    assert answer.check_answer()["active"] is True


# -- what is not told --------------------------------------------------------


def test_a_client_learns_nothing_of_the_tokens_of_others(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """IN-03, IN-10: neither of another key nor of its owner's personal token."""
    other = site.issue(algorithm="ES256")
    for token in (site.token(other), site.personal_access_token()):
        answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
        assert answer.check_answer() == INACTIVE


def test_a_string_that_is_no_token_of_ours_is_inactive(
    site: Any, endpoint: Any, keyfile: Any, admin: str
) -> None:
    """IN-03: never 4xx, and nothing else in the answer."""
    foreign = jwt.encode({"sub": "owner"}, "x" * 32)
    token = site.token(keyfile)
    for each in (
        make_token(ACCESS_TOKEN_PREFIX, bytes(32)),
        make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(32)),
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.upper(),
        f"{token} ",
        f"Bearer {token}",
        foreign,
        site.grant(keyfile),
        keyfile["client_id"],
    ):
        answer = endpoint.ask("introspect", each, client_assertion(site, keyfile))
        assert answer.check_answer() == INACTIVE
        assert endpoint.ask_as("introspect", each, admin).check_answer() == INACTIVE


def test_a_token_that_would_be_refused_is_inactive(
    site: Any, endpoint: Any, keyfile: Any, admin: str
) -> None:
    """IN-03, IN-04: revoked a moment ago; more in test_introspection.py."""
    token = site.token(keyfile)
    assert endpoint.ask_as("introspect", token, admin).json()["active"] is True
    site.service_key(keyfile).revoked_at = 1.0
    site.commit()
    assert endpoint.ask_as("introspect", token, admin).check_answer() == INACTIVE


@pytest.mark.parametrize("scopes", [("plone.read",), ("plone.write",)])
def test_a_token_may_ask_about_itself(
    site: Any, endpoint: Any, scopes: tuple[str, ...]
) -> None:
    """IN-02: it is the proof of who asks, and no permission is needed besides."""
    site.portal.manage_permission(INTROSPECT_TOKENS, [])
    site.commit()
    for token in (
        site.personal_access_token(scopes=scopes),
        site.token(site.issue(algorithm="ES256", scopes=scopes)),
    ):
        answer = endpoint.ask_as("introspect", token, token).check_answer()
        assert (answer["active"], answer["sub"]) == (True, "owner")
