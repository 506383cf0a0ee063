"""Choosing what the API's lists show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from rest_framework.exceptions import ValidationError

from reports.formats import find_ids
from reports.models import Problem, Reporter, Signature, SignatureCount, StoredReport
from reports.search.errors import QueryError
from reports.search.finding import Narrowing
from reports.search.parser import parse
from reports.search.tree import Node
from reports.store.keys import key_of
from reports.store.reading import Whereabouts, find_all, find_whereabouts
from reports.summaries.scope import Scope

MAX_WORDS = 20
MAX_IDS = 50
"""Ids of one text that are looked up."""


def find_by_spelling(text: str) -> Whereabouts:
    """The report with the id that `text` is, or else the first id in it."""
    found = find_whereabouts(text)
    if found.status != "unknown":
        return found
    return next((each for each in find_all(find_ids(text)[:1])), found)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of reports is narrowed to, beside its query."""

    problem: int | None
    reporter: str
    scope: Scope


def choose_reports(wanted: Wanted) -> QuerySet[StoredReport]:
    """All reports, or those of one problem or reporter."""
    reports = wanted.scope.of_reports(StoredReport.objects.with_names().defer("body"))
    if wanted.problem is not None:
        reports = reports.filter(signature__problem=wanted.problem)
    if wanted.reporter:
        reports = reports.filter(facet__reporter__name=wanted.reporter)
    return reports


def narrow_to_ids(reports: QuerySet[StoredReport], query: str) -> QuerySet[StoredReport] | None:
    """Those with one of the ids in `query`; None if it holds no id of a stored report."""
    stored = [each for each in find_all(find_ids(query)[:MAX_IDS]) if each.status == "stored"]
    if not stored:
        return None
    return reports.filter(
        key__in=[key_of(each.oops_id) for each in stored],
        day__in={each.day for each in stored},
    )


def narrow_search(wanted: Wanted) -> Narrowing:
    """The conditions of a list for a search by words."""
    reporters = wanted.scope.reporter_ids()
    if wanted.reporter:
        named = set(Reporter.objects.filter(name=wanted.reporter).values_list("pk", flat=True))
        reporters = frozenset(named if reporters is None else reporters & named)
    signatures = None
    if wanted.problem is not None:
        signatures = set(
            Signature.objects.filter(problem=wanted.problem).values_list("pk", flat=True)
        )
    return Narrowing(signatures=signatures, reporters=reporters)


def read_query(text: str) -> Node:
    """The query as it is understood. Raises ValidationError that names the place."""
    try:
        return parse(text)
    except QueryError as error:
        raise ValidationError(
            f"query can't be understood at {error.start}: {text[error.start : error.end]!r}."
            f" {error.what}"
        ) from error


def choose_problems(query: str, *, reporter: str, scope: Scope) -> QuerySet[Any]:
    """Problems with all words of `query`, each with `version` and `why` of its grouping."""
    biggest = Signature.objects.filter(problem=OuterRef("pk")).order_by("-count", "pk")
    problems = scope.of_problems(Problem.objects.select_related("classification"))
    problems = problems.filter(_hold_words(query))
    if reporter:
        theirs = SignatureCount.objects.filter(
            signature__problem=OuterRef("pk"), facet__reporter__name=reporter
        )
        problems = problems.filter(Exists(theirs))
    return problems.annotate(
        version=Subquery(biggest.values("version")[:1]), why=Subquery(biggest.values("why")[:1])
    )


def _hold_words(query: str) -> Q:
    """All words, each in the title, the type or the value."""
    words = query.split()
    if len(words) > MAX_WORDS:
        raise ValidationError(f"query may have {MAX_WORDS} words.")
    holds = Q()
    for word in words:
        holds &= Q(title__icontains=word) | Q(type__icontains=word) | Q(value__icontains=word)
    return holds
