"""How many reports, bin by bin: what charts draw."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import DateTimeField, F, Func, QuerySet, Sum, Value

from reports.models import ClassCount, Classification, SignatureCount, TopicCount
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import Span

LOOKS: tuple[tuple[str, str], ...] = tuple(Classification.Look.choices)
"""Look and its words, in the order in which charts stack them."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Reports that happened from `start` up to `end`, by the look of their class."""

    start: datetime
    end: datetime
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Of all looks."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Trend:
    """A span's bins, the oldest first, with none left out."""

    span: Span
    bins: tuple[Bin, ...]

    @cached_property
    def total(self) -> int:
        """Reports in the whole span."""
        return sum(each.total for each in self.bins)

    @cached_property
    def by_look(self) -> Counter[str]:
        """Reports in the whole span by look."""
        return sum((Counter(each.counts) for each in self.bins), Counter())


def trend_of_all(span: Span, *, scope: Scope = EVERYTHING) -> Trend:
    """Every report of the span, by when it happened."""
    counts = ClassCount.objects.filter(quarter__gte=span.start, quarter__lt=span.end)
    return _read_trend(scope.of_class_counts(counts), span, "classification__look")


def trend_of_problem(problem_id: int, span: Span, *, scope: Scope = EVERYTHING) -> Trend:
    """One problem's reports in the span, by when they happened."""
    counts = SignatureCount.objects.filter(
        signature__problem=problem_id,
        quarter__gte=span.start,
        quarter__lt=span.end,
    )
    return _read_trend(scope.of_signature_counts(counts), span, "facet__classification__look")


def trends_of_problems(
    problem_ids: Collection[int],
    span: Span,
    *,
    reporters: Mapping[str, Any] | None = None,
    scope: Scope = EVERYTHING,
) -> dict[int, list[int]]:
    """Each problem's reports bin by bin, in one query. `reporters` narrows them by fields
    of a reporter. Bins of whole days are read from counts by day, of which there are far fewer."""
    counts = _counts_by_day if span.is_of_whole_days else _counts_by_quarter
    rows = counts(problem_ids, span, reporters or {}, scope)
    places = {start: place for place, start in enumerate(span.bin_starts)}
    series = {number: [0] * len(places) for number in problem_ids}
    for problem_id, start, count in rows:
        series[problem_id][places[start]] += count
    return series


def _counts_by_quarter(
    problem_ids: Collection[int], span: Span, reporters: Mapping[str, Any], scope: Scope
) -> Iterable[tuple[int, datetime, int]]:
    counts = SignatureCount.objects.filter(
        signature__problem__in=list(problem_ids),
        quarter__gte=span.start,
        quarter__lt=span.end,
        **{f"facet__reporter__{field}": value for field, value in reporters.items()},
    )
    return (
        scope.of_signature_counts(counts)
        .values_list("signature__problem", bin_of(span))
        .annotate(n=Sum("count"))
        .order_by()
    )


def _counts_by_day(
    problem_ids: Collection[int], span: Span, reporters: Mapping[str, Any], scope: Scope
) -> Iterable[tuple[int, datetime, int]]:
    first, last = span.days
    counts = TopicCount.objects.filter(
        signature__problem__in=list(problem_ids),
        day__gte=first,
        day__lte=last,
        **{f"reporter__{field}": value for field, value in reporters.items()},
    )
    rows = (
        scope.of_day_counts(counts)
        .values_list("signature__problem", "day")
        .annotate(n=Sum("count"))
        .order_by()
    )
    for problem_id, day, count in rows:
        moment = datetime.combine(day, time(), UTC)
        yield problem_id, span.start + (moment - span.start) // span.step * span.step, count


def bin_of(span: Span) -> Func:
    """The start of the bin that holds a count's quarter hour, for the database to say."""
    step: Value = Value(span.step)
    return Func(
        step,
        F("quarter"),
        Value(span.start, output_field=DateTimeField()),
        function="date_bin",
        output_field=DateTimeField(),
    )


def _read_trend(counts: QuerySet[Any], span: Span, look: str) -> Trend:
    found: dict[datetime, Counter[str]] = defaultdict(Counter)
    rows = counts.values_list(bin_of(span), look).annotate(n=Sum("count")).order_by()
    for start, name, count in rows:
        found[start][name] += count
    return Trend(
        span, tuple(_make_bin(start, span.step, found[start]) for start in span.bin_starts)
    )


def _make_bin(start: datetime, step: timedelta, counts: Mapping[str, int]) -> Bin:
    return Bin(start, start + step, counts)
