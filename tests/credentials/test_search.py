"""Finding keys among those of everybody."""

from pas.plugins.tokenauth.credentials.search import days_left
from pas.plugins.tokenauth.credentials.search import find_credentials
from pas.plugins.tokenauth.credentials.search import is_unused
from pas.plugins.tokenauth.credentials.search import SORT_ORDERS
from pas.plugins.tokenauth.credentials.search import sorted_credentials
from pas.plugins.tokenauth.credentials.search import state_of
from pas.plugins.tokenauth.credentials.search import STATES
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from typing import Any

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60


def use(site: Any, key: Any, when: float) -> None:
    entry = UsageEntry(
        credential_id=key.client_id,
        time=when,
        subject=key.owner,
        address="::1",
        user_agent="",
    )
    site.context.storage["usage_log"].add(entry, int(when).to_bytes(8, "little"))


@pytest.fixture
def keys(site: Any, people: dict[str, Requester], issue: Any) -> dict[str, Any]:
    """One key in each state, by its title."""
    long_ago = NOW - 200 * DAY
    keys = {
        "fresh": issue("owner", title="fresh"),
        "busy": issue("owner", title="busy", now=long_ago),
        "idle": issue("owner", title="idle", now=long_ago),
        "never": issue("owner", title="never", now=long_ago - 1),
        "expiring": issue("owner", title="expiring", expires_at=NOW + 14.5 * DAY),
        "expired": issue("owner", title="expired", now=long_ago, expires_at=NOW),
        "revoked": issue("owner", title="revoked", now=long_ago),
        "orphaned": issue("other", title="orphaned"),
        "missing": issue("manager", title="missing"),
    }
    use(site, keys["busy"], NOW - 89 * DAY)
    use(site, keys["idle"], NOW - 91 * DAY)
    use(site, keys["idle"], NOW - 190 * DAY)
    revoke_credentials(
        site.context, people["owner"], [keys["revoked"].client_id], NOW - DAY
    )
    site.context.storage["service_key"].mark_orphaned("other", NOW)
    keys["missing"].owner_missing_since = NOW
    return keys


@pytest.fixture
def find(site: Any, people: dict[str, Requester], keys: dict[str, Any]) -> Any:
    def find(**criteria: str) -> list[str]:
        found = find_credentials(site.context, people["administrator"], NOW, **criteria)
        return [key.title for key in found]

    return find


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("active", {"fresh", "busy", "idle", "never", "expiring"}),
        ("expiring", {"expiring"}),
        ("unused", {"idle", "never"}),
        ("expired", {"expired"}),
        ("revoked", {"revoked"}),
        ("orphaned", {"orphaned", "missing"}),
    ],
)
def test_every_state_finds_its_keys(find: Any, state: str, titles: set[str]) -> None:
    assert set(find(state=state)) == titles


def test_a_key_that_ends_in_two_weeks_is_expiring(issue: Any) -> None:
    for days, state in ((14.9, "expiring"), (15, "active")):
        assert state_of(issue(expires_at=NOW + days * DAY), NOW) == state


def test_a_key_that_was_not_used_for_ninety_days_is_unused(
    site: Any, issue: Any
) -> None:
    before = NOW - 90 * DAY
    for issued_at, used_at, expected in (
        (before + 1, None, False),
        (before, None, True),
        (before - 1, before, False),
        (before - 1, before - 1, True),
    ):
        key = issue(now=issued_at)
        if used_at is not None:
            use(site, key, used_at)
        assert is_unused(site.context, key, NOW) is expected


def test_every_key_is_in_one_state(keys: dict[str, Any]) -> None:
    states = {state_of(key, NOW) for key in keys.values()}
    assert states == set(STATES) - {"unused", "disabled"}


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("BUS", {"busy"}),
        (" fresh ", {"fresh"}),
        ("manager", {"missing"}),
        ("nothing", set()),
        ("%", set()),
    ],
)
def test_titles_and_owners_are_searched(find: Any, text: str, titles: set[str]) -> None:
    assert set(find(text=text)) == titles


def test_a_client_id_finds_its_key(find: Any, keys: dict[str, Any]) -> None:
    assert find(text=keys["idle"].client_id) == ["idle"]


def test_a_name_finds_its_key(find: Any, issue: Any) -> None:
    issue("owner", title="named", name="nightly-backup")
    assert find(text="backup") == ["named"]


def test_criteria_add_up(find: Any) -> None:
    assert find(owner="owner", state="expired", text="exp") == ["expired"]
    assert find(owner="nobody") == []


def test_the_newest_is_first(find: Any) -> None:
    assert find(state="unused") == ["idle", "never"]


def test_days_left_are_full_days(issue: Any) -> None:
    assert days_left(issue(), NOW) is None
    assert days_left(issue(expires_at=NOW + DAY - 1), NOW) == 0
    assert days_left(issue(expires_at=NOW + DAY), NOW) == 1


@pytest.mark.parametrize("by", SORT_ORDERS)
def test_every_order_can_be_turned_round(
    site: Any, keys: dict[str, Any], by: str
) -> None:
    up = sorted_credentials(site.context, keys.values(), by)
    down = sorted_credentials(site.context, keys.values(), by, descending=True)
    assert {key.title for key in up} == {key.title for key in down} == set(keys)
    assert up[0].title != down[0].title


def test_a_key_that_never_expires_is_last(site: Any, keys: dict[str, Any]) -> None:
    titles = [
        key.title for key in sorted_credentials(site.context, keys.values(), "expires")
    ]
    assert titles[:2] == ["expired", "expiring"]
