"""Histograms: they add up in any order, and a quantile is off by at most five per cent."""

from __future__ import annotations

import math
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reports.store.histograms import BUCKETS, Histogram, bounds_of, bucket_of
from reports.store.measures import (
    Measure,
    add_up,
    fold_to_hours,
    merge_days,
    pack_day,
    pack_measure,
    unpack_day,
    unpack_measure,
)

values = some.floats(min_value=0, max_value=1e9)
ids = some.text(min_size=1, max_size=40) | some.from_regex(r"OOPS-[0-9a-f]{32}", fullmatch=True)
durations = some.none() | some.floats(allow_nan=True, allow_infinity=True)
reports = some.tuples(durations, some.integers(0, 2**31 - 1), ids)


def histogram_of(entries: list[tuple[float, str]]) -> Histogram:
    histogram = Histogram()
    for value, oops_id in entries:
        histogram.add(value, oops_id)
    return histogram


def joined(*histograms: Histogram) -> Histogram:
    total = Histogram()
    for each in histograms:
        total.merge(each)
    return total


def day_of(entries: list[tuple[int, tuple[float | None, int, str]]]) -> dict[int, Measure]:
    day: dict[int, Measure] = {}
    for quarter, report in entries:
        day.setdefault(quarter, Measure()).add(*report)
    return day


entries = some.lists(some.tuples(values, ids), max_size=30)
days = some.lists(some.tuples(some.integers(0, 95), reports), max_size=30).map(day_of)


@given(entries, entries, entries)
def test_it_does_not_matter_in_which_order_histograms_are_added(a, b, c):
    whole = histogram_of(a + b + c)
    first, second, third = map(histogram_of, (a, b, c))
    assert joined(first, second, third) == whole
    assert joined(third, first, second) == whole
    assert joined(first, joined(second, third)) == whole


@given(some.lists(values, min_size=1, max_size=200), some.floats(0, 1))
def test_a_quantile_is_off_by_at_most_five_per_cent(some_values, share):
    found = histogram_of([(value, "x") for value in some_values]).quantile(share)
    rank = max(1, math.ceil(share * len(some_values) - 1e-9))
    exact = sorted(some_values)[rank - 1]
    assert found is not None
    assert abs(found - exact) <= max(0.1, exact * 0.05)


@pytest.mark.parametrize("count", range(11))
def test_small_whole_numbers_are_exact(count):
    histogram = histogram_of([(count, "a"), (1000, "b")])
    assert round(histogram.quantile(0.5)) == count


def test_the_worst_is_kept_as_it_was_with_its_id():
    histogram = histogram_of([(9031.25, "OOPS-b"), (12.0, "OOPS-c"), (9031.25, "OOPS-a")])
    assert histogram.worst == (9031.25, "OOPS-a")
    assert histogram.quantile(1) <= 9031.25


def test_an_empty_histogram_has_no_quantile():
    assert Histogram().quantile(0.5) is None
    assert Histogram().total == 0


@pytest.mark.parametrize("value", [0, 0.05, 0.1, 0.2, 17, 9000, 1e9, 1e300])
def test_a_value_lies_within_the_bounds_of_its_bucket(value):
    bucket = bucket_of(value)
    assert 0 <= bucket < BUCKETS
    lower, upper = bounds_of(bucket)
    assert value == 0 or lower < value <= upper


@given(days)
def test_a_packed_day_is_the_same_day(day):
    assert unpack_day(pack_day(day)) == day
    assert unpack_measure(pack_measure(add_up(day))) == add_up(day)


@given(days, days)
def test_days_are_added_whether_packed_or_not(one, other):
    expected = deepcopy(one)
    merge_days(expected, other)
    found = unpack_day(pack_day(one))
    merge_days(found, unpack_day(pack_day(other)))
    assert found == expected


@given(days)
def test_folding_to_hours_changes_no_sum(day):
    folded = fold_to_hours(deepcopy(day))
    assert all(quarter % 4 == 0 for quarter in folded)
    assert add_up(folded) == add_up(day)
    assert fold_to_hours(deepcopy(folded)) == folded


def test_durations_that_are_no_number_and_reports_without_statements_are_left_out():
    measure = Measure()
    for duration in (math.nan, math.inf, None):
        measure.add(duration, 0, "x")
    measure.add(-5.0, 3, "y")
    assert (measure.durations.total, measure.statements.total) == (1, 1)
    assert measure.durations.worst == (0.0, "y")


def test_a_quarter_hour_with_one_usual_report_takes_few_bytes():
    day = day_of([(40, (250.0, 31, "OOPS-" + "0f" * 16))])
    assert len(pack_day(day)) <= 36
