"""One report, with all that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zstandard import ZstdError

from reports.formats import Undecodable
from reports.models import Problem, StoredReport
from reports.report import Report
from reports.store.bodies import MissingDictionary
from reports.store.reading import load
from reports.summaries import traceback
from reports.summaries.problem_page import Neighbours, neighbours_of
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.timeline import Analysis, analyse
from reports.summaries.traceback import Traceback

MAX_VARIABLES = 1_000
MAX_EXTRAS = 200

KNOWN_KEYS = frozenset(
    (
        "id", "type", "value", "time", "tb_text", "reporter", "hostname", "branch_nick", "revno",
        "topic", "url", "username", "req_vars", "timeline", "duration", "informational",
    )
)  # fmt: skip
"""Keys that have a place of their own on the page; all others are listed."""


@dataclass(frozen=True, slots=True)
class User:
    """Who met the failure. In Launchpad's form three parts, else only a name."""

    name: str
    number: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One request variable, or one key that nobody knows."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Bars:
    """Parts of a request's time, each in percent of the whole, for drawing."""

    plain: float
    """In statements that ran once."""
    repeated: float
    sql: float
    outside: float
    best_sql: float
    """In SQL, if every repeated statement ran once."""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that a report's page shows."""

    stored: StoredReport
    report: Report
    problem: Problem
    user: User
    analysis: Analysis
    traceback: Traceback
    variables: Sequence[Line]
    variable_count: int
    extras: Sequence[Line]
    neighbours: Neighbours

    @property
    def is_worth_saying(self) -> bool:
        """Whether repeats cost a fifth of the request or more."""
        return self.analysis.best_case_ms <= 0.8 * self.analysis.total_ms

    @property
    def bars(self) -> Bars:
        """The request's time in parts."""
        analysis = self.analysis
        whole = max(analysis.total_ms, analysis.sql_ms) or 1.0
        return Bars(
            plain=_percent(analysis.sql_ms - analysis.repeated_ms, whole),
            repeated=_percent(analysis.repeated_ms, whole),
            sql=_percent(analysis.sql_ms, whole),
            outside=_percent(analysis.outside_sql_ms, whole),
            best_sql=_percent(analysis.best_case_ms - analysis.outside_sql_ms, whole),
        )


def read_page(
    stored: StoredReport, *, join_repeats: bool = True, scope: Scope = EVERYTHING
) -> ReportPage:
    """Open a report's body and understand it. A damaged body still makes a page."""
    report = open_report(stored)
    problem = stored.signature.problem
    variables = [Line(name, value) for name, value in report.req_vars]
    return ReportPage(
        stored=stored,
        report=report,
        problem=problem,
        user=split_user(report.username),
        analysis=analyse(report, join_repeats=join_repeats),
        traceback=traceback.read_traceback(report),
        variables=variables[:MAX_VARIABLES],
        variable_count=len(variables),
        extras=_find_extras(report)[:MAX_EXTRAS],
        neighbours=neighbours_of(stored, problem, scope=scope),
    )


def read_traceback(stored: StoredReport) -> Traceback:
    """The traceback of one stored report."""
    return traceback.read_traceback(open_report(stored))


def open_report(stored: StoredReport) -> Report:
    """The whole report; what its columns hold, with a note, if the body can't be read."""
    try:
        return load(stored)
    except (MissingDictionary, ZstdError, Undecodable) as problem:
        return Report(
            id=stored.oops_id,
            value=stored.value,
            url=stored.url,
            hostname=stored.hostname,
            username=stored.username,
            given_duration_ms=stored.duration_ms,
            notes=(f"The stored body can't be read ({problem}); this is all that is left.",),
        )


def split_user(username: str) -> User:
    """`Name, database id, login` in its parts; any other form is a name."""
    parts = username.rsplit(", ", 2)
    if len(parts) == 3 and parts[1].isdigit():
        return User(*parts)
    return User(username)


def _percent(part: float, whole: float) -> float:
    return round(min(max(part / whole * 100, 0.0), 100.0), 2)


def _find_extras(report: Report) -> list[Line]:
    """Unknown keys, and known ones whose value could not be read as what it should be."""
    extras = [Line(key, value) for key, value in report.data.items() if key not in KNOWN_KEYS]
    for key, was_read in (("req_vars", report.req_vars), ("timeline", report.timeline)):
        if report.data.get(key) and not was_read:
            extras.append(Line(key, report.data[key]))
    return extras
