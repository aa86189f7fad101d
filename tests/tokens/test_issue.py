"""Issuing an access token, once every check has passed."""

from collections.abc import Callable
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.events import IssuedEvent
from pas.plugins.tokenauth.tokens.issue import issue_access_token
from pas.plugins.tokenauth.tokens.issue import TokenResponse
from pas.plugins.tokenauth.usage.client import ClientInfo
from typing import Any


NOW = 1_800_000_000.0


def test_a_token_is_announced_with_the_address_of_the_client(
    site: Any, issue: Callable[..., Any], listen: Callable[[Any], list[Any]]
) -> None:
    key, heard = issue(), listen(IIssuedEvent)
    client = ClientInfo(address="192.0.2.1", user_agent="agent", kid="key-1")
    issue_access_token(site.context, key, "jane", client, NOW)
    assert heard == [
        IssuedEvent(
            kind="access_token",
            credential_id=key.client_id,
            owner=key.owner,
            requester=key.client_id,
            details={"subject": "jane", "address": "192.0.2.1", "kid": "key-1"},
        )
    ]


def test_long_values_of_a_client_are_logged_in_part(
    site: Any, issue: Callable[..., Any]
) -> None:
    key = issue()
    client = ClientInfo(address="1" * 65, user_agent="\n" + "a" * 201)
    issue_access_token(site.context, key, "jane", client, NOW)
    (entry,) = site.context.storage["usage_log"].entries(key.client_id)
    assert (entry.address, entry.user_agent) == ("1" * 64, "a" * 200)


def test_members_can_be_added_to_the_answer() -> None:
    """RFC 6749 section 5.1: what a grant type adds stands beside the access token."""
    response = TokenResponse(access_token="pta_x", expires_in=60, scope="plone.read")
    response.more["refresh_token"] = "ptr_x"
    assert response.members == {
        "access_token": "pta_x",
        "token_type": "Bearer",
        "expires_in": 60,
        "scope": "plone.read",
        "refresh_token": "ptr_x",
    }
    assert "ptr_x" not in repr(response)
