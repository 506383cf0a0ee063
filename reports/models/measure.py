"""What is known of a day's reports beyond their number: how long, how many people.

Facts of a batch are written beside its reports; a task adds them to these rows
every few seconds. So no batch waits for another's, and each row is written once
for many reports.
"""

from django.db import models

from reports.models.facet import Topic
from reports.models.reporter import Reporter


class TopicMeasure(models.Model):
    """Durations and statement counts of one topic's reports of one day, in UTC."""

    pk = models.CompositePrimaryKey("topic", "day", "reporter")
    topic = models.ForeignKey(
        Topic, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    day = models.DateField(db_index=True)
    reporter = models.ForeignKey(
        Reporter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    longest_ms = models.FloatField(null=True)
    """The longest duration; none if no report gave one. So that a list need not unpack."""
    most_statements = models.IntegerField()
    is_by_hour = models.BooleanField()
    """Whether `content` is folded to hours."""
    whole = models.BinaryField()
    """The day's histograms, with the worst of each: see `reports.store.measures`."""
    content = models.BinaryField()
    """The same by quarter hour."""

    def __str__(self) -> str:
        return f"topic {self.topic_id} on {self.day}"


class PeopleSketch(models.Model):
    """How many different people were hit on one day, in UTC, as a sketch without names."""

    class Subject(models.IntegerChoices):
        """By what: the number is a signature's or a classification's."""

        SIGNATURE = 1
        CLASSIFICATION = 2

    pk = models.CompositePrimaryKey("subject", "number", "day", "reporter")
    subject = models.SmallIntegerField(choices=Subject)
    number = models.BigIntegerField()
    day = models.DateField(db_index=True)
    reporter = models.ForeignKey(
        Reporter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    sketch = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {self.number} on {self.day}"


class PeopleKey(models.Model):
    """The secret under which names are hashed: one row, made by the first batch."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    content = models.BinaryField()

    def __str__(self) -> str:
        return "key of names"


class PendingFacts(models.Model):
    """The facts of one batch, until they are added to the day's rows."""

    content = models.BinaryField()

    def __str__(self) -> str:
        return f"facts {self.pk}"


class UnmeasuredDay(models.Model):
    """A day whose reports were stored before there were these rows; a task measures it anew."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.day}"
