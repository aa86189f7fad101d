"""The site is the one resource that its tokens are for (RFC 8707)."""

from pas.plugins.tokenauth.core.tokens import make_token
from typing import Any

import pytest


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "http://localhost/plone",
        "https://elsewhere.example",
        "https://elsewhere.example/#",
        "https://elsewhere.example/?query",
        "/relative",
        "no url",
    ],
)
def test_a_resource_is_ignored(
    site: Any, endpoint: Any, keyfile: Any, resource: str
) -> None:
    """RI-01, RI-02, RI-04, RI-08: the token is for the site, like any other."""
    answer = endpoint.post(site.grant(keyfile), ("resource", resource))
    token = answer.check_success()
    assert site.api("GET", "/@users/owner", token).status_code == 200


@pytest.mark.parametrize("prefix", ["pta_", "ptp_", "ptz_"])
def test_a_token_of_another_site_is_refused(site: Any, prefix: str) -> None:
    """RS-18, PR-09: nothing but our own database knows whose token it is."""
    token = make_token(prefix, bytes(range(32)))
    assert site.get(token=token).status_code == 401
