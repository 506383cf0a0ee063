"""The list of problems: chosen, ordered, and cut into pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from reports.models import Problem, SignatureCount, Topic, TopicCount
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import Span

SORTS = {
    "last": "last_seen",
    "first": "first_seen",
    "count": "span_count",
    "ever": "count",
}
"""What the list can be sorted by, always from the greatest down, and the field that holds it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants of the list; empty means any."""

    text: str = ""
    classification: str = ""
    reporter: str = ""
    instance: str = ""
    is_in_span: bool = False
    """Only problems with reports in the span."""

    @property
    def is_empty(self) -> bool:
        """Whether it leaves nothing out."""
        return self == Filter()

    @property
    def of_reporters(self) -> dict[str, Any]:
        """The part that narrows counts, not only problems: fields of a reporter."""
        chosen = {"name": self.reporter, "instance__name": self.instance}
        return {field: value for field, value in chosen.items() if value}


def choose_problems(
    wanted: Filter, span: Span, sort: str, *, scope: Scope = EVERYTHING
) -> QuerySet[Problem]:
    """Problems that `wanted` lets through, unordered; `SORTS[sort]` is a field of each."""
    problems = scope.of_problems(Problem.objects.select_related("classification"))
    for word in wanted.text.split():
        problems = problems.filter(_holds(word))
    if wanted.classification:
        problems = problems.filter(classification__slug=wanted.classification)
    if wanted.of_reporters:
        problems = problems.filter(Exists(_counts_of_each(wanted)))
    if wanted.is_in_span:
        problems = problems.filter(
            Exists(
                _counts_of_each(wanted).filter(
                    quarter__gte=span.start, quarter__lt=span.end, count__gt=0
                )
            ),
            last_seen__gte=span.start,
        )
    if sort == "count":
        problems = problems.annotate(span_count=_count_in(span, wanted, scope))
    return problems


def _holds(word: str) -> Q:
    return (
        Q(title__icontains=word)
        | Q(type__icontains=word)
        | Q(value__icontains=word)
        | Q(culprit__icontains=word)
    )


def _counts_of_each(wanted: Filter) -> QuerySet[SignatureCount]:
    reporters = {f"facet__reporter__{name}": value for name, value in wanted.of_reporters.items()}
    return SignatureCount.objects.filter(signature__problem=OuterRef("pk"), **reporters)


def _count_in(span: Span, wanted: Filter, scope: Scope) -> Coalesce:
    counts = scope.of_signature_counts(_counts_of_each(wanted)).filter(
        quarter__gte=span.start, quarter__lt=span.end
    )
    summed = counts.order_by().values(owner=F("signature__problem")).annotate(n=Sum("count"))
    return Coalesce(Subquery(summed.values("n")), 0, output_field=BigIntegerField())


def topics_of(problem_ids: Sequence[int], span: Span) -> dict[int, Topic]:
    """The topic with most reports of each problem on the span's days."""
    first, last = span.days
    rows = (
        TopicCount.objects.filter(
            signature__problem__in=list(problem_ids), day__gte=first, day__lte=last
        )
        .values_list("signature__problem", "topic")
        .annotate(n=Sum("count"))
        .order_by("n", "-topic")
    )
    numbers = {problem_id: topic for problem_id, topic, _ in rows}
    topics = Topic.objects.in_bulk(set(numbers.values()))
    return {problem_id: topics[topic] for problem_id, topic in numbers.items()}
