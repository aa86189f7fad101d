"""Lifetimes, dates and times in arguments."""

from argparse import ArgumentTypeError
from datetime import datetime
from datetime import timezone
from pas.plugins.tokenauth.cli.values import duration
from pas.plugins.tokenauth.cli.values import expires_at
from pas.plugins.tokenauth.cli.values import expiry
from pas.plugins.tokenauth.cli.values import moment

import pytest


HOUR = 3600
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0d", 0), ("90d", 90 * DAY), ("2w", 14 * DAY), ("12h", 12 * HOUR), ("5m", 300)],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1.5d", "1d12h", "9999999d"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="no duration like 90d"):
        duration(text)


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=timezone.utc).timestamp()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22", utc(2026, 11, 22)),
        ("2026-11-22T14:30", utc(2026, 11, 22, 14, 30)),
        ("2026-11-22T14:30Z", utc(2026, 11, 22, 14, 30)),
        ("2026-11-22 14:30:05+01:00", utc(2026, 11, 22, 13, 30, 5)),
    ],
)
def test_a_moment_is_utc_unless_it_says_otherwise(text: str, expected: float) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize("text", ["", "now", "22.11.2026", "2026-13-01", "90d"])
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="no date like 2030-12-31"):
        moment(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("never", None),
        ("90d", 1000 + 90 * DAY),
        ("2030-12-31", utc(2030, 12, 31, 23, 59, 59)),
        ("2030-12-31T08:00", utc(2030, 12, 31, 8)),
    ],
)
def test_a_lifetime_counts_from_the_issue_and_a_day_is_over_at_its_end(
    text: str, expected: float | None
) -> None:
    assert expires_at(expiry(text), 1000, "UTC") == expected


def test_a_day_ends_at_the_site() -> None:
    """In Auckland, 13 hours before it ends in UTC."""
    found = expires_at(expiry("2026-11-29"), 1000, "Pacific/Auckland")
    assert found == utc(2026, 11, 29, 10, 59, 59)


@pytest.mark.parametrize("text", ["20301231", "2030-W01-1", "2030-13-01"])
def test_a_day_is_spelled_in_one_way(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="no date like 2030-12-31"):
        expiry(text)


def test_an_expiry_is_one_of_these() -> None:
    with pytest.raises(ArgumentTypeError):
        expiry("soon")
