"""The list of problems, and one problem's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.models import Classification, Instance, Problem, Reporter
from reports.summaries.common_ground import find_common_ground
from reports.summaries.people import People, people_of_problems
from reports.summaries.problem_list import SORTS, choose_problems, topics_of
from reports.summaries.problem_page import Sample, problems_beside, read_sample, signatures_of
from reports.summaries.report_page import read_traceback
from reports.summaries.span import DAY, Span, between, last
from reports.summaries.trends import trend_of_problem, trends_of_problems
from reports.web.charts import describe, draw, draw_spark
from reports.web.forms import change_address, read_filter, read_sort, read_span, read_text
from reports.web.overview import link_to_bin
from reports.web.paging import Page, cut_page

SPANS = ("24h", "7d", "30d")

CHOICES = 200
"""Reporters and instances that the filter offers."""

NEWEST = 15
"""Reports that a problem's page lists."""

MAX_DAYS_OF_PEOPLE = 8
"""Over more days the list says nothing of people: joining a month of all took 0.14 s."""

MAX_NUMBER = 2**63 - 1


@require_safe
@login_required
def problem_list(request: HttpRequest) -> HttpResponse:
    """`?sort=`, `?span=` or `?from=&to=`, `?text=`, `?class=`, `?reporter=`, `?instance=`."""
    span = read_span(request.GET, "24h", SPANS)
    wanted = read_filter(request.GET)
    sort = read_sort(request.GET, "last")
    chosen = choose_problems(wanted, span, sort)
    page = cut_page(
        chosen,
        SORTS[sort],
        after=read_text(request.GET, "after"),
        before=read_text(request.GET, "before"),
    )
    return render(
        request,
        "reports/problem_list.html",
        {
            "lines": _make_lines(page, span, wanted.of_reporters),
            "total": chosen.count(),
            "wanted": wanted,
            "span": span,
            "sort": sort,
            "spans": SPANS,
            "next": page.next and change_address(request, after=page.next, before=None),
            "previous": page.previous and change_address(request, before=page.previous, after=None),
            "without_span": change_address(request, **{"from": None, "to": None, "after": None}),
            **_choices(),
        },
    )


@require_safe
@login_required
def problem(request: HttpRequest, number: int) -> HttpResponse:
    """One problem: what it is, since when, what its reports have in common."""
    if number > MAX_NUMBER:
        number = 0
    found = get_object_or_404(Problem.objects.select_related("classification"), pk=number)
    span = read_span(request.GET, "30d", SPANS)
    signatures = signatures_of(found)
    sample = read_sample(found, signatures)
    older, newer = problems_beside(found)
    trend = trend_of_problem(found.pk, span)
    return render(
        request,
        "reports/problem.html",
        {
            "problem": found,
            "span": span,
            "spans": SPANS,
            "trend": trend,
            "chart": draw(trend, link_to_bin, height=120),
            "chart_words": describe(trend),
            "signatures": signatures,
            "sample": sample,
            "newest": sample.reports[:NEWEST],
            "people": _at_most(_people_of(found, span, sample), trend.total),
            "common": find_common_ground(found.pk, _recent(found)),
            "traceback": read_traceback(sample.newest) if sample.newest else None,
            "older": older,
            "newer": newer,
            "now": timezone.now(),
        },
    )


def _people_of(found: Problem, span: Span, sample: Sample) -> People:
    """Different users in the span. Facts are settled a little later than reports are stored:
    where the sample holds all reports, it knows better."""
    if len(sample.reports) == found.count and found.first_seen >= span.start:
        return People(sample.people)
    return people_of_problems([found.pk], span)[found.pk]


def _at_most(people: People | None, reports: int) -> People | None:
    """Days may hold more people than a span that holds a part of them; a report has one."""
    if people is None or people.count <= reports:
        return people
    return People(reports, people.is_exact)


def _make_lines(page: Page, span: Span, reporters: dict[str, str]) -> list[dict[str, object]]:
    numbers = [each.pk for each in page.items]
    has_people = span.end - span.start <= MAX_DAYS_OF_PEOPLE * DAY
    people = people_of_problems(numbers, span) if has_people else {}
    series = trends_of_problems(numbers, span, reporters=reporters)
    topics = topics_of(numbers, span)
    return [
        {
            "problem": each,
            "count": sum(series[each.pk]),
            "spark": draw_spark(series[each.pk]),
            "topic": topics.get(each.pk),
            "people": _at_most(people.get(each.pk), sum(series[each.pk])),
            "is_new": span.holds(each.first_seen),
        }
        for each in page.items
    ]


def _choices() -> dict[str, object]:
    return {
        "classifications": list(Classification.objects.all()),
        "reporters": list(Reporter.objects.values_list("name", flat=True)[:CHOICES]),
        "instances": list(Instance.objects.values_list("name", flat=True)[:CHOICES]),
    }


def _recent(found: Problem) -> Span:
    """The last seven days in which the problem was seen."""
    span = last("7d", timezone.now())
    if found.last_seen >= span.start:
        return span
    week = last("7d", found.last_seen)
    return between(week.start, week.end)
