"""The chart of uses: spans of time, and their numbers."""

from datetime import date
from pas.plugins.tokenauth.site.times import start_of_day
from pas.plugins.tokenauth.usage.chart import chart
from pas.plugins.tokenauth.usage.chart import MAX_BARS
from pas.plugins.tokenauth.usage.log import Usage

import pytest


HOUR = 60 * 60
DAY = 24 * HOUR


class Log(Usage):
    """A usage log with an entry in each hour of a period."""

    def __init__(self, since: float, until: float) -> None:
        self.since = self.begins = since
        self.until = until
        self.asked: list[tuple[float, float]] = []

    def between(self, since: float, before: float) -> int:
        self.asked.append((since, before))
        hours = range(int(self.since), int(self.until), HOUR)
        return sum(since <= hour < before for hour in hours)


def log(first: date, last: date, zone: str) -> Log:
    """A log that covers whole days."""
    return Log(start_of_day(first, zone), start_of_day(last, zone) + DAY - 1)


@pytest.mark.parametrize(
    "zone, day, hours",
    [
        ("Europe/Berlin", date(2026, 3, 28), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Kathmandu", date(2026, 3, 29), 24),
        # There the clock changes at midnight.
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("America/Santiago", date(2026, 9, 6), 23),
    ],
)
def test_a_day_of_the_chart_has_23_24_or_25_hours(
    zone: str, day: date, hours: int
) -> None:
    first, last = date(day.year, day.month, 2), date(day.year, day.month, 27)
    first, last = min(first, day), max(last, day)
    bars = {bar.first: bar for bar in chart(log(first, last, zone), zone).bars}
    assert bars[day].count == hours


def test_every_entry_is_in_one_bar() -> None:
    usage = log(date(2026, 1, 1), date(2026, 12, 31), "Europe/Berlin")
    drawn = chart(usage, "Europe/Berlin")
    assert drawn.total == 365 * 24
    for (_, end), (start, _) in zip(usage.asked, usage.asked[1:], strict=False):
        assert end == start


def test_a_period_that_begins_in_the_middle_of_a_day_is_not_exceeded() -> None:
    noon = start_of_day(date(2026, 5, 5), "UTC") + 12 * HOUR
    drawn = chart(Log(noon, noon + 2 * DAY), "UTC")
    assert [bar.count for bar in drawn.bars] == [12, 24, 12]


@pytest.mark.parametrize(
    "days, title",
    [
        (1, "Uses per day"),
        (7, "Uses per day"),
        (60, "Uses per day"),
        (90, "Uses per week"),
        (365, "Uses per week"),
        (500, "Uses per month"),
        (3650, "Uses per quarter"),
    ],
)
def test_long_periods_have_longer_bars(days: int, title: str) -> None:
    until = start_of_day(date(2026, 11, 22), "UTC")
    drawn = chart(Log(until - days * DAY, until), "UTC")
    assert drawn.title == title
    assert len(drawn.bars) <= MAX_BARS
    assert drawn.bars[-1].last == date(2026, 11, 22)
    for before, after in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert (after.first - before.last).days == 1


def test_the_highest_bar_fills_the_chart() -> None:
    first = start_of_day(date(2026, 5, 5), "UTC")
    full, half = chart(Log(first, first + DAY + 12 * HOUR), "UTC").bars
    assert (full.y, full.height) == (0, 100)
    assert (half.y, half.height) == (50, 50)


def test_without_entries_there_is_nothing_to_draw() -> None:
    drawn = chart(Log(0, 0), "UTC")
    assert (drawn.total, drawn.highest) == (0, 0)


@pytest.mark.parametrize(
    "days, title",
    [
        (7, "Uses per day"),
        (30, "Uses per day"),
        (365, "Uses per week"),
        (0, "Uses per month"),
    ],
)
def test_a_chart_is_of_the_days_that_were_asked_for(days: int, title: str) -> None:
    """Those at the end of its period."""
    until = start_of_day(date(2026, 11, 22), "UTC") + 12 * HOUR
    drawn = chart(Log(until - 500 * DAY, until), "UTC", days)
    assert drawn.title == title
    shown = drawn.bars[-1].last - drawn.bars[0].first
    assert shown.days + 1 == (days or 501)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_a_chart_of_a_day_has_a_bar_for_each_hour(zone: str) -> None:
    """24 of them, which begin with the clock, the last of them with this hour."""
    day = start_of_day(date(2026, 11, 22), zone)
    until = day + 9 * HOUR + 17 * 60
    usage = Log(day - 40 * DAY, until)
    drawn = chart(usage, zone, 1)
    assert drawn.title == "Uses per hour"
    assert [bar.hour for bar in drawn.bars] == [
        day + number * HOUR for number in range(-14, 10)
    ]
    assert [bar.first for bar in drawn.bars][13:15] == [
        date(2026, 11, 21),
        date(2026, 11, 22),
    ]
    assert drawn.total == 24
