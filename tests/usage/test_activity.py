"""What all credentials did: which entries, page by page."""

from dataclasses import replace
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage import activity
from pas.plugins.tokenauth.usage.activity import Activity
from pas.plugins.tokenauth.usage.activity import ActivityQuery
from pas.plugins.tokenauth.usage.activity import parsed_mark
from pas.plugins.tokenauth.usage.activity import parsed_query
from pas.plugins.tokenauth.usage.activity import spelled_mark
from typing import Any

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60


def use(
    site: Any, credential: Any, ago: float, address: str = "192.0.2.1", reason: str = ""
) -> None:
    entry = UsageEntry(
        credential_id=credential.credential_id,
        time=NOW - ago,
        subject=credential.owner,
        address=address,
        user_agent="test",
        reason=reason,
    )
    name = "refusal_log" if reason else "usage_log"
    unique = int(1_000_000 - ago).to_bytes(8, "little")
    site.context.storage[name].add(entry, unique)


@pytest.fixture
def look(site: Any, people: Any) -> Any:
    """The seconds ago of all that match, over all pages."""

    def look(**query: Any) -> list[float]:
        wanted = ActivityQuery(**query)
        shown = Activity(site.context, people["administrator"], NOW, wanted)
        found, before = [], None
        while True:
            entries, before = shown.page(before)
            found += [NOW - entry.time for entry in entries]
            if before is None:
                assert found == [NOW - entry.time for entry in shown]
                return found

    return look


@pytest.fixture
def keys(site: Any, issue: Any) -> tuple[Any, Any]:
    """Two keys of two people, which take turns; every fifth time is refused."""
    keys = issue("owner"), issue("manager")
    for ago in range(120):
        reason = "" if ago % 5 else "outside"
        use(site, keys[ago % 2], ago, f"192.0.2.{ago}", reason)
    use(site, keys[0], 8 * DAY)
    return keys


def test_uses_and_refusals_of_all_come_newest_first(look: Any, keys: Any) -> None:
    """As far back as the log is kept, in pages of 50."""
    assert look() == list(range(120))


def test_a_page_has_fifty_entries(site: Any, people: Any, keys: Any) -> None:
    shown = Activity(site.context, people["administrator"], NOW, ActivityQuery())
    entries, before = shown.page(None)
    assert len(entries) == 50
    assert before == entries[-1].mark


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"owner": "owner"}, range(0, 120, 2)),
        ({"owner": "nobody"}, []),
        ({"credential_id": "nothing"}, []),
        ({"outcome": "refused"}, range(0, 120, 5)),
        ({"outcome": "refused", "owner": "manager"}, range(5, 120, 10)),
        ({"outcome": "used", "since": NOW - 3}, [1, 2, 3]),
        ({"until": NOW - 117}, [117, 118, 119]),
        ({"address": "192.0.2.4/31, 192.0.2.9"}, [4, 5, 9]),
        ({"kind": "service_key", "since": NOW - 1}, [0, 1]),
        ({"kind": "personal_access_token"}, []),
    ],
)
def test_filters_add_up(look: Any, keys: Any, query: Any, expected: Any) -> None:
    assert look(**query) == list(expected)


def test_one_credential_is_found_by_its_id(look: Any, keys: Any) -> None:
    assert look(credential_id=keys[1].credential_id) == list(range(1, 120, 2))


def test_a_page_looks_at_a_part_however_few_match(
    look: Any, keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says that there may be more."""
    monkeypatch.setattr(activity, "LOOKED_AT", 30)
    assert look(address="192.0.2.110") == [110]


def test_nobody_sees_it_without_the_permission(site: Any, people: Any) -> None:
    for name in ("owner", "other"):
        if name in people:
            with pytest.raises(NotAllowed):
                Activity(site.context, people["other"], NOW, ActivityQuery())


def test_a_query_is_read_in_the_time_zone_of_the_site() -> None:
    given = {"since": "2026-11-22T14:30", "until": "2026-11-22", "address": " ::1 "}
    query = parsed_query(lambda name: given.get(name, ""), "Asia/Tokyo")
    assert query == ActivityQuery(address="::1", since=1795325400.0, until=1795359599.0)
    query = parsed_query(lambda name: {"since": "2026-11-22"}.get(name, ""), "UTC")
    assert query.since == 1795305600.0


def test_everything_that_cannot_be_read_is_told() -> None:
    given = {"since": "yesterday", "until": "?", "address": "nowhere"}
    with pytest.raises(InvalidInput) as caught:
        parsed_query(lambda name: given.get(name, ""), "UTC")
    assert [each.field for each in caught.value.all] == ["address", "since", "until"]


def test_a_mark_is_read_as_it_was_spelled() -> None:
    mark = (1796019187.0393941, b"\x00\xff")
    assert parsed_mark(spelled_mark(mark)) == mark
    for text in ("", "1-", "x-00", "1e9-00", "1-0", "-1-00"):
        with pytest.raises(ValueError):
            parsed_mark(text)


def test_entries_of_the_same_moment_are_on_one_page_only(
    site: Any, look: Any, issue: Any
) -> None:
    key = issue()
    log = site.context.storage["usage_log"]
    entry = UsageEntry(
        credential_id=key.credential_id,
        time=NOW,
        subject="",
        address="",
        user_agent="",
    )
    for number in range(120):
        log.add(replace(entry), number.to_bytes(2, "big"))
    assert look() == [0.0] * 120
