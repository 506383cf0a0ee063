"""The worker's side of Celery's conversation with the broker, without what nobody here needs."""

from __future__ import annotations

from celery.worker import consumer

UNNEEDED = "DelayedDelivery"
"""28 quorum queues for tasks that wait for a set time, made where the worker's own is one.

No task here does. They cost seconds at each start, and disk on every node.
"""


class Consumer(consumer.Consumer):  # type: ignore[misc]
    """Celery's, by its setting `worker_consumer`."""

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc]
        """What it does at its start, in order."""

        default_steps = [
            step
            for step in consumer.Consumer.Blueprint.default_steps
            if not str(step).endswith(f":{UNNEEDED}")
        ]
