"""The token endpoint over HTTP."""

from typing import Any


def test_a_grant_is_exchanged_for_an_access_token(site: Any) -> None:
    """TE-01, TE-02, TE-03: the answer to a valid grant."""
    response = site.exchange(site.grant(site.issue()))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Pragma"] == "no-cache"
    answer = response.json()
    assert set(answer) == {"access_token", "token_type", "expires_in"}
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600


def test_the_token_opens_a_private_page(site: Any) -> None:
    """RS-01: the token authenticates its owner."""
    keyfile = site.issue()
    response = site.api("GET", "/@users/owner", site.token(keyfile))
    assert response.status_code == 200
    assert response.json()["id"] == "owner"
