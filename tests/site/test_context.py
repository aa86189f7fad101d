"""What the services need to know about a site."""

from pas.plugins.tokenauth.core.errors import InvalidGrant
from typing import Any

import pytest


NOW = 1_800_000_000.0
HOUR = 3600


def test_an_identifier_is_kept_as_long_as_its_grant_is_accepted(site: Any) -> None:
    """JB-14, JW-04: the leeway counts; another grant cannot use it meanwhile."""
    until = NOW + 300
    site.context.use_up("svc-1", "idempotency_key", until, NOW)
    last = until + site.context.settings.leeway - 1
    with pytest.raises(InvalidGrant, match="jti"):
        site.context.use_up("svc-1", "idempotency_key", until + 2 * HOUR, last)
    site.context.use_up("svc-1", "idempotency_key", until + 2 * HOUR, last + 1)


@pytest.mark.parametrize("issuer", ["", None])
def test_a_site_without_issuer_has_no_endpoint(site: Any, issuer: str | None) -> None:
    site.plugin.issuer = issuer
    assert (site.context.issuer, site.context.token_endpoint) == ("", "")
