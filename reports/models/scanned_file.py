"""How far datedir trees have been read."""

from django.db import models

from reports.models.source import Source


class ScannedFolder(models.Model):
    """One day's folder of a datedir tree, and its state when last read through."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE)
    path = models.TextField()
    """Relative to the root."""
    settled_mtime_ns = models.BigIntegerField(default=0)
    """The folder's own time of change when all its files had been read; 0: not yet."""

    class Meta:
        constraints = [models.UniqueConstraint("source", "path", name="scanned_folder_once")]

    def __str__(self) -> str:
        return self.path


class ScannedFile(models.Model):
    """A file that is in the inbox, or further, and need not be read again."""

    pk = models.CompositePrimaryKey("folder", "name")
    folder = models.ForeignKey(ScannedFolder, on_delete=models.CASCADE, db_index=False)
    name = models.TextField()

    def __str__(self) -> str:
        return self.name
