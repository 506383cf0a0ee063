"""When failures happen: with the visitors, so by day and less at weekends."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from random import Random

STEP = timedelta(minutes=15)
LAST_WITHIN = timedelta(minutes=2)
"""The newest failure is no older than this."""
OUTAGE_FACTOR = 4


def busyness(moment: datetime) -> float:
    """How much goes on, from 0.15 at four at night to 1 at four in the afternoon."""
    hour = moment.hour + moment.minute / 60
    by_hour = 0.575 - 0.425 * math.cos((hour - 4) / 24 * 2 * math.pi)
    return by_hour * (0.65 if moment.weekday() >= 5 else 1.0)


def choose_moments(
    chance: Random, *, count: int, days: float, now: datetime, outage: tuple[float, float]
) -> list[datetime]:
    """`count` times of the last `days`, the oldest first; the newest is minutes old.

    `outage` says from and to which share of the time far more fails than usual.
    """
    span = timedelta(days=days)
    steps = [now - span + STEP * number for number in range(max(1, int(span / STEP)))]
    weights = [
        busyness(step) * (OUTAGE_FACTOR if outage[0] <= number / len(steps) < outage[1] else 1)
        for number, step in enumerate(steps)
    ]
    chosen = chance.choices(steps, weights, k=count)
    moments = sorted(step + min(STEP, span) * chance.random() for step in chosen)
    return [*moments[:-1], now - LAST_WITHIN * chance.random()]
