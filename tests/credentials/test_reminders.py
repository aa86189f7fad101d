"""Which owners are to be told that a key expires soon."""

from pas.plugins.tokenauth.credentials.reminders import due_reminders
from pas.plugins.tokenauth.credentials.reminders import is_due
from pas.plugins.tokenauth.credentials.reminders import mark_reminded
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from tests.credentials.doing import rotate_service_key
from typing import Any

import pytest


DAY = 24 * 60 * 60


@pytest.fixture
def key(site: Any) -> Any:
    """A key that lives for 90 days."""
    service_key = site.service_key(site.issue(algorithm="ES256"))
    service_key.expires_at = service_key.issued_at + 90 * DAY
    return service_key


def left(key: Any, days: float) -> float:
    """The time at which a key has so many days left."""
    return key.expires_at - days * DAY


@pytest.mark.parametrize(
    "days, due",
    [(90, False), (14.01, False), (14, True), (5, True), (0.01, True), (0, False)],
)
def test_an_owner_is_told_in_the_last_days(key: Any, days: float, due: bool) -> None:
    assert is_due(key, left(key, days)) is due


def test_keys_are_due_by_owner(site: Any, key: Any) -> None:
    site.issue(algorithm="ES256")
    assert due_reminders(site.context, left(key, 20)) == {}
    assert due_reminders(site.context, left(key, 10)) == {"owner": [key]}


def test_an_owner_is_told_twice_and_no_more(key: Any) -> None:
    told = []
    for day in range(20, -2, -1):
        now = left(key, day)
        if is_due(key, now):
            told.append(day)
            mark_reminded([key], now)
    assert told == [14, 3]


def test_nothing_is_noted_of_what_is_not_due(key: Any) -> None:
    mark_reminded([key], left(key, 20))
    assert key.reminded is None
    key.expires_at = None
    mark_reminded([key], key.issued_at)
    assert key.reminded is None


def test_an_owner_first_told_in_the_last_days_is_told_once(key: Any) -> None:
    mark_reminded([key], left(key, 2))
    assert not is_due(key, left(key, 1))


@pytest.mark.parametrize("lifetime, told", [(30, [14, 3]), (14, [3]), (3, []), (1, [])])
def test_no_owner_is_told_of_a_lifetime_they_have_just_chosen(
    key: Any, lifetime: int, told: list[int]
) -> None:
    key.expires_at = key.issued_at + lifetime * DAY
    days = []
    for day in range(lifetime, -1, -1):
        if is_due(key, left(key, day)):
            days.append(day)
            mark_reminded([key], left(key, day))
    assert days == told


def test_another_expiry_starts_anew(key: Any) -> None:
    mark_reminded([key], left(key, 3))
    key.expires_at += 100 * DAY
    assert not is_due(key, left(key, 20))
    assert is_due(key, left(key, 14))
    mark_reminded([key], left(key, 14))
    assert is_due(key, left(key, 3))


def test_a_program_that_rotates_its_key_does_not_hide_the_end(
    site: Any, key: Any
) -> None:
    rotate_service_key(
        site.context, site.requester("owner"), key.client_id, left(key, 8), 0
    )
    assert is_due(key, left(key, 8))


def test_the_end_of_a_revoked_or_orphaned_key_is_no_news(site: Any, key: Any) -> None:
    other = site.service_key(site.issue(algorithm="ES256"))
    other.expires_at = key.expires_at
    revoke_credentials(
        site.context, site.requester("owner"), [key.client_id], left(key, 9)
    )
    assert due_reminders(site.context, left(key, 8)) == {"owner": [other]}
    site.context.storage["service_key"].mark_orphaned("owner", left(key, 9))
    assert due_reminders(site.context, left(key, 8)) == {}
