"""What a problem's reports have in common, against all other reports of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from reports.models import Facet, SignatureCount
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import Span

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


def find_common_ground(problem_id: int, span: Span, *, scope: Scope = EVERYTHING) -> CommonGround:
    """The commonest value of each attribute among the problem's reports in the span."""
    these = _count_facets(span, scope, signature__problem=problem_id)
    everything = _count_facets(span, scope)
    others = everything - these
    facets = _read_facets(these.keys() | others.keys())
    return CommonGround(
        lines=_compare(_by_attribute(these, facets), _by_attribute(others, facets)),
        total=these.total(),
        others=others.total(),
    )


def _count_facets(span: Span, scope: Scope, **wanted: int) -> Counter[int]:
    counts = SignatureCount.objects.filter(quarter__gte=span.start, quarter__lt=span.end, **wanted)
    rows = scope.of_signature_counts(counts).values_list("facet").annotate(n=Sum("count"))
    return Counter(dict(rows.order_by()))


def _read_facets(numbers: set[int]) -> Mapping[int, Facet]:
    related = ("reporter__instance", "topic", "revision")
    return Facet.objects.select_related(*related).in_bulk(numbers)


def _by_attribute(counts: Counter[int], facets: Mapping[int, Facet]) -> dict[str, Counter[str]]:
    totals: dict[str, Counter[str]] = {}
    for number, count in counts.items():
        facet = facets.get(number)
        for attribute, value in _attributes_of(facet) if facet else ():
            totals.setdefault(attribute, Counter())[value] += count
    return totals


def _attributes_of(facet: Facet) -> Sequence[tuple[str, str]]:
    return (
        ("revision", str(facet.revision)),
        ("instance", str(facet.reporter.instance)),
        ("reporter", str(facet.reporter)),
        ("topic", str(facet.topic)),
        ("method", facet.http_method or "none"),
        ("client", "robot" if facet.is_robot else "no robot"),
        ("link", "from the site itself" if facet.is_local_referrer else "from elsewhere, or none"),
    )


def _compare(these: Mapping[str, Counter[str]], others: Mapping[str, Counter[str]]) -> list[Line]:
    lines = []
    for attribute, values in these.items():
        value, count = values.most_common(1)[0]
        elsewhere = others.get(attribute, Counter())
        share_of_others = elsewhere[value] / elsewhere.total() if elsewhere else None
        lines.append(Line(attribute, value, count, count / values.total(), share_of_others))
    if _is_alike(lines):
        lines = [line for line in lines if line.attribute != "reporter"]
    return sorted(lines, key=lambda line: -line.edge)[:MAX_LINES]


def _is_alike(lines: Sequence[Line]) -> bool:
    """Whether the reporter says nothing beyond its instance."""
    by_name = {line.attribute: line for line in lines}
    return {"reporter", "instance"} <= by_name.keys() and (
        by_name["reporter"].value == by_name["instance"].value
    )
