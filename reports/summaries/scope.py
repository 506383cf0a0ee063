"""Who asks: every function that finds or counts is told, from the first day on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from reports.models import (
    AttributeCount,
    ClassCount,
    PeopleSketch,
    Problem,
    Reporter,
    SignatureCount,
    StoredReport,
    TopicCount,
    TopicMeasure,
)

DayCount = TypeVar("DayCount", TopicCount, AttributeCount, TopicMeasure, PeopleSketch)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: the reports of some instances, or of all of them.

    `instance_ids` is None for everything. The `of_…` methods narrow a query to it.
    """

    instance_ids: frozenset[int] | None = None

    def of_class_counts(self, counts: QuerySet[ClassCount]) -> QuerySet[ClassCount]:
        """Only counts of reporters in these instances."""
        if self.instance_ids is None:
            return counts
        return counts.filter(reporter__instance__in=self.instance_ids)

    def of_day_counts(self, counts: QuerySet[DayCount]) -> QuerySet[DayCount]:
        """Only rows of reporters in these instances."""
        if self.instance_ids is None:
            return counts
        return counts.filter(reporter__instance__in=self.instance_ids)

    def of_signature_counts(self, counts: QuerySet[SignatureCount]) -> QuerySet[SignatureCount]:
        """Only counts of facets in these instances."""
        if self.instance_ids is None:
            return counts
        return counts.filter(facet__reporter__instance__in=self.instance_ids)

    def of_reports(self, reports: QuerySet[StoredReport]) -> QuerySet[StoredReport]:
        """Only reports of these instances."""
        if self.instance_ids is None:
            return reports
        return reports.filter(facet__reporter__instance__in=self.instance_ids)

    def reporter_ids(self) -> frozenset[int] | None:
        """The reporters of these instances; None for all."""
        if self.instance_ids is None:
            return None
        reporters = Reporter.objects.filter(instance__in=self.instance_ids)
        return frozenset(reporters.values_list("pk", flat=True))

    def of_problems(self, problems: QuerySet[Problem]) -> QuerySet[Problem]:
        """Only problems with at least one report of these instances."""
        if self.instance_ids is None:
            return problems
        theirs = SignatureCount.objects.filter(
            signature__problem=OuterRef("pk"),
            facet__reporter__instance__in=self.instance_ids,
        )
        return problems.filter(Exists(theirs))


EVERYTHING = Scope()
"""The scope of a reader who may see all reports."""
