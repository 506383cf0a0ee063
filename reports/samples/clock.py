"""Time that passes when it is told to, so that slow pages cost nobody time."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from unittest import mock

from oops_wsgi import middleware
from timeline.timedaction import TimedAction
from timeline.timeline import Timeline

HERE = str(Path(__file__).parent)
KEPT_CALLERS = 3
"""Frames of ours kept with each action: where it was asked for, not the whole way there."""


class Clock:
    """One request's time."""

    def __init__(self, now: datetime) -> None:
        self.start = now
        self.now = now

    @property
    def elapsed_ms(self) -> float:
        """Since the request began."""
        return (self.now - self.start).total_seconds() * 1000

    def advance(self, ms: float) -> None:
        """Let time pass."""
        self.now += timedelta(milliseconds=ms)

    def time(self) -> float:
        """What `time.time` says while this clock stands in for it."""
        return self.now.timestamp()

    @contextmanager
    def lent_to_oops_wsgi(self) -> Iterator[None]:
        """Let the middleware measure its soft limit by this clock; it can't be told otherwise."""
        with mock.patch.object(middleware, "time", self):
            yield


class ClockedAction(TimedAction):  # type: ignore[misc]
    """An action that is timed by its timeline's clock."""

    def _init(self) -> None:
        self.start = self.timeline.clock.now

    def _interval_to_now(self) -> timedelta:
        interval: timedelta = self.timeline.clock.now - self.start
        return interval


class ClockedTimeline(Timeline):  # type: ignore[misc]
    """A timeline that is given its clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(format_stack=format_callers)
        self.clock = clock
        self.baseline = clock.now

    def start(self, category: str, detail: str, allow_nested: bool = False) -> ClockedAction:
        """Begin an action; its `finish` ends it."""
        action = ClockedAction(category, detail, self)
        action.backtrace = "".join(self.format_stack())
        self.actions.append(action)
        return action


def format_callers() -> list[str]:
    """The last few of our own frames, the innermost last, as `format_stack` writes them."""
    kept: list[FrameType] = []
    frame: FrameType | None = sys._getframe(3)
    while frame is not None and len(kept) < KEPT_CALLERS:
        if frame.f_code.co_filename.startswith(HERE):
            kept.append(frame)
        frame = frame.f_back
    summary = traceback.StackSummary.extract((each, each.f_lineno) for each in reversed(kept))
    return summary.format()
