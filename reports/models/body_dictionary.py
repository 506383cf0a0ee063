"""What packed bodies have in common, kept as long as a body needs it."""

from django.db import models


class BodyDictionary(models.Model):
    """A zstd dictionary; its number stands in each body that was packed with it."""

    number = models.PositiveIntegerField(primary_key=True)
    content = models.BinaryField()
    trained_at = models.DateTimeField(auto_now_add=True)
    sample_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"dictionary {self.number}"
