"""The revocation endpoint over HTTP: what ends, and what does not."""

from concurrent.futures import ThreadPoolExecutor
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.authorization_server.endpoints.conftest import Later
from typing import Any

import json
import logging
import pytest


PERSONAL = "Tokens of this type are not revoked here."


@pytest.fixture
def admin(site: Any) -> str:
    """An access token of an administrator."""
    return site.token(site.issue("admin", algorithm="ES256", scopes=("plone.admin",)))


def is_live(site: Any, token: str) -> bool:
    status = site.api("GET", "/@types", token).status_code
    assert status in (200, 401)
    return bool(status == 200)


# -- what ends ---------------------------------------------------------------


def test_a_client_revokes_its_own_token(site: Any, endpoint: Any, keyfile: Any) -> None:
    """RV-01, RV-09, RV-10: at once, and no other token of the key."""
    token, other = site.token(keyfile), site.token(keyfile)
    answer = endpoint.ask("revoke", token, client_assertion(site, keyfile))
    assert answer.check_answer() == {}
    assert not is_live(site, token)
    assert is_live(site, other)
    assert site.get("", token).status_code == 401
    answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
    assert answer.check_answer() == {"active": False}


def test_a_key_that_may_only_read_can_revoke(site: Any, endpoint: Any) -> None:
    """RV-01: a token belongs to its client, whatever it is good for."""
    keyfile = site.issue(algorithm="ES256", scopes=("plone.read",))
    token = site.token(keyfile)
    endpoint.ask("revoke", token, client_assertion(site, keyfile)).check_answer()
    assert not is_live(site, token)


def test_a_token_that_acts_as_somebody_else_is_the_clients_own(
    site: Any, endpoint: Any
) -> None:
    """RV-01."""
    site.add_user("subject")
    keyfile = site.issue(algorithm="ES256", may_impersonate=True)
    token = site.token(keyfile, sub="subject")
    endpoint.ask("revoke", token, client_assertion(site, keyfile)).check_answer()
    assert not is_live(site, token)


def test_an_administrator_revokes_any_token(
    site: Any, endpoint: Any, keyfile: Any, admin: str
) -> None:
    """RV-05, RV-10: also the one that asks."""
    token = site.token(keyfile)
    for each in (token, admin):
        assert endpoint.ask_as("revoke", each, admin).check_answer() == {}
        assert not is_live(site, each)
    endpoint.ask_as("revoke", token, admin).check_refused("invalid_token", 401)


def test_the_holder_of_an_access_token_revokes_it(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """Its finder, for instance, who can show nothing else."""
    token, other = site.token(keyfile), site.token(keyfile)
    assert (
        endpoint.form([("token", token)], path="/@@oauth2-revoke").check_answer() == {}
    )
    assert not is_live(site, token)
    assert is_live(site, other)


def test_the_holder_of_a_personal_access_token_revokes_it(
    site: Any, endpoint: Any
) -> None:
    issued = site.issue_personal_access_token()
    answer = endpoint.form([("token", issued.text)], path="/@@oauth2-revoke")
    assert answer.check_answer() == {}
    assert not is_live(site, issued.text)
    site.sync()
    assert issued.credential.revoked_by == "holder of the token"


@pytest.mark.parametrize(
    "hint", ["refresh_token", "access_token", "id_token", "nonsense", "é", '"\n']
)
def test_the_hint_does_not_matter(
    site: Any, endpoint: Any, keyfile: Any, hint: str
) -> None:
    """RV-06, RV-07: a wrong one, an unknown one."""
    token = site.token(keyfile)
    answer = endpoint.ask(
        "revoke", token, client_assertion(site, keyfile), token_type_hint=hint
    )
    answer.check_answer()
    assert not is_live(site, token)


def test_a_token_is_revoked_in_every_process(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """RV-10, ZP-08: nothing is kept in memory."""
    token = site.token(keyfile)
    assert is_live(site, token)
    endpoint.ask("revoke", token, client_assertion(site, keyfile)).check_answer()
    site.app._p_jar.db().cacheMinimize()
    assert not is_live(site, token)


def test_two_at_once_both_succeed(site: Any, keyfile: Any) -> None:
    """RV-02, RV-12: the second finds nothing any more."""
    token = site.token(keyfile)

    def revoke(assertion: str) -> int:
        data = [("token", token), *authenticated(assertion)]
        return site.request("POST", "/@@oauth2-revoke", data=data).status_code

    assertions = [client_assertion(site, keyfile) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(revoke, assertions)) == [200] * 6
    assert not is_live(site, token)


# -- what does not -----------------------------------------------------------


def test_a_client_cannot_revoke_the_token_of_another(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """RV-05: it learns nothing, not even with a key of the same owner."""
    token = site.token(keyfile)
    other = site.issue(algorithm="ES256")
    answer = endpoint.ask("revoke", token, client_assertion(site, other))
    unknown = make_token(ACCESS_TOKEN_PREFIX, bytes(32))
    nothing = endpoint.ask("revoke", unknown, client_assertion(site, other))
    assert (answer.status, answer.body) == (nothing.status, nothing.body)
    assert is_live(site, token)


def test_a_token_that_is_not_there_is_none(
    site: Any, endpoint: Any, keyfile: Any, admin: str
) -> None:
    """RV-02: unknown, already revoked, a grant; nothing but the jti is written."""
    revoked = site.token(keyfile)
    endpoint.ask("revoke", revoked, client_assertion(site, keyfile)).check_answer()
    unknown = make_token(ACCESS_TOKEN_PREFIX, bytes(32))
    for token in (unknown, revoked, unknown[:-1] + "x", site.grant(keyfile)):
        answer = endpoint.ask("revoke", token, client_assertion(site, keyfile))
        assert answer.check_answer() == {}
        answer = endpoint.ask_as("revoke", token, admin)
        assert answer.check_answer() == {}
        assert answer.transactions == []


def test_a_token_that_has_expired_is_none(
    site: Any, endpoint: Any, keyfile: Any, later: Later
) -> None:
    """RV-02."""
    token = site.token(keyfile)
    now = later(3601)
    assertion = client_assertion(site, keyfile, iat=now, exp=now + 60)
    assert endpoint.ask("revoke", token, assertion).check_answer() == {}


@pytest.mark.parametrize("exists", [True, False])
def test_personal_access_tokens_are_revoked_elsewhere(
    site: Any, endpoint: Any, keyfile: Any, admin: str, exists: bool
) -> None:
    """RV-08: whoever asks, and whether it exists or not; the jti stays unused."""
    token = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(32))
    if exists:
        token = site.personal_access_token()
    assertion = client_assertion(site, keyfile)
    for answer in (
        endpoint.ask("revoke", token, assertion),
        endpoint.ask_as("revoke", token, admin),
    ):
        assert answer.check_refused("unsupported_token_type") == PERSONAL
    assert is_live(site, token) is exists
    endpoint.client(assertion).check_success()


def test_a_token_that_may_only_read_cannot_revoke(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """RS-10, RV-04: 403 with the scope that is needed."""
    token = site.token(keyfile)
    reader = site.issue("admin", algorithm="ES256", scopes=("plone.read",))
    for bearer in (
        site.token(reader),
        site.personal_access_token("admin", scopes=("plone.read",)),
    ):
        answer = endpoint.ask_as("revoke", token, bearer)
        answer.check_refused("insufficient_scope", 403)
        (challenge,) = answer.all("WWW-Authenticate")
        assert 'scope="plone.write"' in challenge
    assert is_live(site, token)


# -- what it leaves ----------------------------------------------------------


def test_a_revocation_is_in_the_audit_log(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    admin: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who revoked what, once, and no token."""
    first, second = site.token(keyfile), site.token(keyfile)
    caplog.set_level(logging.INFO, "pas.plugins.tokenauth.audit")
    caplog.clear()
    for _ in range(2):
        endpoint.ask("revoke", first, client_assertion(site, keyfile)).check_answer()
    endpoint.ask_as("revoke", second, admin).check_answer()
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    told = [(line["event"], line["kind"]) for line in lines]
    assert told == [("Revoked", "access_token")] * 2
    client_id = keyfile["client_id"]
    assert [line["requester"] for line in lines] == [client_id, "admin"]
    assert {line["credential_id"] for line in lines} == {client_id}
    assert {line["subject"] for line in lines} == {"owner"}
    assert first not in caplog.text
    assert second not in caplog.text


def test_a_revocation_writes_one_group_of_tokens(
    site: Any, endpoint: Any, keyfile: Any, admin: str
) -> None:
    """Less is left than was there: one group of tokens."""
    answer = endpoint.ask_as("revoke", site.token(keyfile), admin)
    answer.check_answer()
    assert answer.transactions == [["OOBTree"]]


def test_the_usage_log_of_the_key_stays(site: Any, endpoint: Any, keyfile: Any) -> None:
    """Evidence is not removed with the token."""
    token = site.token(keyfile)
    endpoint.ask("revoke", token, client_assertion(site, keyfile)).check_answer()
    site.sync()
    entries = site.context.storage["usage_log"].entries(keyfile["client_id"])
    assert len(list(entries)) == 1


@pytest.mark.parametrize("scopes", [("plone.read",), ("plone.write",)])
def test_a_token_that_is_sent_as_bearer_revokes_itself(
    site: Any, endpoint: Any, scopes: tuple[str, ...]
) -> None:
    """It needs no scope to store and no permission for that."""
    for token in (
        site.personal_access_token(scopes=scopes),
        site.token(site.issue(algorithm="ES256", scopes=scopes)),
    ):
        assert endpoint.ask_as("revoke", token, token).check_answer() == {}
        assert not is_live(site, token)


def test_a_token_that_is_sent_as_bearer_revokes_no_other_one(
    site: Any, endpoint: Any
) -> None:
    site.add_user("member", "Member")
    permission = "pas.plugins.tokenauth: Manage own Personal Access Tokens"
    site.portal.manage_permission(permission, ["Member", "Manager"])
    site.commit()
    token, other = (site.personal_access_token("member") for _ in range(2))
    endpoint.ask_as("revoke", other, token).check_refused("access_denied", 403)
    assert is_live(site, other)
