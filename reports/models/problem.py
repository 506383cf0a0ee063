"""All reports with the same cause, and the signatures that make it one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reports.models.classification import Classification


class Problem(models.Model):
    """A set of signatures. Its figures are the sums over them.

    `count`, `first_seen` and `last_seen` are kept by the store in the same
    transaction as the reports, so that lists need not add up.
    """

    title = models.TextField()
    type = models.TextField()
    value = models.TextField()
    culprit = models.TextField()
    classification = models.ForeignKey(Classification, on_delete=models.PROTECT)
    count = models.BigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-last_seen", "-id"], name="problem_last_seen"),
            models.Index(fields=["-first_seen", "-id"], name="problem_first_seen"),
            models.Index(fields=["-count", "-id"], name="problem_biggest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where its page is, for good."""
        return f"/problems/{self.pk}/"

    @property
    def message(self) -> str:
        """Its first report's message, as lists show it behind the type."""
        return self.title.removeprefix(self.type).removeprefix(": ")


class Signature(models.Model):
    """What grouping made of a report. Reports and counts carry this, never the problem."""

    key = models.BinaryField(unique=True, max_length=16)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    why = ArrayField(models.TextField())
    statement = models.TextField(default="")
    """The shape of the statement that took most time; empty but for time outs."""
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="signatures")
    count = models.BigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key.hex()} (rules {self.version})"
