"""Charts: geometry that stays inside the drawing and says what the counts say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from reports.summaries.span import between, last
from reports.summaries.trends import Bin, Trend
from reports.web.charts import HEIGHT, describe, draw, draw_spark

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
