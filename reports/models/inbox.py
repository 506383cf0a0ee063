"""Accepted bytes that no worker has processed yet."""

from django.db import models
from django.utils import timezone

from reports.models.source import Source


class InboxItem(models.Model):
    """One report's bytes as they came, unpacked from a batch but not read.

    A worker empties it in the transaction that stores the report.
    """

    source = models.ForeignKey(
        Source, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    received_at = models.DateTimeField(default=timezone.now)
    media_type = models.TextField()
    oops_id = models.TextField()
    """What the sender was told, so that it can be found while it waits; or empty."""
    key = models.UUIDField(null=True)
    """Of `oops_id`, so that every spelling finds it. Not indexed: looked up rarely."""
    origin = models.TextField()
    """The file or message it came from, for people who look into quarantine."""
    content = models.BinaryField()
    unpacked_bytes = models.IntegerField(null=True)
    """How many bytes `content` has once unpacked, if it is packed as bodies are; else None."""

    class Meta:
        db_table = "reports_inbox"

    def __str__(self) -> str:
        return self.oops_id or f"item {self.pk}"
