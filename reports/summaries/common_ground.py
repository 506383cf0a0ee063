"""What a problem's reports have in common, against all other reports of the time.

Compared are whole days in UTC: by day it is known how many of all reports have a
value, so that nothing needs to be added up but the problem's own counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db.models import Q, Sum

from reports.models import AttributeCount, Facet, Reporter, SignatureCount, TopicCount
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import DAY, Span

MAX_LINES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One value of one attribute, and how much of both sides has it."""

    attribute: str
    value: str
    these: int
    share: float
    """Of the problem's reports, 0 to 1."""
    share_of_others: float | None
    """Of all other reports; None where there are none."""

    @property
    def lift(self) -> float | None:
        """How many times as usual here as elsewhere; None where it can't be said."""
        return self.share / self.share_of_others if self.share_of_others else None

    @property
    def share_percent(self) -> str:
        """0 to 100, for drawing."""
        return f"{self.share * 100:.1f}"

    @property
    def others_percent(self) -> str:
        """0 to 100, for drawing."""
        return f"{(self.share_of_others or 0.0) * 100:.1f}"

    @property
    def edge(self) -> float:
        """By how much this tells the problem apart: 0 where both sides are alike."""
        return abs(self.share - (self.share_of_others or 0.0))


@dataclass(frozen=True, slots=True)
class CommonGround:
    """Lines of what stands out first."""

    lines: Sequence[Line]
    total: int
    others: int

    @property
    def shared_by_all(self) -> Sequence[Line]:
        """What every report has and most others have not."""
        return [
            line
            for line in self.lines
            if line.share == 1 and line.share_of_others is not None and line.share_of_others < 0.5
        ]


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One value of one attribute: what people read, and by what it is counted."""

    attribute: str
    words: str
    number: str


def find_common_ground(problem_id: int, span: Span, *, scope: Scope = EVERYTHING) -> CommonGround:
    """The commonest value of each attribute among the problem's reports on the span's days."""
    these = _count_facets(problem_id, span, scope)
    commonest = _find_commonest(_count_values(these))
    total = these.total()
    by_reporter = _count_reporters(span, scope)
    everything = sum(count for count, _ in by_reporter.values())
    all_with = _count_everywhere([value for value, _ in commonest], by_reporter, span, scope)
    others = max(0, everything - total)
    lines = [
        Line(
            value.attribute,
            value.words,
            count,
            count / total,
            max(0, all_with[value] - count) / others if others else None,
        )
        for value, count in commonest
    ]
    if _is_alike(lines):
        lines = [line for line in lines if line.attribute != "reporter"]
    lines.sort(key=lambda line: -line.edge)
    return CommonGround(lines[:MAX_LINES], total, others)


def _count_facets(problem_id: int, span: Span, scope: Scope) -> Counter[int]:
    first, last = span.days
    counts = SignatureCount.objects.filter(
        signature__problem=problem_id,
        quarter__gte=datetime.combine(first, time(), UTC),
        quarter__lt=datetime.combine(last, time(), UTC) + DAY,
    )
    rows = scope.of_signature_counts(counts).values_list("facet").annotate(n=Sum("count"))
    return Counter({facet: count for facet, count in rows.order_by() if count})


def _count_values(counts: Counter[int]) -> Counter[Value]:
    related = ("reporter__instance", "topic", "revision")
    facets = Facet.objects.select_related(*related).in_bulk(counts.keys())
    totals: Counter[Value] = Counter()
    for number, count in counts.items():
        for value in _values_of(facets[number]) if number in facets else ():
            totals[value] += count
    return totals


def _values_of(facet: Facet) -> Sequence[Value]:
    link = "from the site itself" if facet.is_local_referrer else "from elsewhere, or none"
    return (
        Value("revision", str(facet.revision), str(facet.revision_id)),
        Value("instance", str(facet.reporter.instance), str(facet.reporter.instance_id)),
        Value("reporter", str(facet.reporter), str(facet.reporter_id)),
        Value("topic", str(facet.topic), str(facet.topic_id)),
        Value("method", facet.http_method or "none", facet.http_method),
        Value("client", "robot" if facet.is_robot else "no robot", _word(facet.is_robot)),
        Value("link", link, _word(facet.is_local_referrer)),
    )


def _word(flag: bool) -> str:
    """As PostgreSQL writes it."""
    return "true" if flag else "false"


def _find_commonest(totals: Counter[Value]) -> list[tuple[Value, int]]:
    """One value for each attribute."""
    found: dict[str, tuple[Value, int]] = {}
    for value, count in totals.most_common():
        found.setdefault(value.attribute, (value, count))
    return list(found.values())


def _count_reporters(span: Span, scope: Scope) -> dict[int, tuple[int, int]]:
    """All reports of each reporter, and its instance. Every report has one kind of client."""
    first, last = span.days
    rows = scope.of_day_counts(
        AttributeCount.objects.filter(
            attribute=AttributeCount.Attribute.CLIENT,
            value__in=("true", "false"),
            day__gte=first,
            day__lte=last,
        )
    )
    counts = dict(rows.values_list("reporter").annotate(n=Sum("count")).order_by())
    instances = Reporter.objects.filter(pk__in=counts).values_list("pk", "instance_id")
    return {number: (counts[number], instance) for number, instance in instances}


def _count_everywhere(
    values: Sequence[Value], by_reporter: Mapping[int, tuple[int, int]], span: Span, scope: Scope
) -> Counter[Value]:
    """How many of all reports have each of the values."""
    first, last = span.days
    found: Counter[Value] = Counter()
    of_attributes = Q()
    for value in values:
        if value.attribute == "reporter":
            found[value] = by_reporter.get(int(value.number), (0, 0))[0]
        elif value.attribute == "instance":
            found[value] = sum(n for n, owner in by_reporter.values() if str(owner) == value.number)
        elif value.attribute == "topic":
            of_topic = TopicCount.objects.filter(
                topic=int(value.number), day__gte=first, day__lte=last
            )
            found[value] = scope.of_day_counts(of_topic).aggregate(n=Sum("count"))["n"] or 0
        else:
            of_attributes |= Q(attribute=value.attribute, value=value.number)
    if of_attributes:
        rows = AttributeCount.objects.filter(of_attributes, day__gte=first, day__lte=last)
        counted = scope.of_day_counts(rows).values_list("attribute", "value")
        numbers = {(value.attribute, value.number): value for value in values}
        for attribute, number, count in counted.annotate(n=Sum("count")).order_by():
            found[numbers[attribute, number]] = count
    return found


def _is_alike(lines: Sequence[Line]) -> bool:
    """Whether the reporter says nothing beyond its instance."""
    by_name = {line.attribute: line for line in lines}
    return {"reporter", "instance"} <= by_name.keys() and (
        by_name["reporter"].value == by_name["instance"].value
    )
