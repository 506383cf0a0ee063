"""How many reports, by quarter hour: what lists, charts and mails read.

Each report counts twice: in the quarter hour in which it happened, and
(`by_receipt`) in the one in which it came in. Late reports so change the
past's counts openly and raise no alarm about today.

Their references are not checked by the database: the store alone writes them,
and a check for each row would cost more than the row.
"""

from django.db import models

from reports.models.classification import Classification
from reports.models.facet import Facet
from reports.models.problem import Signature
from reports.models.reporter import Reporter


class SignatureCount(models.Model):
    """Reports of one signature under one facet in one quarter hour."""

    pk = models.CompositePrimaryKey("signature", "by_receipt", "quarter", "facet")
    signature = models.ForeignKey(Signature, on_delete=models.DO_NOTHING, db_constraint=False)
    by_receipt = models.BooleanField()
    quarter = models.DateTimeField()
    facet = models.ForeignKey(
        Facet, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} at {self.quarter}"


class ClassCount(models.Model):
    """Reports of one class and reporter in one quarter hour: the state of all at a glance."""

    pk = models.CompositePrimaryKey(
        "by_receipt", "quarter", "classification", "reporter", "is_robot"
    )
    by_receipt = models.BooleanField()
    quarter = models.DateTimeField()
    classification = models.ForeignKey(
        Classification, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    reporter = models.ForeignKey(
        Reporter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    is_robot = models.BooleanField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} at {self.quarter}"
