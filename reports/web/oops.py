"""One report's page, or where the report with that id is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.pipeline.scrub import MASK
from reports.store.reading import Whereabouts
from reports.summaries.report_page import Line, ReportPage, read_page
from reports.web.forms import change_address
from reports.web.lookups import address_of, locate
from reports.web.sql import break_lines, format_statement
from reports.web.waterfall import draw_waterfall

STATUS_OF = {"waiting": 202, "quarantined": 200, "pruned": 410, "unknown": 404}
"""What a program is told of an id that has no report to show."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement laid out, and the numbers that belong to it."""

    about: object
    text: str


@require_safe
@login_required
def oops(request: HttpRequest, oops_id: str) -> HttpResponse:
    """A report at its address for good; any other spelling of the id leads there.

    `?rows=all` shows the whole timeline, `?repeats=single` does not join repeats.
    """
    found = locate(oops_id)
    address = address_of(found)
    if request.path != unquote(address):
        return redirect(address, permanent=True)
    if found.stored is None:
        return _show_whereabouts(request, found)
    page = read_page(found.stored, join_repeats=request.GET.get("repeats") != "single")
    return render(request, "reports/report.html", _context(request, page))


def _show_whereabouts(request: HttpRequest, found: Whereabouts) -> HttpResponse:
    context = {"found": found, "now": timezone.now()}
    return render(
        request, "reports/whereabouts.html", context, status=STATUS_OF.get(found.status, 404)
    )


def _context(request: HttpRequest, page: ReportPage) -> dict[str, object]:
    analysis = page.analysis
    return {
        "page": page,
        "stored": page.stored,
        "report": page.report,
        "problem": page.problem,
        "analysis": analysis,
        "waterfall": draw_waterfall(analysis, show_all=request.GET.get("rows") == "all"),
        "all_rows": change_address(request, rows="all") + "#timeline",
        "single_rows": change_address(request, repeats="single") + "#timeline",
        "joined_rows": change_address(request, repeats=None) + "#timeline",
        "is_joined": request.GET.get("repeats") != "single",
        "repeats": [Statement(each, format_statement(each.example)) for each in analysis.repeats],
        "longest": [Statement(each, format_statement(each.detail)) for each in analysis.longest],
        "variables": [_mask(line) for line in page.variables],
        "break_lines": break_lines,
        "now": timezone.now(),
    }


def _mask(line: Line) -> tuple[Line, bool]:
    return line, line.value == MASK
