"""The API's views: read the parameters, ask once, show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reports.api import shapes
from reports.api.auth import AUTHENTICATION, MayRead, scope_of
from reports.api.errors import NotStored, answer_problem
from reports.api.finding import (
    MAX_IDS,
    Wanted,
    choose_problems,
    choose_reports,
    find_by_spelling,
    narrow_search,
    narrow_to_ids,
    read_query,
)
from reports.api.paging import BY_LAST_SEEN, BY_OCCURRENCE, answer_page, answer_search
from reports.api.parameters import MAX_NUMBER, read_number, read_text
from reports.api.renderers import Bson, Rfc822
from reports.api.schema import ACCEPTED, BODIES, LIST, PROBLEMS, page_of
from reports.formats import as_rfc822, find_ids
from reports.intake.http import receive
from reports.models import Problem, StoredReport
from reports.store import ledger
from reports.store.reading import find_all, load, read_bson

_WHERE_ELSE = {
    "unknown": (404, "There is no report with that id."),
    "waiting": (404, "The report is accepted and waits to be stored; ask again in a second."),
    "quarantined": (404, "The report could not be read and is in quarantine."),
    "pruned": (410, "There was such a report; it was let go with its day."),
}


class ReadView(APIView):
    """What all views that read have in common."""

    authentication_classes = AUTHENTICATION
    permission_classes = [MayRead]

    def get_exception_handler(self) -> Callable[..., Any]:
        """The API's own, whatever the settings say."""
        return answer_problem


class Reports(ReadView):
    """`/api/reports/`: sending and listing have one address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What is sent goes past REST framework: the intake is in a hurry."""
        if request.method == "POST":
            return receive(request)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="list_reports",
        parameters=[*LIST, OpenApiParameter("problem", int), OpenApiParameter("reporter", str)],
        responses={200: page_of("ReportPage", shapes.ReportLine), **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List reports, newest first: those with an id in `query`, or that its words find.

        All words must be in a report, in any of its texts; `"a phrase"`, `prefix*`, `-without`,
        `or` and brackets work. A total that is not exact is an estimate.
        """
        wanted = Wanted(
            problem=read_number(request, "problem"),
            reporter=read_text(request, "reporter"),
            scope=scope_of(request),
        )
        query = read_text(request, "query")

        def show(row: StoredReport) -> shapes.Shape:
            return shapes.show_line(request, row)

        rows = choose_reports(wanted)
        chosen = narrow_to_ids(rows, query) if query else rows
        if chosen is not None:
            return Response(answer_page(request, chosen, BY_OCCURRENCE, show))
        narrowing = narrow_search(wanted)
        return Response(answer_search(request, read_query(query), narrowing, show))

    @extend_schema(operation_id="send_reports", request=BODIES, responses=ACCEPTED)
    def post(self, request: Request) -> HttpResponse:
        """Send one report or many. The answer comes when all that it names is on disk."""
        return receive(request._request)


class OneReport(ReadView):
    """`/api/reports/ID/`."""

    renderer_classes = [JSONRenderer, Bson, Rfc822]

    @extend_schema(
        operation_id="read_report",
        parameters=[OpenApiParameter("oops_id", str, OpenApiParameter.PATH)],
        responses={
            (200, "application/json"): shapes.WholeReport,
            (200, "application/bson"): OpenApiTypes.BINARY,
            (200, "message/rfc822"): OpenApiTypes.BINARY,
            **PROBLEMS,
        },
    )
    def get(self, request: Request, oops_id: str) -> HttpResponseBase:
        """Read one report, by its id in any spelling; `?format=bson` or `rfc822` gives a file."""
        found = find_by_spelling(oops_id)
        if found.stored is None:
            status, words = _WHERE_ELSE[found.status]
            raise NotStored(words, whereabouts=found.status, status=status)
        form = request.accepted_renderer.format
        if form == "bson":
            return _make_file(found.stored, read_bson(found.stored), Bson)
        report = load(found.stored)
        if form == "rfc822":
            return _make_file(found.stored, as_rfc822(report.data), Rfc822)
        return Response(shapes.show_whole(request, found.stored, report))


class Problems(ReadView):
    """`/api/problems/`."""

    @extend_schema(
        operation_id="list_problems",
        parameters=[*LIST, OpenApiParameter("reporter", str)],
        responses={200: page_of("ProblemPage", shapes.ProblemShape), **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List problems, the last seen first: those with all words of `query`."""
        rows = choose_problems(
            read_text(request, "query"),
            reporter=read_text(request, "reporter"),
            scope=scope_of(request),
        )

        def show(row: Problem) -> shapes.Shape:
            return shapes.show_problem(request, row)

        return Response(answer_page(request, rows, BY_LAST_SEEN, show))


class OneProblem(ReadView):
    """`/api/problems/ID/`."""

    @extend_schema(operation_id="read_problem", responses={200: shapes.ProblemShape, **PROBLEMS})
    def get(self, request: Request, number: int) -> Response:
        """Read one problem."""
        rows = choose_problems("", reporter="", scope=scope_of(request))
        problem = rows.filter(pk=number).first() if number <= MAX_NUMBER else None
        if problem is None:
            raise Http404(f"There is no problem {number}.")
        return Response(shapes.show_problem(request, problem))


class Resolve(ReadView):
    """`/api/resolve/`."""

    @extend_schema(
        operation_id="resolve_text",
        parameters=[OpenApiParameter("text", str, required=True)],
        responses={200: shapes.Resolved, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """Find the reports whose ids a text holds, in any spelling; of the first 50 ids."""
        ids = find_ids(read_text(request, "text"))[:MAX_IDS]
        found = find_all(ids)
        problems = Problem.objects.in_bulk({each.problem_id for each in found} - {None})
        return Response(
            {
                "matches": [
                    shapes.show_match(request, text, each, problems)
                    for text, each in zip(ids, found, strict=True)
                ]
            }
        )


class LedgerView(ReadView):
    """`/api/ledger/`."""

    @extend_schema(operation_id="read_ledger", responses={200: shapes.Ledger, **PROBLEMS})
    def get(self, request: Request) -> Response:
        """Read what came in, and where it is now, in all and by source."""
        lines = ledger.balance()
        sources = [
            {"transport": line.transport, "name": line.source, **shapes.show_figures(line)}
            for line in lines
        ]
        return Response({**shapes.show_figures(ledger.total(lines)), "sources": sources})


class Schema(SpectacularAPIView):
    """`/api/schema/`: OpenAPI."""

    authentication_classes = AUTHENTICATION
    permission_classes = [MayRead]

    def get_exception_handler(self) -> Callable[..., Any]:
        """The API's own, whatever the settings say."""
        return answer_problem


def _make_file(stored: StoredReport, content: bytes, form: type[Bson | Rfc822]) -> HttpResponse:
    name = "".join(
        each for each in stored.oops_id if (each.isascii() and each.isalnum()) or each in "-."
    )
    return HttpResponse(
        content,
        content_type=form.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name or "report"}.{form.format}"'},
    )
