"""Refresh tokens at the endpoints that tell about tokens, and end them."""

from pas.plugins.tokenauth.authorization_server.interfaces import ISubjects
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.authorization_server.introspection import introspected
from pas.plugins.tokenauth.authorization_server.introspection import revoke_held_token
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.delegation.tokentype import RefreshTokenType
from pas.plugins.tokenauth.storage.families import REPEAT_WINDOW
from pas.plugins.tokenauth.tokens.interfaces import IRevocableTokenType
from tests.delegation.conftest import Browser
from tests.delegation.conftest import Redeem
from tests.delegation.flow import Flow
from tests.delegation.flow import NOW
from tests.delegation.test_refreshing import families
from tests.delegation.test_refreshing import LATER
from tests.delegation.test_refreshing import refresh_token
from tests.delegation.test_refreshing import sign_in
from tests.delegation.test_refreshing import staying
from typing import Any
from zope.interface.verify import verifyObject

import pytest
import requests


INACTIVE = {"active": False}


@pytest.fixture
def flow(flow: Flow) -> Flow:
    return staying(flow)


def about(
    flow: Flow, token: str, client: str | None = "app-1", now: float = NOW
) -> Any:
    asks = None if client is None else flow.apps[client]
    return introspected(flow.site.context, token, now, asks)


def revoke(flow: Flow, token: str, client: str | None = "app-1") -> None:
    asks = None if client is None else flow.apps[client]
    name = client or "administrator"
    revoke_token(flow.site.context, token, NOW, name, asks)


def test_the_type_keeps_its_contract() -> None:
    assert verifyObject(IRevocableTokenType, RefreshTokenType())


def test_a_client_learns_of_its_refresh_tokens(flow: Flow) -> None:
    """Conformance: CR-36, IN-02."""
    token = refresh_token(flow.refresh(refresh_token(sign_in(flow)), now=LATER))
    assert about(flow, token, now=LATER) == {
        "active": True,
        "client_id": "app-1",
        "username": "alice",
        "sub": "alice",
        "scope": "plone.read plone.write",
        "iss": flow.site.context.issuer,
        "iat": int(LATER),
        "exp": int(LATER + 30 * DAY),
    }


def test_a_client_with_names_of_its_own_learns_no_others(flow: Flow) -> None:
    """Conformance: OC-07, IN-02: who may know about every token reads the user id."""
    flow.apps.change(openid=OpenIDOptions(subject_type="pairwise"))
    response = sign_in(flow)
    subject = ISubjects(flow.site.context)("alice", flow.apps["app-1"])
    for token in (refresh_token(response), response.access_token):
        members = about(flow, token)
        assert members["sub"] == subject != "alice"
        assert "alice" not in str(members)
        assert about(flow, token, None)["sub"] == "alice"


def test_a_token_tells_about_itself_in_the_words_of_its_client(flow: Flow) -> None:
    """Conformance: OC-07, IN-02."""
    flow.apps.change(openid=OpenIDOptions(subject_type="pairwise"))
    token = sign_in(flow).access_token
    answer = requests.post(
        f"{flow.site.url}/@@oauth2-introspect",
        data={"token": token},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    members = answer.json()
    flow.site.sync()
    subject = ISubjects(flow.site.context)("alice", flow.apps["app-1"])
    assert (members["active"], members["sub"]) == (True, subject)
    assert "username" not in members


def test_another_client_does_not_learn_of_them(flow: Flow) -> None:
    """Conformance: CR-36, IN-10."""
    response = sign_in(flow)
    for token in (refresh_token(response), response.access_token):
        assert about(flow, token, "app-2") == INACTIVE
        assert about(flow, token, None)["active"]


def test_a_token_that_was_replaced_is_not_active(flow: Flow) -> None:
    """Conformance: CR-36, IN-03."""
    token = refresh_token(sign_in(flow))
    flow.refresh(token)
    assert about(flow, token) == INACTIVE
    flow.refresh(token)


@pytest.mark.parametrize("days", [30, 181])
def test_a_token_that_has_expired_is_not_active(flow: Flow, days: int) -> None:
    token = refresh_token(sign_in(flow))
    assert about(flow, token, now=NOW + days * DAY) == INACTIVE


def test_a_refresh_token_ends_with_its_family_and_its_access_tokens(flow: Flow) -> None:
    """Conformance: CR-35, RV-08, RV-09."""
    other = sign_in(flow)
    first = sign_in(flow)
    second = flow.refresh(refresh_token(first))
    revoke(flow, refresh_token(second))
    for response in (first, second):
        assert not flow.works(response.access_token)
        assert about(flow, response.access_token) == INACTIVE
    assert about(flow, refresh_token(second)) == INACTIVE
    with pytest.raises(InvalidGrant):
        flow.refresh(refresh_token(second))
    assert flow.works(other.access_token)
    assert flow.authorization.is_live(NOW)


def test_a_client_signs_out_with_the_token_that_it_has(flow: Flow) -> None:
    """Conformance: CR-35: also one that has not received the last answer."""
    token = refresh_token(sign_in(flow))
    response = flow.refresh(token)
    revoke(flow, token)
    assert not flow.works(response.access_token)


def test_an_access_token_ends_alone(flow: Flow) -> None:
    """Conformance: CR-35, RV-09."""
    response = sign_in(flow)
    revoke(flow, response.access_token)
    assert not flow.works(response.access_token)
    assert flow.refresh(refresh_token(response))


def test_another_client_ends_nothing(flow: Flow) -> None:
    """Conformance: CR-35, RV-04."""
    response = sign_in(flow)
    revoke(flow, refresh_token(response), "app-2")
    assert flow.works(response.access_token)


def test_an_administrator_ends_any(flow: Flow) -> None:
    response = sign_in(flow)
    revoke(flow, refresh_token(response), None)
    assert not flow.works(response.access_token)
    assert families(flow)[0].ended_by == "administrator"


def test_who_has_found_one_ends_it(flow: Flow) -> None:
    """A leaked token is best ended by its finder."""
    response = sign_in(flow)
    revoke_held_token(flow.site.context, refresh_token(response), NOW)
    assert not flow.works(response.access_token)
    assert families(flow)[0].ended_by == "holder of the token"


def test_a_refresh_token_ends_over_http(
    flow: Flow, browser: Browser, redeem: Redeem
) -> None:
    """Conformance: CR-35: refresh token and access token, each with the wrong hint."""
    flow.apps.change(is_public=False)
    answer = redeem(browser.code(), client_secret="s3cret").json()
    token = answer["access_token"]
    assert flow.site.api("GET", "/@users/alice", token).status_code == 200
    for name, hint in (
        ("access_token", "refresh_token"),
        ("refresh_token", "access_token"),
    ):
        ended = requests.post(
            f"{flow.site.url}/@@oauth2-revoke",
            data={"token": answer[name], "token_type_hint": hint},
            auth=("app-1", "s3cret"),
            timeout=30,
        )
        assert ended.status_code == 200
        assert flow.site.api("GET", "/@users/alice", token).status_code == 401
    refused = requests.post(
        flow.site.endpoint,
        data={"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]},
        auth=("app-1", "s3cret"),
        timeout=30,
    )
    assert refused.json()["error"] == "invalid_grant"


def test_an_authorization_ends_with_all_its_families_at_once(flow: Flow) -> None:
    """Conformance: CO-11."""
    responses = [sign_in(flow), sign_in(flow)]
    store = flow.site.context.storage["authorization"]
    store.mark_revoked(flow.authorization.credential_id, "alice", NOW)
    flow.site.commit()
    for response in responses:
        assert not flow.works(response.access_token)
        assert about(flow, refresh_token(response)) == INACTIVE
        with pytest.raises(InvalidGrant):
            flow.refresh(refresh_token(response), now=NOW + REPEAT_WINDOW)
