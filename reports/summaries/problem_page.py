"""One problem, and what its newest reports show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from reports.grouping import normalise_value
from reports.models import Problem, Signature, StoredReport
from reports.summaries.scope import EVERYTHING, Scope

SAMPLE = 100
"""Newest reports that shapes, values and addresses are counted in."""

MAX_LINES = 6


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the sample have one text, and one report to look at."""

    text: str
    count: int
    share: float
    example: StoredReport


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest reports of a problem, without their bodies."""

    reports: Sequence[StoredReport]
    shapes: Sequence[Tally]
    values: Sequence[Tally]
    urls: Sequence[Tally]
    url_count: int
    """How many different addresses there are; `urls` holds the commonest."""
    value_count: int
    people: int
    hosts: int

    @property
    def urls_left_out(self) -> int:
        """Different addresses that are not in `urls`."""
        return self.url_count - len(self.urls)

    @property
    def newest(self) -> StoredReport | None:
        """The one that happened last."""
        return self.reports[0] if self.reports else None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What comes before and after."""

    older: StoredReport | None
    newer: StoredReport | None


def signatures_of(problem: Problem) -> list[Signature]:
    """The problem's signatures, the one with most reports first."""
    return list(problem.signatures.order_by("-count", "id"))


def read_sample(
    problem: Problem, signatures: Sequence[Signature], *, scope: Scope = EVERYTHING
) -> Sample:
    """The newest `SAMPLE` reports and what is in them."""
    reports = list(
        reports_of(problem, [each.pk for each in signatures], scope=scope)
        .select_related("facet__reporter__instance", "facet__revision", "facet__topic")
        .order_by("-occurred_at", "-key")[:SAMPLE]
    )
    values = [report.value for report in reports]
    urls = [_without_query(report.url) for report in reports]
    return Sample(
        reports=reports,
        shapes=_tally([normalise_value(value) for value in values], reports),
        values=_tally(values, reports),
        urls=_tally(urls, reports),
        url_count=len(set(urls) - {""}),
        value_count=len(set(values)),
        people=len({report.username for report in reports} - {""}),
        hosts=len({report.hostname for report in reports} - {""}),
    )


def reports_of(
    problem: Problem, signature_ids: Sequence[int], *, scope: Scope = EVERYTHING
) -> QuerySet[StoredReport]:
    """The problem's reports without bodies; only days on which it was seen are looked at."""
    reports = StoredReport.objects.filter(
        signature__in=signature_ids,
        day__gte=problem.first_seen.date(),
        day__lte=problem.last_seen.date(),
    )
    return scope.of_reports(reports).defer("body")


def neighbours_of(
    stored: StoredReport, problem: Problem, *, scope: Scope = EVERYTHING
) -> Neighbours:
    """The reports of the same problem just before and just after this one."""
    numbers = list(problem.signatures.values_list("pk", flat=True))
    reports = reports_of(problem, numbers, scope=scope)
    same_time = Q(occurred_at=stored.occurred_at)
    older = reports.filter(day__lte=stored.day).filter(
        Q(occurred_at__lt=stored.occurred_at) | same_time & Q(key__lt=stored.key)
    )
    newer = reports.filter(day__gte=stored.day).filter(
        Q(occurred_at__gt=stored.occurred_at) | same_time & Q(key__gt=stored.key)
    )
    return Neighbours(
        older.order_by("-occurred_at", "-key").first(), newer.order_by("occurred_at", "key").first()
    )


def problems_beside(
    problem: Problem, *, scope: Scope = EVERYTHING
) -> tuple[Problem | None, Problem | None]:
    """The problems seen just before and just after this one, by their last report."""
    problems = scope.of_problems(Problem.objects.all())
    earlier = problems.filter(_is_before(problem.last_seen, problem.pk))
    later = problems.exclude(pk=problem.pk).exclude(_is_before(problem.last_seen, problem.pk))
    return (
        earlier.order_by("-last_seen", "-id").first(),
        later.order_by("last_seen", "id").first(),
    )


def _is_before(moment: datetime, number: int) -> Q:
    return Q(last_seen__lt=moment) | Q(last_seen=moment, pk__lt=number)


def _tally(texts: Sequence[str], reports: Sequence[StoredReport]) -> list[Tally]:
    counts = Counter(texts)
    examples = dict(zip(reversed(texts), reversed(reports), strict=True))
    return [
        Tally(text, count, count / len(texts), examples[text])
        for text, count in counts.most_common(MAX_LINES)
        if text
    ]


def _without_query(url: str) -> str:
    """The address without what follows `?` or `#`, so that like pages are counted together."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path
