"""Who wrote a report, and which instance of the application that was."""

from django.db import models


class Instance(models.Model):
    """A set of reporters that are one installation: production, edge, staging."""

    name = models.TextField(unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Reporter(models.Model):
    """The process, or kind of process, that wrote reports (formerly: prefix).

    An unknown one is added by itself, with an instance of its own, until
    somebody sorts it (`is_sorted`).
    """

    name = models.TextField(unique=True)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="reporters")
    is_sorted = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or "(no reporter)"
