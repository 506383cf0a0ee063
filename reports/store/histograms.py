"""Histograms of one shape for all: so they can be added up, and forget no worst case. Pure.

A value's bucket is found on a logarithmic scale whose steps are 10 % wide, so a
quantile read from any sum of histograms is off by at most 5 % of itself, and
small whole numbers are exact. The greatest value is kept as it was, with the id
of the report that holds it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

STEP = Fraction(11, 10)
"""A bucket's upper bound over its lower one. The error is half of the difference at most."""

LEAST = Fraction(1, 10)
"""What is not greater lies in the first bucket and is read as 0: a tenth of a millisecond."""

BUCKETS = 243
"""Up to 1e9, which is eleven days in milliseconds; what is greater lies in the last."""

# By fractions, so that every machine has the same bounds to the last bit.
_BOUNDS = [float(LEAST * STEP**place) for place in range(BUCKETS - 1)]
_READ_AS = [0.0, *(float(2 * LEAST * STEP**place / (1 + STEP)) for place in range(1, BUCKETS))]


class Worst(NamedTuple):
    """The greatest value, and the report that has it."""

    value: float
    oops_id: str


@dataclass(slots=True)
class Histogram:
    """How many values lie in each bucket. Adding is associative and commutative."""

    counts: dict[int, int] = field(default_factory=dict)
    worst: Worst | None = None

    @property
    def total(self) -> int:
        """How many values there are."""
        return sum(self.counts.values())

    def add(self, value: float, oops_id: str) -> None:
        """Take in one finite value; below nothing is nothing."""
        value = max(value, 0.0)
        bucket = bucket_of(value)
        self.counts[bucket] = self.counts.get(bucket, 0) + 1
        self.meet(Worst(value, oops_id))

    def merge(self, other: Histogram) -> None:
        """Take in all values of another histogram."""
        for bucket, count in other.counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + count
        if other.worst is not None:
            self.meet(other.worst)

    def quantile(self, share: float) -> float | None:
        """What `share` (0 to 1) of all values do not exceed, within 5 %. None if empty."""
        wanted = max(1, math.ceil(share * self.total - 1e-9))
        seen = 0
        for bucket, count in sorted(self.counts.items()):
            seen += count
            if seen >= wanted:
                # No quantile is above the greatest value, and that one is known.
                return min(_READ_AS[bucket], self.worst.value if self.worst else math.inf)
        return None

    def bars(self) -> Iterator[tuple[float, float, int]]:
        """Each bucket that holds values: its bounds and their number, the lowest first."""
        for bucket, count in sorted(self.counts.items()):
            yield *bounds_of(bucket), count

    def meet(self, worst: Worst) -> None:
        """Keep the greater of the worst so far and this one."""
        # Of equal ones the same is kept in whatever order they come.
        own = self.worst
        if own is None or (-worst.value, worst.oops_id) < (-own.value, own.oops_id):
            self.worst = worst


def bucket_of(value: float) -> int:
    """The number of the bucket that holds a finite value."""
    return bisect_left(_BOUNDS, value)


def bounds_of(bucket: int) -> tuple[float, float]:
    """Above which value a bucket begins, and the greatest that it holds."""
    lower = _BOUNDS[bucket - 1] if bucket else 0.0
    return lower, _BOUNDS[bucket] if bucket < len(_BOUNDS) else math.inf
