"""What kind of failure a report is: data that an operator edits, in order."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Classification(models.Model):
    """One class of failures: Exceptions, Time Outs, Pages Not Found, …"""

    class Look(models.TextChoices):
        """Glyph and colour on the pages; they follow the class, not its name."""

        EXCEPTION = "exc", "exception"
        HARD = "hard", "hard time out"
        SOFT = "soft", "soft time out"
        USER = "user", "user error"
        QUIET = "robot", "of no concern"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)
    look = models.CharField(max_length=8, choices=Look, default=Look.EXCEPTION)
    is_time_out = models.BooleanField(
        default=False,
        help_text="Group by topic and most expensive statement; where the limit struck is chance.",
    )

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class ClassificationRule(models.Model):
    """When a report belongs to a class. The first rule that holds wins.

    All conditions that are set must hold; within one list any entry will do.
    """

    classification = models.ForeignKey(
        Classification, on_delete=models.CASCADE, related_name="rules"
    )
    position = models.PositiveSmallIntegerField(unique=True)
    types = ArrayField(
        models.TextField(), default=list, blank=True, help_text="Exception types; empty: any."
    )
    reporters = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        help_text="Reporter names, * for any run of characters, in any case; empty: any.",
    )
    url_holds = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        help_text="Texts one of which the URL holds; <non-ascii> stands for any such character.",
    )
    is_informational = models.BooleanField(
        default=False, help_text="Only reports that say of themselves that they are informational."
    )

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}: {self.classification}"
