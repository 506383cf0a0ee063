"""Choosing what the API's lists show."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from rest_framework.exceptions import ValidationError

from reports.formats import find_ids
from reports.models import Problem, Signature, SignatureCount, StoredReport
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


def choose_reports(
    query: str, *, problem: int | None, reporter: str, scope: Scope
) -> QuerySet[StoredReport]:
    """Reports with one of the ids in `query`, or, if it has none, with all its words."""
    reports = (
        scope.of_reports(StoredReport.objects.all())
        .defer("body")
        .select_related(
            "signature__problem",
            "facet__reporter__instance",
            "facet__topic",
            "facet__revision",
            "facet__classification",
        )
    )
    if problem is not None:
        reports = reports.filter(signature__problem=problem)
    if reporter:
        reports = reports.filter(facet__reporter__name=reporter)
    if not query:
        return reports
    return _narrow(reports, query)


def _narrow(reports: QuerySet[StoredReport], query: str) -> QuerySet[StoredReport]:
    stored = [each for each in find_all(find_ids(query)[:MAX_IDS]) if each.status == "stored"]
    if stored:
        return reports.filter(
            key__in=[key_of(each.oops_id) for each in stored],
            day__in={each.day for each in stored},
        )
    problems = Problem.objects.filter(_hold_words(query))
    return reports.filter(signature__in=Signature.objects.filter(problem__in=problems))


def choose_problems(query: str, *, reporter: str, scope: Scope) -> QuerySet[Any]:
    """Problems with all words of `query`, each with `version` and `why` of its grouping."""
    biggest = Signature.objects.filter(problem=OuterRef("pk")).order_by("-count", "pk")
    problems = scope.of_problems(Problem.objects.select_related("classification"))
    problems = problems.filter(_hold_words(query))
    if reporter:
        theirs = SignatureCount.objects.filter(
            signature__problem=OuterRef("pk"), by_receipt=False, facet__reporter__name=reporter
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
