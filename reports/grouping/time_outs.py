"""Time outs: the statement that took the most time in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from reports.grouping.normalise import normalise_value
from reports.grouping.statements import normalise_statement
from reports.report import Step

MAX_STEPS = 20_000
"""Steps of a timeline that are added up, the first ones."""


@dataclass(frozen=True, slots=True)
class Slowest:
    """The most expensive step: `what` it is in a word, and its shape."""

    what: str
    shape: str


def most_expensive(timeline: Sequence[Step]) -> Slowest | None:
    """The step whose like took most time in all; statements before all else. None if empty."""
    steps = timeline[:MAX_STEPS]
    statements = [step for step in steps if step.is_sql and step.detail]
    if statements:
        return Slowest("statement", _first_of(statements))
    others = [step for step in steps if step.detail or step.category]
    return Slowest("step", _first_of(others)) if others else None


def _first_of(steps: Sequence[Step]) -> str:
    """The shape with the longest sum; of equal ones the first in the alphabet."""
    totals: defaultdict[str, float] = defaultdict(float)
    for step in steps:
        totals[_shape_of(step)] += step.duration_ms
    return min(totals, key=lambda shape: (-totals[shape], shape))


def _shape_of(step: Step) -> str:
    if step.is_sql:
        return normalise_statement(step.detail)
    category = step.category.removesuffix("-start").removesuffix("-stop")
    return f"{category} {normalise_value(step.detail)}"
