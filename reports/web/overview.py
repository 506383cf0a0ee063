"""The first page: what is the state of everything?"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.summaries.accounts import accounts_since, add_up, waiting_for
from reports.summaries.overview import is_store_empty, read_overview
from reports.summaries.span import last
from reports.summaries.trends import Bin
from reports.web.charts import describe, draw
from reports.web.forms import read_span, read_text
from reports.web.lookups import address_of, locate

SPANS = ("24h", "7d")


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """`?span=24h|7d`. The oldest links, `/?oopsid=ID`, lead on to their report."""
    if oops_id := read_text(request.GET, "oopsid"):
        return redirect(address_of(locate(oops_id)), permanent=True)
    if is_store_empty():
        return _show_first_steps(request)
    span = read_span(request.GET, "24h", SPANS)
    found = read_overview(span)
    return render(
        request,
        "reports/overview.html",
        {
            "found": found,
            "chart": draw(found.trend, link_to_bin),
            "chart_words": describe(found.trend),
            "spans": SPANS,
            "waiting_for": waiting_for(timezone.now()) if found.account.waiting else None,
            "now": timezone.now(),
        },
    )


def link_to_bin(each: Bin) -> str:
    """The list of problems with reports in a bar's time."""
    return "/problems/?" + urlencode(
        {"from": _word(each.start), "to": _word(each.end), "sort": "count"}
    )


def _word(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def _show_first_steps(request: HttpRequest) -> HttpResponse:
    """Nothing is stored yet: how to send the first report, and what has come in so far."""
    now = timezone.now()
    account = add_up(accounts_since(last("30d", now).start))
    address = f"{settings.BASE_URL.rstrip('/')}/api/reports/"
    return render(request, "reports/empty.html", {"address": address, "account": account})
