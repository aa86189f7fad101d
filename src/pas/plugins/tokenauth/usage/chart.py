"""A bar chart of how often a key was used, in hours, days or longer spans of time."""

from ..core.clock import DAY
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
#: Of how many days, up to the end of its period, a chart can be.
RANGES = (1, 7, 30, 365)
_HOUR = 60 * 60
HEIGHT = 100
BAR_WIDTH = 8
BAR_DISTANCE = 10


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The uses in one span of time, and where their bar is.

    :param first: the first day
    :param last: the last day
    :param hour: when the hour begins that it stands for, if it does for one
    :param count: how many uses there are
    """

    first: date
    last: date
    hour: float | None = None
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


def chart(usage: Usage, zone: str, days: int = 0) -> Chart:
    """The chart for the part of its period in which there was a credential.

    :param zone: time zone in which days begin and end
    :param days: how many days at the end of its period; all of it if 0
    """
    if days == 1:
        return _hourly(usage, zone)
    begins = max(usage.begins, usage.until - (days - 1) * DAY if days else 0)
    title, spans = _spans(day_at(begins, zone), day_at(usage.until, zone))
    counts = [
        usage.between(
            max(usage.begins, start_of_day(first, zone)),
            start_of_day(last + timedelta(days=1), zone),
        )
        for first, last in spans
    ]
    return _chart(title, counts, [(*span, None) for span in spans])


def _hourly(usage: Usage, zone: str) -> Chart:
    """The chart of the last 24 hours, the hour included that has begun."""
    day = start_of_day(day_at(usage.until, zone), zone)
    newest = usage.until - (usage.until - day) % _HOUR
    hours = [newest - number * _HOUR for number in reversed(range(24))]
    counts = [usage.between(hour, hour + _HOUR) for hour in hours]
    days = [day_at(hour, zone) for hour in hours]
    return _chart(_("Uses per hour"), counts, list(zip(days, days, hours, strict=True)))


def _chart(
    title: str, counts: list[int], spans: list[tuple[date, date, float | None]]
) -> Chart:
    scale = HEIGHT / max(1, *counts)
    bars = [
        Bar(
            first=first,
            last=last,
            hour=hour,
            count=count,
            x=number * BAR_DISTANCE,
            y=round(HEIGHT - count * scale, 1),
            height=round(count * scale, 1),
        )
        for number, ((first, last, hour), count) in enumerate(
            zip(spans, counts, strict=True)
        )
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
