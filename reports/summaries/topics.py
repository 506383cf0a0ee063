"""Topics: how long their requests took, how many statements they ran, what stopped them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from django.db.models import Count, Max, QuerySet, Sum

from reports.models import Problem, Topic, TopicCount, TopicMeasure
from reports.store.histograms import Histogram, Worst
from reports.store.measures import Measure, merge_packed, unpack_day
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import DAY, QUARTER, Span

MAX_STATEMENTS = 20
MAX_PROBLEMS = 20

Kind = Literal["durations", "statements"]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Where the middle and the slow end of some values lie, within 5 %, and the exact worst."""

    count: int = 0
    median: float | None = None
    p95: float | None = None
    p99: float | None = None
    worst: Worst | None = None


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in a list, over the days of a span."""

    topic: Topic
    count: int
    problems: int
    durations: Quantiles
    statements: Quantiles


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Time outs whose most expensive statement has one shape."""

    statement: str
    count: int
    problem: Problem
    """The one of them with most reports."""


@dataclass(frozen=True, slots=True)
class ActiveProblem:
    """A problem with its reports under a topic."""

    problem: Problem
    count: int


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """All that a topic's page shows."""

    topic: Topic
    span: Span
    durations: Quantiles
    statements: Quantiles
    histogram: Histogram
    """Of durations, in ms."""
    count: int
    """Reports on the span's days."""
    by_look: Sequence[tuple[str, int]]
    """Reports by the look of their problem's class, most first."""
    problems: Sequence[ActiveProblem]
    problem_count: int
    time_outs: Sequence[TimedOut]


def list_topics(
    span: Span, limit: int, *, offset: int = 0, scope: Scope = EVERYTHING
) -> list[TopicLine]:
    """Topics with reports on the span's days, those with most reports first."""
    counts = (
        _counts_of(span, scope)
        .values_list("topic")
        .annotate(n=Sum("count"), problems=Count("signature__problem", distinct=True))
        .order_by("-n", "topic")[offset : offset + limit]
    )
    rows = list(counts)
    topics = Topic.objects.in_bulk([number for number, _, _ in rows])
    measures = _read_whole_days([number for number, _, _ in rows], *span.days, scope)
    return [
        TopicLine(
            topics[number],
            count,
            problems,
            _quantiles(measures[number].durations),
            _quantiles(measures[number].statements),
        )
        for number, count, problems in rows
        if number in topics
    ]


def read_topic(topic: Topic, span: Span, *, scope: Scope = EVERYTHING) -> TopicFigures:
    """One topic's figures. Durations are of the span, reports of the UTC days that it touches."""
    measure = measure_topics([topic.pk], span, scope=scope)[topic.pk]
    counts = dict(
        _counts_of(span, scope)
        .filter(topic=topic)
        .values_list("signature__problem")
        .annotate(n=Sum("count"))
        .order_by("-n", "signature__problem")
    )
    problems = Problem.objects.select_related("classification").in_bulk(counts.keys())
    by_look: Counter[str] = Counter()
    for number, count in counts.items():
        by_look[problems[number].classification.look] += count
    active = [ActiveProblem(problems[number], count) for number, count in counts.items()]
    return TopicFigures(
        topic=topic,
        span=span,
        durations=_quantiles(measure.durations),
        statements=_quantiles(measure.statements),
        histogram=measure.durations,
        count=sum(counts.values()),
        by_look=by_look.most_common(),
        problems=active[:MAX_PROBLEMS],
        problem_count=len(active),
        time_outs=time_outs_by_statement(span, MAX_STATEMENTS, topic=topic, scope=scope),
    )


def time_outs_by_statement(
    span: Span, limit: int, *, topic: Topic | None = None, scope: Scope = EVERYTHING
) -> list[TimedOut]:
    """Time outs on the span's days by their most expensive statement, those with most first."""
    counts = _counts_of(span, scope).exclude(signature__statement="")
    if topic is not None:
        counts = counts.filter(topic=topic)
    rows = counts.values_list("signature__statement", "signature__problem").annotate(n=Sum("count"))
    totals: Counter[str] = Counter()
    biggest: dict[str, tuple[int, int]] = {}
    for statement, problem_id, count in rows.order_by():
        totals[statement] += count
        biggest[statement] = max(biggest.get(statement, (0, 0)), (count, -problem_id))
    chosen = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]
    problems = Problem.objects.select_related("classification").in_bulk(
        [-biggest[statement][1] for statement, _ in chosen]
    )
    return [
        TimedOut(statement, count, problems[-biggest[statement][1]]) for statement, count in chosen
    ]


def worst_topics(
    kind: Kind, span: Span, limit: int, *, scope: Scope = EVERYTHING
) -> list[tuple[Topic, Worst]]:
    """Topics by their longest request, or by the most statements of one, in exactly the span.

    Rows know the worst of their day; only topics that may be among the first are looked into.
    """
    column = "longest_ms" if kind == "durations" else "most_statements"
    rows = _measures_of(span, scope).values_list("topic").annotate(worst=Max(column))
    by_row = {number: worst or 0 for number, worst in rows.order_by()}
    found: list[tuple[int, Worst]] = []
    candidates = sorted(by_row, key=lambda number: (-by_row[number], number))
    for place in range(0, len(candidates), limit):
        if len(found) == limit and found[-1][1].value > by_row[candidates[place]]:
            break
        measures = measure_topics(candidates[place : place + limit], span, scope=scope)
        for number, measure in measures.items():
            if (worst := getattr(measure, kind).worst) is not None:
                found.append((number, worst))
        found = sorted(found, key=lambda item: (-item[1].value, item[0]))[:limit]
    topics = Topic.objects.in_bulk([number for number, _ in found])
    return [(topics[number], worst) for number, worst in found]


def measure_topics(
    topic_ids: Collection[int], span: Span, *, scope: Scope = EVERYTHING
) -> dict[int, Measure]:
    """Each topic's durations and statements in exactly the span, as far as quarters are kept.

    Whole days are read as one; only the days in which the span begins and ends are
    looked at by quarter hour.
    """
    first, last = span.days
    edges = {day for day in (first, last) if not _is_whole(day, span)}
    whole_first = first + timedelta(days=first in edges)
    whole_last = last - timedelta(days=last in edges)
    measures = _read_whole_days(topic_ids, whole_first, whole_last, scope)
    rows = scope.of_day_counts(
        TopicMeasure.objects.filter(topic__in=list(topic_ids), day__in=edges)
    )
    for number, day, packed in rows.values_list("topic", "day", "content"):
        for quarter, measure in unpack_day(bytes(packed)).items():
            if span.holds(_midnight(day) + quarter * QUARTER):
                measures[number].merge(measure)
    return {number: measures[number] for number in topic_ids}


def _read_whole_days(
    topic_ids: Collection[int], first: date, last: date, scope: Scope
) -> defaultdict[int, Measure]:
    measures: defaultdict[int, Measure] = defaultdict(Measure)
    rows = TopicMeasure.objects.filter(topic__in=list(topic_ids), day__gte=first, day__lte=last)
    for number, packed in scope.of_day_counts(rows).values_list("topic", "whole"):
        merge_packed(measures[number], bytes(packed))
    return measures


def _is_whole(day: date, span: Span) -> bool:
    return span.start <= _midnight(day) and _midnight(day) + DAY <= span.end


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _counts_of(span: Span, scope: Scope) -> QuerySet[TopicCount]:
    first, last = span.days
    return scope.of_day_counts(TopicCount.objects.filter(day__gte=first, day__lte=last))


def _measures_of(span: Span, scope: Scope) -> QuerySet[TopicMeasure]:
    first, last = span.days
    return scope.of_day_counts(TopicMeasure.objects.filter(day__gte=first, day__lte=last))


def _quantiles(histogram: Histogram) -> Quantiles:
    return Quantiles(
        histogram.total,
        histogram.quantile(0.5),
        histogram.quantile(0.95),
        histogram.quantile(0.99),
        histogram.worst,
    )
