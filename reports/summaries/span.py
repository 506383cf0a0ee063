"""Spans of time that pages speak about, cut at the quarter hours that counts are kept by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, but without, `end`; drawn in bins of `step`."""

    name: str
    words: str
    """How a sentence names it: `the last 24 hours`."""
    start: datetime
    end: datetime
    step: timedelta

    @property
    def before(self) -> Span:
        """The span of the same length that ends where this one starts."""
        words = self.words.replace("the last", "the") + " before"
        start = self.start - (self.end - self.start)
        return Span(self.name, words, start, self.start, self.step)

    @property
    def bin_starts(self) -> list[datetime]:
        """The start of each bin, the oldest first."""
        count = -((self.start - self.end) // self.step)
        return [self.start + place * self.step for place in range(count)]

    @property
    def is_of_whole_days(self) -> bool:
        """Whether each bin is made of whole days in UTC."""
        edges = (self.start, self.end)
        return self.step % DAY == timedelta() and all(_floor(edge, DAY) == edge for edge in edges)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, in UTC, that it touches."""
        last = self.end - timedelta(microseconds=1)
        return self.start.astimezone(UTC).date(), last.astimezone(UTC).date()

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in it."""
        return self.start <= moment < self.end


_LENGTHS = {
    "24h": ("the last 24 hours", DAY, HOUR),
    "7d": ("the last 7 days", 7 * DAY, HOUR),
    "30d": ("the last 30 days", 30 * DAY, DAY),
}

MAX_BINS = 200
"""Bins of a span that a reader chose: more would be thinner than a pixel."""


def last(name: str, now: datetime) -> Span:
    """`24h`, `7d` or `30d` up to now. The one in days ends with the UTC day, others with the
    quarter hour. Raises KeyError for another name."""
    words, length, step = _LENGTHS[name]
    unit = DAY if step == DAY else QUARTER
    end = _floor(now, unit) + unit
    return Span(name, words, end - length, end, step)


def between(start: datetime, end: datetime) -> Span:
    """A span that a reader chose; its bins are whole quarter hours, at most `MAX_BINS`."""
    start, end = _floor(start, QUARTER), _ceil(end, QUARTER)
    end = max(end, start + QUARTER)
    quarters = -((start - end) // QUARTER)
    step = QUARTER * -(-quarters // MAX_BINS)
    words = f"{start:%-d %B %Y, %H:%M} to {end:%-d %B, %H:%M}"
    return Span("", words, start, end, step)


def _floor(moment: datetime, unit: timedelta) -> datetime:
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // unit * unit


def _ceil(moment: datetime, unit: timedelta) -> datetime:
    floor = _floor(moment, unit)
    return floor if floor == moment else floor + unit
