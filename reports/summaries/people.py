"""How many different people were hit, by problem and by class.

Kept by day in UTC, so a span is widened to its days. Up to some hundred people a
day the number is exact, above it is estimated with a standard error of 2.3 %.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reports.models import PeopleSketch, Signature
from reports.store.sketches import estimate, is_exact, merge
from reports.summaries.scope import EVERYTHING, Scope
from reports.summaries.span import Span


@dataclass(frozen=True, slots=True)
class People:
    """A number of different users; reports that name none are not in it."""

    count: int = 0
    is_exact: bool = True


NOBODY = People()


def people_of_problems(
    problem_ids: Collection[int], span: Span, *, scope: Scope = EVERYTHING
) -> dict[int, People]:
    """Whom each problem hit on the span's days."""
    owners = dict(
        Signature.objects.filter(problem__in=list(problem_ids)).values_list("pk", "problem_id")
    )
    found = _read(PeopleSketch.Subject.SIGNATURE, owners, span, scope)
    return {problem_id: found.get(problem_id, NOBODY) for problem_id in problem_ids}


def people_of_classes(
    classification_ids: Collection[int], span: Span, *, scope: Scope = EVERYTHING
) -> dict[int, People]:
    """Whom reports of each class hit on the span's days."""
    owners = {number: number for number in classification_ids}
    found = _read(PeopleSketch.Subject.CLASSIFICATION, owners, span, scope)
    return {number: found.get(number, NOBODY) for number in classification_ids}


def _read(
    subject: PeopleSketch.Subject, owners: Mapping[int, int], span: Span, scope: Scope
) -> dict[int, People]:
    """By owner: of a problem's signatures, everybody in any of them."""
    first, last = span.days
    rows = scope.of_day_counts(
        PeopleSketch.objects.filter(
            subject=subject, number__in=list(owners), day__gte=first, day__lte=last
        )
    )
    sketches: defaultdict[int, list[bytes]] = defaultdict(list)
    for number, sketch in rows.values_list("number", "sketch"):
        sketches[owners[number]].append(bytes(sketch))
    return {owner: _count(theirs) for owner, theirs in sketches.items()}


def _count(sketches: Iterable[bytes]) -> People:
    joined = merge(sketches)
    return People(estimate(joined), is_exact(joined))
