"""What each worker has in its hands, written down before it begins."""

from django.db import models


class Attempt(models.Model):
    """One worker's database session, and the inbox items that it took last.

    The session holds an advisory lock on the row's number for as long as it
    lives. A row whose lock is free, and whose items still wait, tells of a
    worker that ended with them in its hands.
    """

    numbers = models.TextField(default="{}")
    """Of the inbox, as an int8multirange: what was taken at once mostly stands in a row. Those
    that are no longer in the inbox are done."""
    ended_at = models.DateTimeField(null=True)
    """When its worker was found to be gone with the work undone; null: nobody found that."""

    class Meta:
        db_table = "reports_attempt"

    def __str__(self) -> str:
        return self.numbers
