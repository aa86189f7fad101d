"""GET …/usage: the usage log of a key or a token."""

from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.storage.usagelog import UsageLog
from typing import Any

import pytest
import time


@pytest.fixture
def owner(owner: Any, endpoint: str) -> Any:
    """The owner at the endpoint."""
    return owner.at(endpoint)


@pytest.fixture
def used(site: Any, owner: Any, new: Any) -> str:
    """A key or a token that was used five times, a minute apart."""
    credential_id: str = new()
    now = time.time()
    for number in range(5):
        entry = UsageEntry(
            credential_id=credential_id,
            time=now - 60 * number,
            subject=f"subject-{number}",
            address="192.0.2.7",
            user_agent="robot/1",
            uses=number + 1,
        )
        site.context.storage["usage_log"].add(entry, bytes([number]))
    site.commit()
    return credential_id


def test_entries_are_listed_the_newest_first(owner: Any, used: str) -> None:
    document = owner.get(f"/{used}/usage").json()
    assert document["items_total"] == 5
    assert "batching" not in document
    first = document["items"][0]
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "subject": "subject-0",
        "address": "192.0.2.7",
        "user_agent": "robot/1",
        "uses": 1,
        "kid": None,
        "outcome": "used",
        "reason": None,
    }
    assert document["items"][-1]["subject"] == "subject-4"
    assert document["since"] < document["items"][-1]["time"] <= document["until"]


def test_a_list_asks_the_log_once_for_each_credential(
    owner: Any, used: str, new: Any, monkeypatch: Any
) -> None:
    """It names the actions of each, also the usage; asking all shards takes time."""
    new()
    asked = []
    original = UsageLog.newest

    def newest(self: Any, credential_id: str) -> Any:
        asked.append(credential_id)
        return original(self, credential_id)

    monkeypatch.setattr(UsageLog, "newest", newest)
    assert owner.get().json()["items_total"] == 2
    assert len(asked) == len(set(asked)) == 2


def test_the_log_is_batched(owner: Any, site: Any, endpoint: str, used: str) -> None:
    url = f"{site.url}{endpoint}/{used}/usage"
    document = owner.get(f"/{used}/usage", b_size=2, b_start=2).json()
    assert document["@id"] == url
    assert [item["subject"] for item in document["items"]] == ["subject-2", "subject-3"]
    assert document["batching"]["next"] == f"{url}?b_start=4&b_size=2"


def test_uses_are_counted_per_day_on_request(owner: Any, site: Any, used: str) -> None:
    site.plugin.usage_log_retention = 30
    site.commit()
    assert "per_day" not in owner.get(f"/{used}/usage", per_day="false").json()
    document = owner.get(f"/{used}/usage", per_day="true", b_size=1).json()
    days = document["per_day"]
    assert [days[0]["day"], days[-1]["day"]] == [
        document["since"][:10],
        document["until"][:10],
    ]
    assert len(days) == 31
    assert sum(day["count"] for day in days) == 15
    assert owner.get(f"/{used}/usage", per_day="1").status_code == 400


@pytest.mark.parametrize("endpoint", ["/@service-keys"])
def test_a_real_use_is_there(owner: Any, site: Any) -> None:
    keyfile = site.issue(algorithm="ES256")
    site.token(keyfile)
    (entry,) = owner.get(f"/{keyfile['client_id']}/usage").json()["items"]
    assert entry["subject"] == "owner"
    assert entry["address"] == "127.0.0.1"


def test_a_credential_that_was_never_used_has_an_empty_log(
    owner: Any, new: Any
) -> None:
    document = owner.get(f"/{new()}/usage").json()
    assert document["items"] == []
    assert document["items_total"] == 0


def test_other_parameters_are_refused(owner: Any, used: str) -> None:
    assert owner.get(f"/{used}/usage", since="today").status_code == 400
