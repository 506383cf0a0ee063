"""Charts as numbers: where templates draw each bar and label. Pure.

Bars lie in a drawing whose width is the number of bins and which is stretched
to the page; labels are placed in percent outside of it, so that no text is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.store.histograms import LEAST, STEP, Histogram, bounds_of
from reports.summaries.span import DAY, HOUR
from reports.summaries.topics import Quantiles
from reports.summaries.trends import LOOKS, Bin, Trend

HEIGHT = 160
"""Of the plot, in pixels."""

SPARK_HEIGHT = 18


@dataclass(frozen=True, slots=True)
class Segment:
    """A bar's part of one look; `y` is its upper edge."""

    look: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin: its segments, what it says, and where it leads."""

    x: float
    segments: Sequence[Segment]
    bin: Bin
    href: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label: `at` is in pixels for rows, in percent for columns."""

    at: float
    text: str
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A stacked bar chart."""

    bars: Sequence[Bar]
    rows: Sequence[Tick]
    columns: Sequence[Tick]
    looks: Sequence[tuple[str, str]]
    """Looks that occur, with their words, for the legend."""
    height: int = HEIGHT

    @property
    def bar_count(self) -> int:
        """The width of the drawing."""
        return len(self.bars)


@dataclass(frozen=True, slots=True)
class Spark:
    """A word-sized chart: one path for its bars."""

    path: str
    width: int
    peak: int
    height: int = SPARK_HEIGHT

    @property
    def words(self) -> str:
        """What it says to those who do not see it."""
        return f"at most {self.peak:,} reports in one bar of {self.width}"


def describe(trend: Trend) -> str:
    """A chart's shape in a sentence."""
    if not trend.total:
        return "No reports."
    peak = max(trend.bins, key=lambda each: each.total)
    least = min(each.total for each in trend.bins)
    return (
        f"{trend.total:,} reports, from {least:,} to {peak.total:,} in one bar;"
        f" most from {peak.start:%a %-d %b, %H:%M}."
    )


def draw(trend: Trend, link: Callable[[Bin], str], *, height: int = HEIGHT) -> Chart:
    """A trend as stacked bars; `link` gives each bar its address."""
    step, top = _find_scale(max((each.total for each in trend.bins), default=0))
    return Chart(
        bars=[_draw_bar(place, each, top, link, height) for place, each in enumerate(trend.bins)],
        rows=[
            Tick(round(height - value * height / top, 1), f"{value:,}")
            for value in range(0, top + 1, step)
        ],
        columns=_label_columns(trend),
        looks=[(look, words) for look, words in LOOKS if trend.by_look[look]],
        height=height,
    )


def draw_spark(counts: Sequence[int]) -> Spark:
    """Counts as thin bars; any count but 0 is seen."""
    peak = max(counts, default=0)
    path = "".join(
        f"M{place + 0.1:.1f} {SPARK_HEIGHT}v-{_spark_height(count, peak):.1f}h.8v"
        f"{_spark_height(count, peak):.1f}z"
        for place, count in enumerate(counts)
        if count > 0
    )
    return Spark(path, max(len(counts), 1), peak)


def _spark_height(count: int, peak: int) -> float:
    return max(1.5, count / peak * (SPARK_HEIGHT - 1))


def _draw_bar(place: int, each: Bin, top: int, link: Callable[[Bin], str], height: int) -> Bar:
    segments = []
    y = float(height)
    for look, _ in LOOKS:
        count = each.counts.get(look, 0)
        if count > 0:
            part = count / top * height
            y -= part
            segments.append(Segment(look, round(y, 2), round(part, 2)))
    return Bar(place + 0.08, segments, each, link(each))


def _find_scale(peak: int) -> tuple[int, int]:
    """Steps of 1, 2 or 5 times a power of ten, at most five of them above zero."""
    factor = 1
    while True:
        for digit in (1, 2, 5):
            step = digit * factor
            if step * 5 >= peak:
                return step, step * max(1, -(-peak // step))
        factor *= 10


def _label_columns(trend: Trend) -> list[Tick]:
    span = trend.span
    length = span.end - span.start
    # A day's bar is labelled in its middle, a moment where it is.
    offset = span.step / 2 if span.step == DAY else timedelta()
    return [
        Tick(round((moment - span.start + offset) / length * 100, 3), text, is_minor)
        for moment, text, is_minor in _moments(span.start, span.end, span.step)
    ]


def _moments(start: datetime, end: datetime, step: timedelta) -> list[tuple[datetime, str, bool]]:
    """Round moments in a span, with their words; every second one is minor."""
    unit, pattern = _unit_of(end - start, step)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - (-(start - midnight) // unit) * unit
    count = max(0, -((first - end) // unit))
    moments = [first + place * unit for place in range(count)]
    margin = (end - start) / 50
    return [
        (moment, moment.strftime(pattern), place % 2 == 1)
        for place, moment in enumerate(moments)
        if step == DAY or start + margin <= moment <= end - margin
    ]


def _unit_of(length: timedelta, step: timedelta) -> tuple[timedelta, str]:
    if step == DAY:
        return max(DAY, length // 5 // DAY * DAY), "%-d %b"
    if length <= 2 * HOUR:
        return timedelta(minutes=15), "%H:%M"
    if length <= 26 * HOUR:
        return 3 * HOUR, "%H:%M"
    return max(DAY, length // 8 // DAY * DAY), "%a %-d %b"


JOINED_BUCKETS = 3
"""Buckets of a histogram that one bar stands for: a third wider than the bar before."""

NARROW_BARS = 16
"""Up to so many bars, a scale is labelled at 1, 2 and 5 times each power of ten."""


@dataclass(frozen=True, slots=True)
class DurationBar:
    """Requests that took from `lower_ms` up to `upper_ms`."""

    x: float
    y: float
    height: float
    lower_ms: float
    upper_ms: float
    count: int


@dataclass(frozen=True, slots=True)
class DurationChart:
    """A histogram on a logarithmic scale of time."""

    bars: Sequence[DurationBar]
    rows: Sequence[Tick]
    columns: Sequence[Tick]
    marks: Sequence[Tick]
    """Where the middle and the slow end lie."""
    bar_count: int
    height: int = HEIGHT


def draw_durations(histogram: Histogram, *, height: int = HEIGHT) -> DurationChart:
    """A histogram of milliseconds as bars; without values there is nothing to draw."""
    joined: dict[int, int] = {}
    for bucket, count in histogram.counts.items():
        place = bucket // JOINED_BUCKETS
        joined[place] = joined.get(place, 0) + count
    if not joined:
        return DurationChart([], [], [], [], 0, height)
    first, last = min(joined), max(joined)
    step, top = _find_scale(max(joined.values()))
    return DurationChart(
        bars=[_draw_duration(place, first, joined[place], top, height) for place in sorted(joined)],
        rows=[
            Tick(round(height - value * height / top, 1), f"{value:,}")
            for value in range(0, top + 1, step)
        ],
        columns=[
            Tick(at, _duration_words(value))
            for value in _round_times(last - first + 1)
            if (at := _place_of(value, first, last)) is not None
        ],
        marks=[
            Tick(at, words, words != "median")
            for share, words in ((0.5, "median"), (0.95, "95 %"), (0.99, "99 %"))
            if (at := _place_of(histogram.quantile(share) or 0, first, last)) is not None
        ],
        bar_count=last - first + 1,
        height=height,
    )


def _round_times(bar_count: int) -> list[float]:
    digits = (1, 2, 5) if bar_count <= NARROW_BARS else (1,)
    return [digit * 10.0**power for power in range(-1, 10) for digit in digits]


def describe_durations(durations: Quantiles) -> str:
    """A histogram's shape in a sentence."""
    if durations.median is None or durations.p95 is None or durations.p99 is None:
        return "No report says how long its request took."
    return (
        f"{durations.count:,} requests: half took up to {_duration_words(durations.median)},"
        f" 95 per cent up to {_duration_words(durations.p95)},"
        f" 99 per cent up to {_duration_words(durations.p99)}."
    )


def _draw_duration(place: int, first: int, count: int, top: int, height: int) -> DurationBar:
    lower, _ = bounds_of(place * JOINED_BUCKETS)
    _, upper = bounds_of(place * JOINED_BUCKETS + JOINED_BUCKETS - 1)
    size = count / top * height
    return DurationBar(
        place - first + 0.08, round(height - size, 2), round(size, 2), lower, upper, count
    )


def _place_of(value_ms: float, first: int, last: int) -> float | None:
    """Where a time lies, in percent of the drawing; None outside of it."""
    if value_ms <= 0:
        return None
    # Bucket n ends at its upper bound, which is LEAST times the n-th power of the step.
    bucket = math.log(value_ms / float(LEAST)) / math.log(STEP) + 1
    at = (bucket / JOINED_BUCKETS - first) / (last - first + 1) * 100
    return round(at, 2) if 0 <= at <= 100 else None


def _duration_words(ms: float) -> str:
    if ms >= 1000:
        return f"{ms / 1000:,.3g} s" if ms < 1e6 else f"{ms / 1000:,.0f} s"
    return f"{ms:.3g} ms"
