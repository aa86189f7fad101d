"""What is shown of the usage log of a key."""

from dataclasses import replace
from pas.plugins.tokenauth.credentials.service import last_use
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage.chart import chart
from pas.plugins.tokenauth.usage.log import Usage
from typing import Any

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60


def use(site: Any, key: Any, *days_ago: float) -> None:
    for days in days_ago:
        when = NOW - days * DAY
        entry = UsageEntry(
            credential_id=key.client_id,
            time=when,
            subject="owner",
            address="::1",
            user_agent="test",
        )
        site.context.storage["usage_log"].add(entry, int(when).to_bytes(8, "little"))


def days_of(usage: Usage) -> list[float]:
    return [(NOW - entry.time) // DAY for entry in usage]


def test_entries_within_the_retention_are_shown(site: Any, issue: Any) -> None:
    key = issue()
    use(site, key, 0, 1, 6, 8, 30)
    usage = Usage(site.context, key, NOW)
    assert days_of(usage) == [0, 1, 6]
    assert len(usage) == 3
    assert last_use(site.context, key).time == NOW


def test_the_newest_entry_is_shown_however_old(site: Any, issue: Any) -> None:
    key = issue()
    use(site, key, 300, 400)
    usage = Usage(site.context, key, NOW)
    assert days_of(usage) == [300]
    assert len(usage) == 1


@pytest.mark.parametrize("end", ["revoked", "orphaned"])
def test_a_key_that_has_ended_shows_its_last_days(
    site: Any, people: dict[str, Requester], issue: Any, end: str
) -> None:
    key = issue()
    use(site, key, 0, 2)
    if end == "revoked":
        revoke_credentials(site.context, people["owner"], [key.client_id], NOW)
    else:
        site.context.storage["service_key"].mark_orphaned("owner", NOW)
    assert len(Usage(site.context, key, NOW + 60 * DAY)) == 2


def test_a_key_that_was_never_used_has_no_entries(site: Any, issue: Any) -> None:
    key = issue()
    usage = Usage(site.context, key, NOW)
    assert list(usage) == [] and len(usage) == 0
    assert usage[0:10] == []
    with pytest.raises(IndexError):
        usage[0]
    assert last_use(site.context, key) is None


def test_a_page_of_the_log_is_a_slice(site: Any, issue: Any) -> None:
    key = issue()
    use(site, key, *(number / 10 for number in range(60)))
    usage = Usage(site.context, key, NOW)
    entries = list(usage)
    assert usage[0:10] == entries[:10]
    assert usage[50:70] == entries[50:]
    assert usage[7] == entries[7]
    assert usage[-1] == entries[-1]


def test_uses_are_counted_by_period(site: Any, issue: Any) -> None:
    key = issue()
    use(site, key, 0, 1, 1.5, 6)
    usage = Usage(site.context, key, NOW)
    assert usage.between(NOW - 2 * DAY, NOW) == 2
    assert usage.between(usage.since, usage.until) == 3


def test_an_entry_for_many_uses_counts_as_many_but_is_one(
    site: Any, issue: Any
) -> None:
    key = issue()
    use(site, key, 1)
    entry = site.context.storage["usage_log"].newest(key.client_id)
    again = replace(entry, time=NOW - 60, uses=250)
    site.context.storage["usage_log"].add(again, b"12345678")
    usage = Usage(site.context, key, NOW)
    assert usage.between(usage.since, usage.until) == 251
    assert len(usage) == 2
    assert [found.uses for found in usage] == [250, 1]


def test_the_chart_begins_where_the_key_does(site: Any, issue: Any) -> None:
    """A key of yesterday had an axis of all days that the log is kept."""
    site.plugin.usage_log_retention = 30
    key = issue(now=NOW - 9 * DAY)
    use(site, key, 0, 1)
    drawn = chart(Usage(site.context, key, NOW), "UTC")
    assert (len(drawn.bars), drawn.total) == (10, 2)


def test_the_chart_of_a_new_key_is_a_week_wide(site: Any, issue: Any) -> None:
    """One bar alone says nothing."""
    site.plugin.usage_log_retention = 30
    key = issue(now=NOW)
    use(site, key, 0)
    drawn = chart(Usage(site.context, key, NOW), "UTC")
    assert (len(drawn.bars), drawn.total) == (7, 1)


def test_the_chart_of_an_old_key_begins_with_the_log(site: Any, issue: Any) -> None:
    key = issue(now=NOW - 30 * DAY)
    drawn = chart(Usage(site.context, key, NOW), "UTC")
    assert len(drawn.bars) == site.plugin.usage_log_retention + 1
