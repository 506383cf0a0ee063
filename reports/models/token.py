"""What programs show to be let in."""

from __future__ import annotations

from django.db import models


class Token(models.Model):
    """A named token. Only its hash is kept; its text is shown once, when made."""

    class Scope(models.TextChoices):
        """What a token may do. An intake token can only send."""

        INTAKE = "intake", "send reports"
        READ = "read", "read everything"
        TRIAGE = "triage", "read, and change problems"

    name = models.CharField(max_length=100, unique=True)
    scope = models.CharField(max_length=8, choices=Scope)
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    is_revoked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.scope})"
