"""By what reports are counted: each combination that was seen, once.

A report and a count carry one small number for all of it, which keeps both
narrow; pages join back to the names.
"""

from django.db import models

from reports.models.classification import Classification
from reports.models.reporter import Reporter


class Topic(models.Model):
    """What the code was doing, independent of the data (formerly: page id)."""

    name = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.name or "(no topic)"

    def get_absolute_url(self) -> str:
        """Where its page is, for good."""
        return f"/topics/{self.pk}/"


class Revision(models.Model):
    """Which state of which code was running."""

    branch_nick = models.TextField()
    revno = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint("branch_nick", "revno", name="revision_once")]

    def __str__(self) -> str:
        return f"{self.branch_nick} {self.revno}".strip() or "(no revision)"


class Facet(models.Model):
    """One combination of all that reports are counted by."""

    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    classification = models.ForeignKey(Classification, on_delete=models.PROTECT)
    http_method = models.CharField(max_length=16)
    is_robot = models.BooleanField()
    is_local_referrer = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "reporter",
                "topic",
                "revision",
                "classification",
                "http_method",
                "is_robot",
                "is_local_referrer",
                name="facet_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reporter}, {self.topic}, {self.revision}"
