"""Bins of whole days are read from other counts than bins of hours, and say the same."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from reports.models import Instance, Problem
from reports.store.folding import fold_counts
from reports.summaries.scope import Scope
from reports.summaries.span import between, last
from reports.summaries.trends import trend_of_problem, trends_of_problems
from tests.making import make_report_dict, take_in

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


def take_in_some() -> list[dict]:
    chance = random.Random(3)
    reports = [
        make_report_dict(
            reporter=chance.choice(["EDGE", "PROD"]),
            time=NOW - timedelta(minutes=chance.randint(0, 40 * 24 * 60)),
        )
        for _ in range(80)
    ]
    take_in(*reports)
    return reports


def test_a_month_by_day_is_what_happened_each_day():
    reports = take_in_some()
    problem, span = Problem.objects.get(), last("30d", NOW)
    assert span.is_of_whole_days
    days = Counter(report["time"].date() for report in reports)
    expected = [days[start.date()] for start in span.bin_starts]
    assert trends_of_problems([problem.pk], span) == {problem.pk: expected}
    assert [each.total for each in trend_of_problem(problem.pk, span).bins] == expected
    fold_counts()
    assert [each.total for each in trend_of_problem(problem.pk, span).bins] == expected


@pytest.mark.parametrize("name", ["7d", "30d"])
def test_a_reporter_and_an_instance_can_be_chosen(name):
    reports = take_in_some()
    problem, span = Problem.objects.get(), last(name, NOW)
    edge = Scope(frozenset({Instance.objects.get(name="EDGE").pk}))
    expected = sum(r["reporter"] == "EDGE" and span.holds(r["time"]) for r in reports)
    for wanted in (
        {"reporters": {"name": "EDGE"}},
        {"reporters": {"instance__name": "EDGE"}},
        {"scope": edge},
    ):
        assert sum(trends_of_problems([problem.pk], span, **wanted)[problem.pk]) == expected


def test_only_bins_of_whole_days_are_of_whole_days():
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    assert not last("24h", NOW).is_of_whole_days
    assert not last("7d", NOW).is_of_whole_days
    assert not between(midnight, midnight + timedelta(hours=30)).is_of_whole_days
