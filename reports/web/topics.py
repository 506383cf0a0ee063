"""The list of topics, and one topic's page: durations, statements, time-outs."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from reports.models import Topic
from reports.summaries.topics import list_topics, read_topic
from reports.web.charts import describe_durations, draw_durations
from reports.web.forms import change_address, read_page, read_span
from reports.web.problems import MAX_NUMBER, SPANS

PAGE_SIZE = 25
"""Topics a page: the histograms of each are added up for it."""


@require_safe
@login_required
def topic_list(request: HttpRequest) -> HttpResponse:
    """`?span=24h|7d|30d` or `?from=&to=`, `?page=`."""
    span = read_span(request.GET, "24h", SPANS)
    page = read_page(request.GET)
    lines = list_topics(span, PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    return render(
        request,
        "reports/topic_list.html",
        {
            "lines": lines[:PAGE_SIZE],
            "span": span,
            "spans": SPANS,
            "page": page,
            "next": len(lines) > PAGE_SIZE and change_address(request, page=str(page + 1)),
            "previous": page > 1 and change_address(request, page=str(page - 1)),
        },
    )


@require_safe
@login_required
def topic(request: HttpRequest, number: int) -> HttpResponse:
    """One topic: how its requests do, and what stopped them."""
    found = get_object_or_404(Topic, pk=number if number <= MAX_NUMBER else 0)
    span = read_span(request.GET, "24h", SPANS)
    figures = read_topic(found, span)
    return render(
        request,
        "reports/topic.html",
        {
            "topic": found,
            "figures": figures,
            "span": span,
            "spans": SPANS,
            "chart": draw_durations(figures.histogram),
            "chart_words": describe_durations(figures.durations),
        },
    )
