"""The state of everything at one glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Sum

from reports.models import ClassCount, Classification, Problem
from reports.summaries.accounts import Account, accounts_since, add_up
from reports.summaries.people import NOBODY, People, people_of_classes
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import Span
from reports.summaries.top import Ranked, biggest_problems, count_new_problems, newest_problems
from reports.summaries.trends import Trend, trend_of_all

NEWEST = 6
BIGGEST = 10
TIME_OUTS = 6

FEW = 5
"""Below this many a ratio says nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Reports of a span against the same length of time before."""

    now: int
    before: int
    is_comparable: bool
    """False where the store does not reach back over the whole of the time before."""

    @property
    def ratio(self) -> float | None:
        """`now` over `before`; None where one of them is too small or there is no before."""
        if not self.is_comparable or self.before < FEW or self.now < FEW:
            return None
        return self.now / self.before

    @property
    def verdict(self) -> str:
        """`more`, `fewer`, `same` within a tenth, `few`, `silent`, `started` or `unknown`."""
        if not self.is_comparable:
            return "unknown"
        if self.now == 0:
            return "silent"
        if self.before == 0:
            return "started"
        ratio = self.ratio
        if ratio is None:
            return "few"
        return "same" if 0.9 <= ratio <= 1.1 else "more" if ratio > 1.1 else "fewer"


@dataclass(frozen=True, slots=True)
class ClassShare:
    """One classification's part of a span."""

    classification: Classification
    count: int
    share: float
    """0 to 1."""
    comparison: Comparison
    by_robots: int
    people: People = NOBODY
    """Different users on the span's days."""


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows."""

    span: Span
    trend: Trend
    comparison: Comparison
    shares: Sequence[ClassShare]
    new_count: int
    newest: Sequence[Ranked]
    biggest: Sequence[Ranked]
    time_outs: Sequence[Ranked]
    account: Account
    newest_report_at: datetime | None

    @property
    def leader(self) -> Ranked | None:
        """The problem with most reports, time-outs too."""
        firsts = [*self.biggest[:1], *self.time_outs[:1]]
        return max(firsts, key=lambda ranked: ranked.count, default=None)

    @property
    def leader_share(self) -> float:
        """Its part of all reports, 0 to 1."""
        return self.leader.count / max(self.trend.total, 1) if self.leader else 0.0


def is_store_empty() -> bool:
    """Whether nothing was ever stored."""
    return not Problem.objects.exists()


def read_overview(span: Span, *, scope: Scope = EVERYTHING) -> Overview:
    """Everything about `span`, in a fixed number of queries."""
    trend = trend_of_all(span, scope=scope)
    oldest_at = Problem.objects.aggregate(oldest=Min("first_seen"))["oldest"]
    is_comparable = oldest_at is not None and oldest_at <= span.before.start + span.step
    shares = _read_shares(span, is_comparable, scope)
    before = sum(share.comparison.before for share in shares)
    return Overview(
        span=span,
        trend=trend,
        comparison=Comparison(trend.total, before, is_comparable),
        shares=shares,
        new_count=count_new_problems(span, scope=scope),
        newest=newest_problems(span, NEWEST, scope=scope),
        biggest=biggest_problems(span, BIGGEST, time_outs=False, scope=scope),
        time_outs=biggest_problems(span, TIME_OUTS, time_outs=True, scope=scope),
        account=add_up(accounts_since(span.start)),
        newest_report_at=Problem.objects.order_by("-last_seen", "-id")
        .values_list("last_seen", flat=True)
        .first(),
    )


def _read_shares(span: Span, is_comparable: bool, scope: Scope) -> list[ClassShare]:
    """One for each classification that had reports now or before, the biggest first."""
    now, robots = _count_classes(span, scope)
    before, _ = _count_classes(span.before, scope)
    total = sum(now.values()) or 1
    people = people_of_classes(now.keys(), span, scope=scope)
    shares = [
        ClassShare(
            classification=each,
            count=now.get(each.pk, 0),
            share=now.get(each.pk, 0) / total,
            comparison=Comparison(now.get(each.pk, 0), before.get(each.pk, 0), is_comparable),
            by_robots=robots.get(each.pk, 0),
            people=people.get(each.pk, NOBODY),
        )
        for each in Classification.objects.all()
        if now.get(each.pk) or before.get(each.pk)
    ]
    return sorted(shares, key=lambda share: -share.count)


def _count_classes(span: Span, scope: Scope) -> tuple[dict[int, int], dict[int, int]]:
    """Reports by classification, and those of them that robots caused."""
    counts = ClassCount.objects.filter(quarter__gte=span.start, quarter__lt=span.end)
    rows = (
        scope.of_class_counts(counts)
        .values_list("classification", "is_robot")
        .annotate(n=Sum("count"))
        .order_by()
    )
    total: dict[int, int] = {}
    robots: dict[int, int] = {}
    for number, is_robot, count in rows:
        total[number] = total.get(number, 0) + count
        if is_robot:
            robots[number] = count
    return total, robots
