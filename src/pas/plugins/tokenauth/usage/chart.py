"""A bar chart of how often a key was used, in days or longer spans of time."""

from ..i18n import _
from ..site.times import day_at
from ..site.times import start_of_day
from .log import Usage
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta


MAX_BARS = 62
HEIGHT = 100
BAR_WIDTH = 8
BAR_DISTANCE = 10


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The uses in one span of time, and where their bar is.

    :param first: the first day
    :param last: the last day
    :param count: how many uses there are
    """

    first: date
    last: date
    count: int
    x: int
    y: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A bar chart.

    :param title: what a bar stands for
    :param bars: the bars, the oldest first
    """

    title: str
    bars: list[Bar]

    height = HEIGHT
    bar_width = BAR_WIDTH

    @property
    def width(self) -> int:
        """How wide it is, in the same unit as its height."""
        return len(self.bars) * BAR_DISTANCE

    @property
    def total(self) -> int:
        """How many uses it shows."""
        return sum(bar.count for bar in self.bars)

    @property
    def highest(self) -> int:
        """How many uses the highest bar stands for."""
        return max(bar.count for bar in self.bars)


def chart(usage: Usage, zone: str) -> Chart:
    """The chart for the part of its period in which there was a credential.

    :param zone: time zone in which days begin and end
    """
    title, spans = _spans(day_at(usage.begins, zone), day_at(usage.until, zone))
    counts = [
        usage.between(
            max(usage.begins, start_of_day(first, zone)),
            start_of_day(last + timedelta(days=1), zone),
        )
        for first, last in spans
    ]
    scale = HEIGHT / max(1, *counts)
    bars = [
        Bar(
            first=first,
            last=last,
            count=count,
            x=number * BAR_DISTANCE,
            y=round(HEIGHT - count * scale, 1),
            height=round(count * scale, 1),
        )
        for number, ((first, last), count) in enumerate(zip(spans, counts, strict=True))
    ]
    return Chart(title=title, bars=bars)


Span = tuple[date, date]


def _spans(first: date, last: date) -> tuple[str, list[Span]]:
    """The shortest spans that are few enough, and what they are called."""
    candidates = (
        (title, list(_split(first, last, begin, days))) for title, begin, days in _UNITS
    )
    return next(found for found in candidates if len(found[1]) <= MAX_BARS)


def _split(
    first: date, last: date, begin: Callable[[date], date], days: int
) -> Iterator[Span]:
    """Split a period where units begin; the first and the last may be shorter."""
    while first <= last:
        following = begin(begin(first) + timedelta(days=days))
        yield first, min(last, following - timedelta(days=1))
        first = following


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


def _quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


#: What a bar stands for, the day on which its unit begins, most days in a unit.
_UNITS: tuple[tuple[str, Callable[[date], date], int], ...] = (
    (_("Uses per day"), lambda day: day, 1),
    (_("Uses per week"), _week, 7),
    (_("Uses per month"), _month, 31),
    (_("Uses per quarter"), _quarter, 92),
)
