"""Charts: geometry that stays inside the drawing and says what the counts say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from reports.store.histograms import Histogram
from reports.summaries.span import between, last
from reports.summaries.topics import Quantiles
from reports.summaries.trends import Bin, Trend
from reports.web.charts import (
    HEIGHT,
    describe,
    describe_durations,
    draw,
    draw_durations,
    draw_spark,
)

NOW = datetime(2026, 11, 24, 14, 21, tzinfo=UTC)


def make_trend(*counts: dict[str, int]) -> Trend:
    span = last("24h", NOW)
    filled = [*counts, *([{}] * (24 - len(counts)))]
    bins = zip(span.bin_starts, filled, strict=True)
    return Trend(span, tuple(Bin(start, start + span.step, count) for start, count in bins))


def test_no_reports_draw_an_axis_and_no_bars() -> None:
    chart = draw(make_trend(), lambda each: "/")
    assert all(not bar.segments for bar in chart.bars)
    assert [row.text for row in chart.rows] == ["0", "1"]
    assert chart.looks == []
    assert describe(make_trend()) == "No reports."


@pytest.mark.parametrize("peak", [1, 2, 4, 9, 10, 11, 99, 412, 8_817, 10**9])
def test_bars_stay_in_the_plot_and_rows_are_few(peak: int) -> None:
    chart = draw(make_trend({"exc": peak // 2, "hard": peak - peak // 2}), lambda each: "/")
    heights = sum(part.height for part in chart.bars[0].segments)
    assert 0 < heights <= HEIGHT
    assert 2 <= len(chart.rows) <= 6
    assert int(chart.rows[-1].text.replace(",", "")) >= peak


def test_looks_are_stacked_without_gaps() -> None:
    chart = draw(make_trend({"exc": 3, "soft": 2, "robot": 5}), lambda each: "/")
    parts = chart.bars[0].segments
    assert [part.look for part in parts] == ["exc", "soft", "robot"]
    assert parts[0].y + parts[0].height == HEIGHT
    assert parts[1].y + parts[1].height == pytest.approx(parts[0].y, abs=0.02)


def test_each_bar_leads_to_its_own_time() -> None:
    chart = draw(make_trend({"exc": 1}), lambda each: f"/{each.start:%H%M}")
    assert len({bar.href for bar in chart.bars}) == 24


@pytest.mark.parametrize(
    "span",
    [
        *(last(name, NOW) for name in ("24h", "7d", "30d")),
        between(NOW, NOW),
        between(NOW - timedelta(hours=5), NOW),
        between(NOW - timedelta(days=400), NOW),
    ],
)
def test_columns_are_labelled_within_the_chart(span) -> None:
    bins = tuple(Bin(start, start + span.step) for start in span.bin_starts)
    columns = draw(Trend(span, bins), lambda each: "/").columns
    assert len(columns) <= 16
    assert all(0 <= column.at <= 100 for column in columns)


def test_a_spark_shows_a_single_report_beside_thousands() -> None:
    spark = draw_spark([1, 0, 100_000])
    assert spark.path.count("M") == 2
    assert [float(height) for height in re.findall(r"v-([\d.]+)", spark.path)] == [1.5, 17.0]


def test_a_spark_of_nothing_has_no_bars() -> None:
    assert draw_spark([]).path == draw_spark([0, 0]).path == ""


def make_histogram(*values_ms: float) -> Histogram:
    histogram = Histogram()
    for value in values_ms:
        histogram.add(value, "OOPS-1")
    return histogram


def test_no_durations_draw_nothing() -> None:
    chart = draw_durations(Histogram())
    assert (chart.bars, chart.rows, chart.columns, chart.marks) == ([], [], [], [])
    assert describe_durations(Quantiles()) == "No report says how long its request took."


@pytest.mark.parametrize(
    "values", [(0,), (0.01,), (250,), (9000, 9001), (1, 10, 1e4), (0.1, 1e9), (5e12, 3), (1e300,)]
)
def test_bars_of_durations_hold_all_values_and_stay_in_the_plot(values: tuple[float, ...]) -> None:
    chart = draw_durations(make_histogram(*values))
    assert sum(bar.count for bar in chart.bars) == len(values)
    assert all(0 <= bar.x < chart.bar_count and 0 <= bar.y <= HEIGHT for bar in chart.bars)
    assert all(0 <= tick.at <= 100 for tick in (*chart.columns, *chart.marks))
    for value in values:
        assert any(
            bar.lower_ms < value <= bar.upper_ms or value == bar.lower_ms == 0 for bar in chart.bars
        )


def test_a_mark_lies_over_the_bar_that_holds_its_value() -> None:
    chart = draw_durations(make_histogram(*[200] * 9, 9000))
    median = next(mark for mark in chart.marks if mark.text == "median")
    first = chart.bars[0]
    assert first.x - 0.1 <= median.at / 100 * chart.bar_count <= first.x + 1
    assert [tick.text for tick in chart.columns] == [
        "200 ms",
        "500 ms",
        "1 s",
        "2 s",
        "5 s",
        "10 s",
    ]
