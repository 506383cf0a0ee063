"""Beat, when the clock of its host is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery

from oopsweb.beat import SteadyScheduler

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Noting(SteadyScheduler):
    """Notes what it would send."""

    sent: list[str]

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **_: Any) -> None:
        self.reserve(entry)
        self.sent.append(entry.task)

    producer = None


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    app = Celery("trial", set_as_current=False)
    app.conf.update(
        timezone="UTC",
        beat_schedule={
            "sweep": {"task": "sweep", "schedule": 1.0},
            "fold": {"task": "fold", "schedule": 600.0},
        },
    )
    begun = []

    def begin() -> Noting:
        scheduler = Noting(app=app, schedule_filename=str(tmp_path / "schedule"))
        scheduler.sent = []
        begun.append(scheduler)
        return scheduler

    yield begin
    begun[-1].close()


def run(scheduler: Noting) -> float:
    """Tick until nothing is due; the seconds until something is."""
    for _ in range(10):
        pause_s = scheduler.tick()
        if pause_s > 0:
            return pause_s
    raise AssertionError("it never rests")


@pytest.mark.parametrize("hours", [-1, -24, 1, 24])
def test_it_goes_on_within_a_second_when_the_clock_was_set(start: Any, hours: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        scheduler = start()
        run(scheduler)
        clock.shift(timedelta(seconds=2))
        clock.move_to(NOON + timedelta(hours=hours))
        assert run(scheduler) <= 1.0
        scheduler.sent.clear()
        scheduler._offset = None  # what follows is time that passes, and no step
        clock.shift(timedelta(seconds=1.5))
        run(scheduler)
        assert scheduler.sent == ["sweep"]


def test_what_was_noted_by_a_clock_that_was_ahead_is_not_waited_for(start: Any) -> None:
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        scheduler = start()
        run(scheduler)
        scheduler.close()
    with time_machine.travel(NOON, tick=False):
        assert run(start()) <= 1.0
