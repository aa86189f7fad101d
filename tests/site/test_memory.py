"""What each site of a Zope has in memory for itself."""

from pas.plugins.tokenauth.core.ratelimit import RateLimit
from pas.plugins.tokenauth.device.limits import guesses
from pas.plugins.tokenauth.device.limits import requests
from pas.plugins.tokenauth.legacygrants.grant import wrong_passwords
from pas.plugins.tokenauth.registration.endpoint import rate
from pas.plugins.tokenauth.site.memory import OfEachSite
from types import SimpleNamespace
from typing import Any

import pytest


def site(path: str) -> Any:
    return SimpleNamespace(path=path)


def test_what_happens_at_one_site_means_nothing_at_another() -> None:
    limits = OfEachSite(lambda: RateLimit(1))
    assert limits(site("/one")).use("jane", 0)
    assert not limits(site("/one")).use("jane", 0)
    assert limits(site("/two")).use("jane", 0)


@pytest.mark.parametrize("limits", [guesses, requests, wrong_passwords, rate])
def test_whoever_uses_up_a_limit_of_one_site_locks_out_nobody_at_another(
    limits: Any,
) -> None:
    """Conformance: DG-03, LG-04, DR-11."""
    assert limits(site("/one")) is limits(site("/one"))
    assert limits(site("/one")) is not limits(site("/two"))
