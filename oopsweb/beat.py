"""Beat's table of what is due, when the clock of its host is set."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import PersistentScheduler

STEP_SECONDS = 1.0
"""A clock that is off by less is being slowed down or sped up, not set."""


class SteadyScheduler(PersistentScheduler):  # type: ignore[misc]
    """Counts all intervals afresh when the clock was set.

    Celery goes by the time of day: set back by an hour, with nothing due for an
    hour, it would let the inbox wait as long for what no nudge was sent for.
    """

    _offset: float | None = None

    def tick(self, *args: Any, **options: Any) -> float:
        """The seconds until the next is due."""
        offset = time.time() - time.monotonic()
        if self._offset is None or abs(offset - self._offset) > STEP_SECONDS:
            self._begin_afresh(only_future=self._offset is None)
            self._offset = offset
        return float(super().tick(*args, **options))

    def _begin_afresh(self, *, only_future: bool) -> None:
        """As if everything had run just now. At the start: what has run in the time to come."""
        for entry in self.schedule.values():
            now = entry.default_now()
            if not only_future or entry.last_run_at > now:
                entry.last_run_at = now
        self._heap = None
