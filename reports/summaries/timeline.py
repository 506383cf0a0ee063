"""What a request did, in order: time in SQL and outside it, repeats, the longest. Pure.

Senders' clocks and rows can't be trusted: times are made finite and not
negative here, so that everything below can be drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.grouping import normalise_statement
from reports.report import Report, Step

MAX_STATEMENT = 4_000
"""Characters of a statement that are compared; what differs only beyond counts as a repeat."""

MAX_REPEATS = 20
MAX_LONGEST = 10

GAP_SHARE = 0.05
GAP_MS = 50.0
"""A time without recorded action is shown from this long on, and this part of the request."""

FOREVER_MS = 1e12
"""No request takes thirty years; larger times are a sender's mistake."""


@dataclass(frozen=True, slots=True)
class Action:
    """A step whose times can be drawn, and what it is counted as."""

    number: int
    """Its place in the report, from 1."""
    start_ms: float
    duration_ms: float
    category: str
    detail: str
    traceback: str
    kind: str
    """`sql`, `http` or `oth`."""
    shape: str
    """Statement without its literals; other actions keep their detail."""

    @property
    def stop_ms(self) -> float:
        """When it ended."""
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the waterfall: an action, several of one shape in a row, or a gap."""

    start_ms: float
    stop_ms: float
    busy_ms: float
    """Sum of its actions' durations; a gap's length."""
    kind: str
    """`sql`, `rep` (joined repeats), `http`, `oth` or `gap`."""
    category: str
    detail: str
    actions: tuple[Action, ...] = ()
    is_slow: bool = False

    @property
    def count(self) -> int:
        """How many actions are joined in it."""
        return len(self.actions)

    @property
    def number(self) -> int | None:
        """Of its first action; None for a gap."""
        return self.actions[0].number if self.actions else None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A statement that ran more than once, but for its literals."""

    shape: str
    example: str
    number: int
    """The first action that ran it."""
    count: int
    total_ms: float
    projected_ms: float
    """How long the request would take if this one and all before it in the list ran once."""

    @property
    def mean_ms(self) -> float:
        """Of one run."""
        return self.total_ms / self.count

    @property
    def saving_ms(self) -> float:
        """What running it once would save: the total without one mean."""
        return self.total_ms - self.mean_ms


@dataclass(frozen=True, slots=True)
class Analysis:
    """A timeline, understood."""

    actions: Sequence[Action]
    rows: Sequence[Row]
    repeats: Sequence[Repeat]
    repeat_count: int
    """How many statements ran more than once; `repeats` holds the most expensive."""
    longest: Sequence[Action]
    total_ms: float
    """Of the whole request: what the sender measured, else the last action's end."""
    end_ms: float
    """Where the waterfall ends."""
    sql_ms: float
    other_ms: float
    """In recorded actions that are no SQL."""
    sql_count: int

    @property
    def outside_sql_ms(self) -> float:
        """The request's time without SQL, 0 where statements ran side by side."""
        return max(0.0, self.total_ms - self.sql_ms)

    @property
    def best_case_ms(self) -> float:
        """How long it would take if every repeated statement ran once."""
        return self.repeats[-1].projected_ms if self.repeats else self.total_ms

    @property
    def repeated_ms(self) -> float:
        """In the repeated statements that are listed."""
        return sum(repeat.total_ms for repeat in self.repeats)


def analyse(report: Report, *, join_repeats: bool = True) -> Analysis:
    """Understand a report's timeline, whatever it holds."""
    actions = [_make_action(number, step) for number, step in enumerate(report.timeline, start=1)]
    last_stop = max((action.stop_ms for action in actions), default=0.0)
    given = report.given_duration_ms
    total_ms = last_stop if given is None else _finite(given)
    statements = [action for action in actions if action.kind == "sql"]
    repeats = _find_repeats(statements, total_ms)
    end_ms = max(total_ms, last_stop)
    return Analysis(
        actions=actions,
        rows=_make_rows(actions, end_ms, join_repeats),
        repeats=repeats[:MAX_REPEATS],
        repeat_count=len(repeats),
        longest=_find_longest(statements),
        total_ms=total_ms,
        end_ms=end_ms,
        sql_ms=sum(action.duration_ms for action in statements),
        other_ms=sum(action.duration_ms for action in actions if action.kind != "sql"),
        sql_count=len(statements),
    )


def _make_action(number: int, step: Step) -> Action:
    kind = _kind_of(step)
    start_ms = _finite(step.start_ms)
    duration_ms = _finite(_finite(step.stop_ms) - start_ms)
    detail = step.detail
    shape = normalise_statement(detail[:MAX_STATEMENT]) if kind == "sql" else detail[:MAX_STATEMENT]
    return Action(number, start_ms, duration_ms, step.category, detail, step.traceback, kind, shape)


def _finite(ms: float) -> float:
    """`ms` from 0 to `FOREVER_MS`; 0 for what is no number."""
    return min(max(ms, 0.0), FOREVER_MS) if math.isfinite(ms) else 0.0


def _kind_of(step: Step) -> str:
    if step.is_sql:
        return "sql"
    category = step.category.lower()
    return "http" if category.startswith(("http", "urlopen", "xmlrpc", "request")) else "oth"


def _find_repeats(statements: Iterable[Action], total_ms: float) -> list[Repeat]:
    """Statements that ran more than once, those that cost most first."""
    runs: dict[str, list[Action]] = {}
    for action in statements:
        runs.setdefault(action.shape, []).append(action)
    repeated = [found for found in runs.values() if len(found) > 1]
    repeated.sort(key=_saving_of, reverse=True)
    result = []
    for found in repeated:
        total_ms = max(0.0, total_ms - _saving_of(found))
        first = found[0]
        spent = sum(action.duration_ms for action in found)
        result.append(Repeat(first.shape, first.detail, first.number, len(found), spent, total_ms))
    return result


def _saving_of(runs: list[Action]) -> float:
    spent = sum(action.duration_ms for action in runs)
    return spent - spent / len(runs)


def _find_longest(statements: Iterable[Action]) -> list[Action]:
    ordered = sorted(statements, key=lambda action: -action.duration_ms)
    return [action for action in ordered[:MAX_LONGEST] if action.duration_ms > 0]


def _make_rows(actions: Sequence[Action], end_ms: float, join_repeats: bool) -> list[Row]:
    rows: list[Row] = []
    gap_ms = max(GAP_MS, GAP_SHARE * end_ms)
    reached = 0.0
    for run in _runs_of(actions, gap_ms if join_repeats else None):
        if run[0].start_ms - reached >= gap_ms:
            rows.append(_make_gap(reached, run[0].start_ms))
        rows.append(_make_row(run, end_ms))
        reached = max(reached, rows[-1].stop_ms)
    if end_ms - reached >= gap_ms and actions:
        rows.append(_make_gap(reached, end_ms))
    return rows


def _runs_of(actions: Sequence[Action], gap_ms: float | None) -> Iterable[tuple[Action, ...]]:
    """Neighbours of one shape together, unless a gap lies between; None joins nothing."""
    run: list[Action] = []
    for action in actions:
        if run and not (gap_ms is not None and _follows(run[-1], action, gap_ms)):
            yield tuple(run)
            run = []
        run.append(action)
    if run:
        yield tuple(run)


def _follows(last: Action, action: Action, gap_ms: float) -> bool:
    is_alike = (last.category, last.shape) == (action.category, action.shape)
    return is_alike and action.start_ms - last.stop_ms < gap_ms


def _make_row(run: tuple[Action, ...], end_ms: float) -> Row:
    first = run[0]
    busy_ms = sum(action.duration_ms for action in run)
    return Row(
        start_ms=min(action.start_ms for action in run),
        stop_ms=max(action.stop_ms for action in run),
        busy_ms=busy_ms,
        kind="rep" if len(run) > 1 and first.kind == "sql" else first.kind,
        category=first.category,
        detail=first.detail,
        actions=run,
        is_slow=busy_ms >= GAP_SHARE * end_ms > 0,
    )


def _make_gap(start_ms: float, stop_ms: float) -> Row:
    return Row(start_ms, stop_ms, stop_ms - start_ms, "gap", "", "")
