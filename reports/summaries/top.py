"""The problems that matter in a span: the newest, and those with most reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from reports.models import Problem, SignatureCount
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import Span
from reports.summaries.trends import trends_of_problems


@dataclass(frozen=True, slots=True)
class Ranked:
    """A problem with its reports in a span, in all and bin by bin."""

    problem: Problem
    count: int
    series: Sequence[int]
    is_new: bool
    """Whether it was first seen in the span."""


def newest_problems(span: Span, limit: int, *, scope: Scope = EVERYTHING) -> list[Ranked]:
    """Problems first seen in the span, the newest first."""
    problems = Problem.objects.filter(first_seen__gte=span.start, first_seen__lt=span.end)
    newest = scope.of_problems(problems).select_related("classification")
    return rank(list(newest.order_by("-first_seen", "-id")[:limit]), span, scope=scope)


def count_new_problems(span: Span, *, scope: Scope = EVERYTHING) -> int:
    """How many problems were first seen in the span."""
    problems = Problem.objects.filter(first_seen__gte=span.start, first_seen__lt=span.end)
    return scope.of_problems(problems).count()


def biggest_problems(
    span: Span, limit: int, *, time_outs: bool, scope: Scope = EVERYTHING
) -> list[Ranked]:
    """Problems with most reports in the span: time-outs, or all others."""
    counts = _counts_of_active(span, scope).filter(
        signature__problem__classification__is_time_out=time_outs
    )
    rows = counts.values_list("signature__problem").annotate(n=Sum("count"))
    numbers = [number for number, _ in rows.order_by("-n", "signature__problem")[:limit]]
    found = Problem.objects.select_related("classification").in_bulk(numbers)
    return rank([found[number] for number in numbers], span, scope=scope)


def rank(problems: Sequence[Problem], span: Span, *, scope: Scope = EVERYTHING) -> list[Ranked]:
    """The same problems, with their counts in the span."""
    series = trends_of_problems([problem.pk for problem in problems], span, scope=scope)
    return [
        Ranked(
            problem=problem,
            count=sum(series[problem.pk]),
            series=series[problem.pk],
            is_new=span.holds(problem.first_seen),
        )
        for problem in problems
    ]


def _counts_of_active(span: Span, scope: Scope) -> QuerySet[SignatureCount]:
    # Counts are found by signature: leaving out what was last seen earlier spares most of them.
    counts = SignatureCount.objects.filter(
        signature__problem__last_seen__gte=span.start,
        quarter__gte=span.start,
        quarter__lt=span.end,
    )
    return scope.of_signature_counts(counts)
