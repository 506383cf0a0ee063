"""Where bytes came in: a transport, and which of its senders, queues or folders."""

from django.db import models


class Source(models.Model):
    """One way in: the token that posted, the queue that was read, the tree that was scanned."""

    class Transport(models.TextChoices):
        """The ways that bytes can come in."""

        HTTP = "http", "HTTP"
        AMQP = "amqp", "AMQP"
        DATEDIR = "datedir", "datedir"

    transport = models.CharField(max_length=16, choices=Transport)
    name = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint("transport", "name", name="source_once")]

    def __str__(self) -> str:
        return f"{self.transport} {self.name}"
