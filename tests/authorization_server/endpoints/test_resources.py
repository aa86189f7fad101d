"""The site is the one resource that tokens of service keys are for (RFC 8707)."""

from pas.plugins.tokenauth.core.tokens import make_token
from typing import Any

import pytest


@pytest.mark.parametrize("path", [None, "", "/", "/news?x=1"])
def test_a_key_gets_a_token_for_the_site(
    site: Any, endpoint: Any, keyfile: Any, path: str | None
) -> None:
    """RI-08, RI-09, RI-12: named as clients of MCP do, or not at all."""
    resource = "" if path is None else site.url + path
    answer = endpoint.post(site.grant(keyfile), ("resource", resource))
    token = answer.check_success()
    assert site.api("GET", "/@users/owner", token).status_code == 200


@pytest.mark.parametrize(
    "resource",
    [
        "http://localhost/plone",
        "https://elsewhere.example",
        "https://elsewhere.example/#",
        "https://elsewhere.example/?query",
        "/relative",
        "no url",
    ],
)
def test_a_key_gets_no_token_for_anything_else(
    site: Any, endpoint: Any, keyfile: Any, resource: str
) -> None:
    """RI-01, RI-02, RI-04: and the grant is not used up by that."""
    grant = site.grant(keyfile, jti="once")
    endpoint.post(grant, ("resource", resource)).check_refused("invalid_target")
    endpoint.post(grant).check_success()


@pytest.mark.parametrize("prefix", ["pta_", "ptp_", "ptz_"])
def test_a_token_of_another_site_is_refused(site: Any, prefix: str) -> None:
    """RS-18, PR-09: nothing but our own database knows whose token it is."""
    token = make_token(prefix, bytes(range(32)))
    assert site.get(token=token).status_code == 401
