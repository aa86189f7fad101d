"""The call for a scheduled job that forgets what is due."""

from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from typing import Any

import pytest
import time


PASSWORD = "correct-horse-battery-1"
DAY = 24 * 60 * 60


@pytest.fixture
def client_id(site: Any) -> str:
    """A key with two uses: a month and two months ago."""
    value: str = site.issue()["client_id"]
    for number in (1, 2):
        entry = UsageEntry(
            credential_id=value,
            time=time.time() - number * 30 * DAY,
            subject="owner",
            address="",
            user_agent="",
        )
        site.server.storage.usage_log.add(entry, bytes([number]))
    site.commit()
    return value


def entries(site: Any, client_id: str) -> int:
    site.sync()
    return len(list(site.server.storage.usage_log.entries(client_id)))


def test_a_manager_purges_with_a_plain_request(site: Any, client_id: str) -> None:
    response = site.request("POST", "/@@tokenauth-purge", auth=("owner", PASSWORD))
    assert (response.status_code, response.text) == (200, "1\n")
    assert entries(site, client_id) == 1
    response = site.request("POST", "/@@tokenauth-purge", auth=("owner", PASSWORD))
    assert response.text == "0\n"


def test_a_get_request_purges_nothing(site: Any, client_id: str) -> None:
    response = site.get("/@@tokenauth-purge", auth=("owner", PASSWORD))
    assert response.status_code == 403
    assert entries(site, client_id) == 2


@pytest.mark.parametrize("role", ["Member", "Site Administrator"])
def test_nobody_but_managers_purges(site: Any, client_id: str, role: str) -> None:
    site.add_user("somebody", role)
    response = site.request("POST", "/@@tokenauth-purge", auth=("somebody", PASSWORD))
    assert response.status_code in (302, 401, 403)
    assert entries(site, client_id) == 2


def test_a_token_purges_nothing(site: Any, client_id: str) -> None:
    token = site.token(site.issue())
    response = site.request("POST", "/@@tokenauth-purge", token)
    assert response.status_code == 403
    assert entries(site, client_id) == 2
