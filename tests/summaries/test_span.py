"""Spans: whole quarter hours, and bins that cover them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reports.summaries.span import MAX_BINS, between, last

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["24h", "7d", "30d"])
@pytest.mark.parametrize("now", [NOON, NOON + timedelta(minutes=14, seconds=59)])
def test_a_span_holds_the_present_moment(name: str, now: datetime) -> None:
    span = last(name, now)
    assert span.holds(now)
    assert not span.holds(span.end)
    assert span.bin_starts[0] == span.start
    assert span.bin_starts[-1] + span.step == span.end


def test_the_time_before_has_the_same_length_and_touches() -> None:
    span = last("7d", NOON)
    assert span.before.end == span.start
    assert span.before.end - span.before.start == span.end - span.start
    assert span.before.words == "the 7 days before"


def test_days_are_utc_days_for_a_reader_elsewhere_too() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=-3)))
    assert last("30d", late).end == datetime(2026, 11, 26, tzinfo=UTC)


def test_a_chosen_span_of_no_length_is_one_quarter_hour() -> None:
    span = between(NOON, NOON)
    assert (span.start, span.end) == (NOON, NOON + timedelta(minutes=15))


def test_a_chosen_span_of_years_has_few_enough_bins() -> None:
    span = between(NOON - timedelta(days=3650), NOON)
    assert len(span.bin_starts) <= MAX_BINS
    assert span.bin_starts[-1] < span.end <= span.bin_starts[-1] + span.step
