"""What an endpoint answers when others are always faster."""

from typing import Any
from ZODB.POSException import ConflictError
from ZPublisher.HTTPRequest import HTTPRequest

import pytest


def conflict(*args: Any) -> None:
    raise ConflictError()


@pytest.mark.parametrize(
    "name, function", [("revoke", "revoke_token"), ("introspect", "introspected")]
)
def test_a_request_about_a_token_that_conflicts_every_time_is_told_to_retry(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    function: str,
) -> None:
    """RV-12, TE-19: 503 with Retry-After; the token lives on."""
    token = site.token(keyfile)
    site.add_user("boss", "Manager")
    headers = [("Authorization", f"Bearer {site.personal_access_token('boss')}")]
    module = f"pas.plugins.tokenauth.authorization_server.endpoints.{name}"
    monkeypatch.setattr(f"{module}.{function}", conflict)
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    answer = endpoint.form([("token", token)], headers, path=f"/@@oauth2-{name}")
    answer.check_failed(503)
    assert answer.all("Retry-After") == ["1"]
    assert site.api("GET", "/@users/owner", token).status_code == 200
