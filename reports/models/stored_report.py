"""A report that is stored, by the day on which it happened.

Both tables are made by hand in the first migration: the reports are
partitioned by day, which Django's schema editor can't say.
"""

from __future__ import annotations

from urllib.parse import quote

from django.db import models

from reports.models.facet import Facet
from reports.models.problem import Signature


class ReportKey(models.Model):
    """Which ids were ever stored, over all days, and on which day each is filed.

    An id's key is a hash of its canonical spelling, so that every spelling
    finds it. A key outlives its report: then it says that there was one.
    """

    key = models.UUIDField(primary_key=True)
    day = models.DateField()
    signature = models.ForeignKey(Signature, on_delete=models.DO_NOTHING, db_constraint=False)

    class Meta:
        managed = False
        db_table = "reports_key"

    def __str__(self) -> str:
        return f"{self.key} on {self.day}"


class StoredReportQuerySet(models.QuerySet["StoredReport"]):
    """Choosing reports."""

    def with_names(self) -> StoredReportQuerySet:
        """Each with its problem, reporter, topic, revision and class, without more queries."""
        return self.select_related(
            "signature__problem__classification",
            "facet__reporter__instance",
            "facet__topic",
            "facet__revision",
            "facet__classification",
        )


class StoredReport(models.Model):
    """One report. What lists show is in columns, all the rest in its packed body."""

    pk = models.CompositePrimaryKey("key", "day")
    key = models.UUIDField()
    day = models.DateField()
    """UTC day of `occurred_at`; the partition."""
    oops_id = models.TextField()
    occurred_at = models.DateTimeField()
    """When it happened; the receipt where the report gave none, or an absurd one."""
    received_at = models.DateTimeField()
    signature = models.ForeignKey(Signature, on_delete=models.DO_NOTHING, db_constraint=False)
    facet = models.ForeignKey(Facet, on_delete=models.DO_NOTHING, db_constraint=False)
    duration_ms = models.FloatField(null=True)
    statement_count = models.IntegerField()
    value = models.TextField()
    """Cut to 200 characters."""
    url = models.TextField()
    """Cut to 500 characters."""
    hostname = models.TextField()
    username = models.TextField()
    body = models.BinaryField()

    objects = StoredReportQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "reports_report"

    def __str__(self) -> str:
        return self.oops_id

    def get_absolute_url(self) -> str:
        """Where its page is, for good."""
        return f"/oops/{quote(self.oops_id, safe='')}"
