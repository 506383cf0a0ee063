"""A timeline's rows as bars, in percent of the request. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.summaries.timeline import Analysis, Row
from reports.web.sql import break_lines

FIRST_ROWS = 150
"""Rows that are shown at once."""

MOST_ROWS = 10_000
"""Rows that are shown on demand. The whole timeline is in the report's JSON."""

LINE = 300
"""Characters of a statement's one line; more would not fit any screen."""

STATEMENT = 4_000
"""Characters of a statement that can be unfolded in its row."""

NARROWEST = 0.25
"""Percent: what takes less would not be seen."""

LANES = {"sql": 4, "rep": 4, "http": 14, "oth": 24, "gap": 24}


@dataclass(frozen=True, slots=True)
class Lane:
    """A row with its bar from `x`, `width` wide, both in percent."""

    row: Row
    x: float
    width: float
    line: str
    """The statement in one line."""
    text: str
    """The statement with line breaks; empty if it says no more than `line`."""
    left_out: int
    """Characters of the statement that are not shown."""
    lane_y: int

    @property
    def is_labelled_left(self) -> bool:
        """Whether a label would not fit behind the bar."""
        return self.x + self.width > 80

    @property
    def label_x(self) -> float:
        """Where a label begins, or ends, in percent."""
        return self.x if self.is_labelled_left else round(self.x + self.width, 3)

    @property
    def label_dx(self) -> int:
        """Pixels between bar and label."""
        return -5 if self.is_labelled_left else 5

    @property
    def label_anchor(self) -> str:
        """SVG's `text-anchor`."""
        return "end" if self.is_labelled_left else "start"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The rows that are shown, with the marks of their time axis."""

    lanes: Sequence[Lane]
    hidden: int
    """Rows that are left out."""
    is_more_on_demand: bool
    marks: Sequence[tuple[float, str]]
    action_count: int


def draw_waterfall(analysis: Analysis, *, show_all: bool = False) -> Waterfall:
    """Place each row of the timeline."""
    limit = MOST_ROWS if show_all else FIRST_ROWS
    shown = analysis.rows[:limit]
    end_ms = analysis.end_ms or 1.0
    return Waterfall(
        lanes=[_place(row, end_ms) for row in shown],
        hidden=len(analysis.rows) - len(shown),
        is_more_on_demand=not show_all and len(analysis.rows) > limit,
        marks=_make_marks(end_ms),
        action_count=len(analysis.actions),
    )


def _place(row: Row, end_ms: float) -> Lane:
    x = min(row.start_ms / end_ms * 100, 100 - NARROWEST)
    width = max((row.stop_ms - row.start_ms) / end_ms * 100, NARROWEST)
    line = " ".join(row.detail[: LINE * 2].split())
    text = break_lines(row.detail[:STATEMENT])
    return Lane(
        row=row,
        x=round(x, 3),
        width=round(min(width, 100 - x), 3),
        line=line[:LINE],
        text=text if _is_worth_unfolding(row, line, text) else "",
        left_out=max(0, len(row.detail) - STATEMENT),
        lane_y=LANES[row.kind],
    )


def _is_worth_unfolding(row: Row, line: str, text: str) -> bool:
    """Whether there is more to show than one line can."""
    return text != line or len(line) > 50 or any(each.traceback for each in row.actions[:1])


def _make_marks(end_ms: float) -> list[tuple[float, str]]:
    """Four or five round times on the axis, in percent."""
    step = 1.0
    while step * 5 < end_ms:
        step = step * 2.5 if f"{step:.0f}"[0] == "2" else step * 2
    count = int(end_ms // step)
    return [
        (round(place * step / end_ms * 100, 3), _word(place * step))
        for place in range(count + 1)
        if place * step / end_ms < 0.93
    ]


def _word(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"
