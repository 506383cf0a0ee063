"""What came in and where it went, by hour of receipt and source.

For each: received = stored + repeated + quarantined + waiting. Waiting is
what the inbox holds; the other four are counted where they happen.
"""

from django.db import models

from reports.models.source import Source


class LedgerEntry(models.Model):
    """One writer's share of an hour's figures.

    Every database connection adds to rows of its own, since one row for all
    would make every sender wait for every other's commit.
    """

    pk = models.CompositePrimaryKey("hour", "source", "writer")
    hour = models.DateTimeField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    writer = models.IntegerField()
    received = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.hour}: {self.received} received"
