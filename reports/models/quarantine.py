"""What could not be read, with its bytes and the reason."""

from django.db import models

from reports.models.source import Source


class QuarantinedItem(models.Model):
    """An accepted report that could not be stored. It can be retried after a fix."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    received_at = models.DateTimeField()
    quarantined_at = models.DateTimeField(auto_now_add=True)
    media_type = models.TextField()
    oops_id = models.TextField(db_index=True)
    key = models.UUIDField(db_index=True, null=True)
    origin = models.TextField()
    content = models.BinaryField()
    reason = models.CharField(max_length=40)
    detail = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["-quarantined_at", "-id"], name="quarantine_newest")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.oops_id or self.pk}"

    @property
    def size_bytes(self) -> int:
        """How many bytes are kept."""
        return len(self.content)
