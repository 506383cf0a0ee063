"""How many reports: what lists, charts and mails read.

Each report counts twice: where it happened, and in the quarter hour in which it
came in (`received`). Late reports so change the past's counts openly and raise
no alarm about today. Nearly all reports come in within the quarter hour in
which they happened, so one row holds both figures.

Their references are not checked by the database: the store alone writes them,
and a check for each row would cost more than the row.
"""

from django.db import models

from reports.models.classification import Classification
from reports.models.facet import Facet, Topic
from reports.models.problem import Signature
from reports.models.reporter import Reporter


class SignatureCount(models.Model):
    """Reports of one signature under one facet in one quarter hour, later in one hour."""

    pk = models.CompositePrimaryKey("signature", "quarter", "facet")
    signature = models.ForeignKey(
        Signature, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    quarter = models.DateTimeField(db_index=True)
    facet = models.ForeignKey(
        Facet, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    count = models.IntegerField()
    """How many happened; 0 where some only came in."""
    received = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} at {self.quarter}"


class ClassCount(models.Model):
    """Reports of one class and reporter in one quarter hour: the state of all at a glance."""

    pk = models.CompositePrimaryKey("quarter", "classification", "reporter", "is_robot")
    quarter = models.DateTimeField()
    classification = models.ForeignKey(
        Classification, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    reporter = models.ForeignKey(
        Reporter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    is_robot = models.BooleanField()
    count = models.IntegerField()
    received = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} at {self.quarter}"


class TopicCount(models.Model):
    """Reports of one signature under one topic that happened on one day, in UTC."""

    pk = models.CompositePrimaryKey("topic", "day", "signature", "reporter")
    topic = models.ForeignKey(
        Topic, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    day = models.DateField(db_index=True)
    signature = models.ForeignKey(
        Signature, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    reporter = models.ForeignKey(
        Reporter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} on {self.day}"


class AttributeCount(models.Model):
    """Reports with one value of one attribute that happened on one day, in UTC.

    What a problem's reports are compared with: all reports of the time.
    """

    class Attribute(models.TextChoices):
        """What can be compared beside topic and reporter, which other counts know."""

        REVISION = "revision"
        METHOD = "method"
        CLIENT = "client"
        LINK = "link"

    pk = models.CompositePrimaryKey("attribute", "value", "day", "reporter")
    attribute = models.TextField(choices=Attribute)
    value = models.TextField()
    """A revision's number, a method, or `true` for a robot or a link on the site itself."""
    day = models.DateField()
    reporter = models.ForeignKey(
        Reporter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.attribute} {self.value}: {self.count} on {self.day}"
