"""What rows look like as JSON. The serializers say it to the schema, the functions do it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from rest_framework import serializers
from rest_framework.request import Request

from reports.formats import as_json
from reports.models import Problem, StoredReport
from reports.report import Report
from reports.store.ledger import Balance
from reports.store.reading import Whereabouts

Shape = dict[str, Any]
Json = serializers.Serializer[Any]


class ProblemLink(Json):
    """A problem, where something else is shown."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    url = serializers.URLField(help_text="Its page.")


class ReportLine(Json):
    """A report in a list."""

    id = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    type = serializers.CharField()
    value = serializers.CharField(help_text="In lists its first 200 characters.")
    reporter = serializers.CharField()
    instance = serializers.CharField()
    topic = serializers.CharField()
    url = serializers.CharField(help_text="In lists its first 500 characters.")
    revision = serializers.CharField(help_text="Branch and revision.")
    classification = serializers.CharField()
    problem = ProblemLink()
    duration_ms = serializers.FloatField(allow_null=True)
    statement_count = serializers.IntegerField()


class WholeReport(ReportLine):
    """A report with all that its sender told."""

    report = serializers.DictField(help_text="The whole dict, but for what was scrubbed.")


class Grouping(Json):
    """Why a problem's reports are together."""

    version = serializers.IntegerField(help_text="Of the rules that grouped them.")
    why = serializers.ListField(child=serializers.CharField())


class ProblemShape(Json):
    """All reports with the same cause."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    type = serializers.CharField()
    value = serializers.CharField()
    culprit = serializers.CharField()
    classification = serializers.CharField()
    count = serializers.IntegerField()
    first_seen = serializers.DateTimeField()
    last_seen = serializers.DateTimeField()
    grouping = Grouping()
    url = serializers.URLField(help_text="Its page.")


class Match(Json):
    """One id that was found in a text."""

    text = serializers.CharField(help_text="The id as the text has it, tidied up.")
    id = serializers.CharField(help_text="The id as the report has it.")
    status = serializers.ChoiceField(["stored", "waiting", "quarantined", "pruned", "unknown"])
    url = serializers.URLField(allow_null=True, help_text="Where it can be seen.")
    problem = ProblemLink(allow_null=True)


class Resolved(Json):
    """The ids in a text."""

    matches = Match(many=True)


class Figures(Json):
    """received = stored + repeated + quarantined + waiting, if it is balanced."""

    received = serializers.IntegerField()
    stored = serializers.IntegerField()
    repeated = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    waiting = serializers.IntegerField()
    balanced = serializers.BooleanField()


class SourceFigures(Figures):
    """The same for one way in."""

    transport = serializers.CharField()
    name = serializers.CharField()


class Ledger(Figures):
    """What came in and where it is now."""

    sources = SourceFigures(many=True)


def show_line(request: Request, stored: StoredReport) -> Shape:
    """A report as it stands in its row; its body stays closed."""
    facet = stored.facet
    problem = stored.signature.problem
    return {
        "id": stored.oops_id,
        "occurred_at": stored.occurred_at,
        "received_at": stored.received_at,
        "type": problem.type,
        "value": stored.value,
        "reporter": facet.reporter.name,
        "instance": facet.reporter.instance.name,
        "topic": facet.topic.name,
        "url": stored.url,
        "revision": f"{facet.revision.branch_nick} {facet.revision.revno}".strip(),
        "classification": facet.classification.name,
        "problem": show_link(request, problem),
        "duration_ms": stored.duration_ms,
        "statement_count": stored.statement_count,
    }


def show_whole(request: Request, stored: StoredReport, report: Report) -> Shape:
    """A report with its dict."""
    own = {"type": report.type, "value": report.value, "url": report.url}
    return {**show_line(request, stored), **own, "report": json.loads(as_json(report.data))}


def show_link(request: Request, problem: Problem) -> Shape:
    """A problem's number, title and page."""
    url = request.build_absolute_uri(problem.get_absolute_url())
    return {"id": problem.pk, "title": problem.title, "url": url}


def show_problem(request: Request, problem: Any) -> Shape:
    """A problem. It carries `version` and `why` of its biggest signature."""
    return {
        **show_link(request, problem),
        "type": problem.type,
        "value": problem.value,
        "culprit": problem.culprit,
        "classification": problem.classification.name,
        "count": problem.count,
        "first_seen": problem.first_seen,
        "last_seen": problem.last_seen,
        "grouping": {"version": problem.version, "why": problem.why},
    }


def show_match(
    request: Request, text: str, found: Whereabouts, problems: dict[int, Problem]
) -> Shape:
    """What is known of an id in a text."""
    problem = problems.get(found.problem_id or 0)
    path = None
    if found.status == "stored":
        path = f"/oops/{quote(found.oops_id, safe='')}"
    elif found.quarantined_id is not None:
        path = f"/intake/quarantine/{found.quarantined_id}/"
    return {
        "text": text,
        "id": found.oops_id,
        "status": found.status,
        "url": path and request.build_absolute_uri(path),
        "problem": problem and show_link(request, problem),
    }


def show_figures(line: Balance) -> Shape:
    """One line of the ledger."""
    return {
        "received": line.received,
        "stored": line.stored,
        "repeated": line.repeated,
        "quarantined": line.quarantined,
        "waiting": line.waiting,
        "balanced": line.is_balanced,
    }
