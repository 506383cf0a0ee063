"""The overview's words about more and less must be honest, and its sums equal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.summaries.overview import Comparison, is_store_empty, read_overview
from reports.summaries.scope import Scope
from reports.summaries.span import last
from tests.making import make_report_dict, take_in


@pytest.mark.parametrize(
    ("now", "before", "is_comparable", "verdict"),
    [
        (400, 0, False, "unknown"),
        (0, 0, True, "silent"),
        (0, 9, True, "silent"),
        (9, 0, True, "started"),
        (4, 4, True, "few"),
        (400, 4, True, "few"),
        (4, 400, True, "few"),
        (100, 95, True, "same"),
        (200, 100, True, "more"),
        (50, 100, True, "fewer"),
    ],
)
def test_two_spans_are_compared_in_honest_words(
    now: int, before: int, is_comparable: bool, verdict: str
) -> None:
    assert Comparison(now, before, is_comparable).verdict == verdict


@pytest.mark.django_db
def test_an_empty_store_is_empty_until_the_first_report() -> None:
    assert is_store_empty()
    take_in(make_report_dict())
    assert not is_store_empty()


@pytest.mark.django_db
def test_all_parts_of_the_overview_add_up_to_the_same_total() -> None:
    now = datetime.now(UTC)
    ages = [timedelta(minutes=5), timedelta(hours=2), timedelta(hours=30), timedelta(days=3)]
    take_in(
        *(make_report_dict(time=now - age) for age in ages),
        make_report_dict(type="TimeoutError", value="statement timeout"),
        make_report_dict(type="NotFound", value="nothing here", tb_text=None),
    )
    found = read_overview(last("24h", now))
    assert found.trend.total == 4
    assert sum(found.trend.by_look.values()) == 4
    assert sum(share.count for share in found.shares) == 4
    assert sum(each.count for each in (*found.biggest, *found.time_outs)) == 4
    assert found.comparison.before == 1
    assert found.account.is_balanced
    assert found.account.stored == 6
    assert [each.problem.type for each in found.time_outs] == ["TimeoutError"]


@pytest.mark.django_db
def test_a_store_younger_than_the_span_before_is_not_compared() -> None:
    take_in(make_report_dict(time=datetime.now(UTC) - timedelta(hours=30)), make_report_dict())
    assert read_overview(last("24h", datetime.now(UTC))).comparison.verdict == "unknown"


@pytest.mark.django_db
def test_a_scope_of_no_instance_sees_nothing() -> None:
    take_in(make_report_dict())
    found = read_overview(last("24h", datetime.now(UTC)), scope=Scope(frozenset()))
    assert found.trend.total == 0
    assert not found.newest
    assert not found.biggest
