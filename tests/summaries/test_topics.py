"""Durations, statements, time-outs and people, as pages and mails ask for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.models import Classification, Instance, Problem, Topic
from reports.store.folding import fold_counts
from reports.store.measuring import settle_facts
from reports.summaries.common_ground import find_common_ground
from reports.summaries.people import People, people_of_classes, people_of_problems
from reports.summaries.scope import Scope
from reports.summaries.span import between, last
from reports.summaries.topics import (
    list_topics,
    measure_topics,
    time_outs_by_statement,
    worst_topics,
)
from tests.making import make_report_dict, take_in

pytestmark = pytest.mark.django_db

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
DAY = timedelta(days=1)


def scope_of(name: str) -> Scope:
    return Scope(frozenset({Instance.objects.get(name=name).pk}))


@pytest.mark.parametrize(
    ("start", "end", "total"),
    [
        (NOON, NOON + DAY, 3),
        (NOON + timedelta(minutes=15), NOON + DAY, 2),
        (NOON, NOON + timedelta(minutes=30), 2),
        (NOON - timedelta(hours=5, minutes=30), NOON + timedelta(hours=18, minutes=30), 3),
        (NOON - DAY, NOON, 0),
        (NOON - 3 * DAY, NOON + 2 * DAY, 4),
    ],
)
def test_durations_are_those_of_the_span_to_the_quarter_hour(start, end, total):
    minutes = (0, 16, 40, 36 * 60)
    take_in(*(make_report_dict(time=NOON + timedelta(minutes=m)) for m in minutes))
    settle_facts()
    topic = Topic.objects.get()
    measure = measure_topics([topic.pk], between(start, end))[topic.pk]
    assert measure.durations.total == total
    assert measure.statements.total == total


def test_the_worst_topics_are_of_the_span_although_rows_are_of_the_day():
    take_in(
        make_report_dict(topic="A", duration=60, time=NOON - timedelta(hours=3)),
        make_report_dict(topic="A", duration=1, time=NOON),
        make_report_dict(topic="B", duration=2, time=NOON, id="OOPS-b"),
        make_report_dict(topic="C", duration=3, time=NOON, id="OOPS-c"),
    )
    settle_facts()
    span = between(NOON, NOON + timedelta(hours=1))
    found = worst_topics("durations", span, 2)
    assert [(topic.name, worst) for topic, worst in found] == [
        ("C", (3000.0, "OOPS-c")),
        ("B", (2000.0, "OOPS-b")),
    ]
    assert [topic.name for topic, _ in worst_topics("durations", span, 9)] == ["C", "B", "A"]


def test_the_most_statements_are_found_in_the_same_way():
    one = [0, 1, "SQL-main", "SELECT 1", ""]
    take_in(
        make_report_dict(topic="A", timeline=[one] * 4, id="OOPS-a", time=NOON),
        make_report_dict(topic="B", timeline=[one] * 9, id="OOPS-b", time=NOON),
    )
    settle_facts()
    found = worst_topics("statements", between(NOON, NOON + DAY), 1)
    assert [(topic.name, worst) for topic, worst in found] == [("B", (9, "OOPS-b"))]


def test_time_outs_are_counted_by_statement_over_all_topics():
    slow = [[0, 9000, "SQL-main", "SELECT * FROM basket WHERE owner = 7", ""]]
    take_in(
        *(make_report_dict(type="TimeoutError", topic=t, timeline=slow) for t in ("A", "A", "B")),
        make_report_dict(type="TimeoutError", timeline=None),
    )
    span = last("24h", datetime.now(UTC))
    (found,) = time_outs_by_statement(span, 10)
    assert (found.statement, found.count) == ("SELECT * FROM basket WHERE owner = $INT", 3)
    assert found.problem.count == 2
    (of_b,) = time_outs_by_statement(span, 10, topic=Topic.objects.get(name="B"))
    assert of_b.count == 1


def test_a_reader_of_one_instance_sees_its_figures_only():
    take_in(
        make_report_dict(reporter="EDGE", duration=1, username="Ann"),
        make_report_dict(reporter="PROD", duration=9, username="Bob"),
        make_report_dict(reporter="PROD", duration=9, username="Ann"),
    )
    settle_facts()
    span = last("24h", datetime.now(UTC))
    edge, problem = scope_of("EDGE"), Problem.objects.get()
    (line,) = list_topics(span, 10, scope=edge)
    assert (line.count, line.durations.worst.value) == (1, 1000.0)
    assert people_of_problems([problem.pk], span, scope=edge) == {problem.pk: People(1)}
    assert people_of_problems([problem.pk], span) == {problem.pk: People(2)}
    assert worst_topics("durations", span, 1, scope=edge)[0][1].value == 1000.0
    assert find_common_ground(problem.pk, span, scope=edge).total == 1


def test_people_of_several_days_and_signatures_are_counted_once():
    take_in(
        make_report_dict(username="Ann", time=NOON),
        make_report_dict(username="Ann", time=NOON + DAY),
        make_report_dict(username="Bob", time=NOON, type="OSError", value="disk full"),
    )
    settle_facts()
    first, second = Problem.objects.order_by("pk")
    second.signatures.update(problem=first)
    span = between(NOON - DAY, NOON + 2 * DAY)
    assert people_of_problems([first.pk, second.pk], span) == {
        first.pk: People(2),
        second.pk: People(0),
    }
    exceptions = Classification.objects.get(slug="exceptions")
    assert people_of_classes([exceptions.pk], span) == {exceptions.pk: People(2)}


def test_old_days_keep_their_figures_when_quarters_are_joined():
    old = NOON - 30 * DAY
    take_in(*(make_report_dict(time=old + timedelta(minutes=m), duration=m) for m in (1, 20, 50)))
    settle_facts()
    topic = Topic.objects.get()
    span = between(old, old + timedelta(hours=1))
    before = measure_topics([topic.pk], span)
    fold_counts()
    assert measure_topics([topic.pk], span) == before


def test_common_ground_counts_all_reports_of_the_days_and_not_those_of_others():
    take_in(
        make_report_dict(time=NOON),
        make_report_dict(time=NOON, type="OSError", value="disk full", topic="Other"),
        make_report_dict(time=NOON - 20 * DAY, type="OSError", value="disk full"),
    )
    problem = Problem.objects.get(type="KeyError")
    found = find_common_ground(problem.pk, between(NOON - DAY, NOON + DAY))
    assert (found.total, found.others) == (1, 1)
    topic = next(line for line in found.lines if line.attribute == "topic")
    assert (topic.value, topic.share, topic.share_of_others) == ("Basket:+index", 1, 0)
