"""The calls for scheduled jobs: forgetting what is due, mailing owners."""

from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from typing import Any

import pytest
import time


pytest_plugins = ["tests.mailserver"]

PASSWORD = "correct-horse-battery-1"
DAY = 24 * 60 * 60
VIEWS = ["@@tokenauth-purge", "@@tokenauth-notify"]


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
        site.context.storage["usage_log"].add(entry, bytes([number]))
    site.commit()
    return value


def entries(site: Any, client_id: str) -> int:
    site.sync()
    return len(list(site.context.storage["usage_log"].entries(client_id)))


def test_a_manager_purges_with_a_plain_request(site: Any, client_id: str) -> None:
    response = site.request("POST", "/@@tokenauth-purge", auth=("owner", PASSWORD))
    assert (response.status_code, response.text) == (200, "1\n")
    assert entries(site, client_id) == 1
    response = site.request("POST", "/@@tokenauth-purge", auth=("owner", PASSWORD))
    assert response.text == "0\n"


@pytest.fixture
def expiring(site: Any, client_id: str, mail_server: Any) -> Any:
    """The key ends in two days; its owner was not told yet. The mail server."""
    site.portal.portal_membership.getMemberById("owner").setMemberProperties(
        {"email": "owner@example.org"}
    )
    service_key = site.context.storage["service_key"].get(client_id)
    service_key.expires_at = time.time() + 2 * DAY
    service_key.issued_at = time.time() - 30 * DAY
    site.commit()
    return mail_server


def test_a_manager_has_owners_mailed_with_a_plain_request(
    site: Any, expiring: Any
) -> None:
    response = site.request("POST", "/@@tokenauth-notify", auth=("owner", PASSWORD))
    assert (response.status_code, response.text) == (200, "1\n")
    assert response.headers["Content-Type"].startswith("text/plain")
    (mail,) = expiring.to("owner@example.org")
    assert mail["Subject"] == "Intranet: one of your service keys expires soon"
    response = site.request("POST", "/@@tokenauth-notify", auth=("owner", PASSWORD))
    assert response.text == "0\n"
    assert len(expiring.raw) == 1


def test_a_site_without_mail_server_mails_nobody(site: Any, client_id: str) -> None:
    response = site.request("POST", "/@@tokenauth-notify", auth=("owner", PASSWORD))
    assert (response.status_code, response.text) == (200, "0\n")


@pytest.mark.parametrize("view", VIEWS)
def test_a_get_request_does_nothing(
    site: Any, client_id: str, expiring: Any, view: str
) -> None:
    response = site.get(f"/{view}", auth=("owner", PASSWORD))
    assert response.status_code == 403
    assert nothing_happened(site, client_id, expiring)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", ["Member", "Site Administrator"])
def test_nobody_but_managers_calls_the_jobs(
    site: Any, client_id: str, expiring: Any, view: str, role: str
) -> None:
    site.add_user("somebody", role)
    response = site.request("POST", f"/{view}", auth=("somebody", PASSWORD))
    assert response.status_code in (302, 401, 403)
    assert nothing_happened(site, client_id, expiring)


@pytest.mark.parametrize("view", VIEWS)
def test_a_token_does_not_call_the_jobs(
    site: Any, client_id: str, expiring: Any, view: str
) -> None:
    token = site.token(site.issue())
    expiring.raw.clear()
    response = site.request("POST", f"/{view}", token)
    assert response.status_code == 403
    assert nothing_happened(site, client_id, expiring)


def nothing_happened(site: Any, client_id: str, mail_server: Any) -> bool:
    return entries(site, client_id) == 2 and mail_server.raw == []
