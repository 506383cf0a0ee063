"""Measures: durations and statement counts of a topic's day, by quarter hour, packed. Pure.

Packed, because a row for each quarter hour would be wider than what it counts.
For each quarter hour (a byte), the two histograms; of each, how many buckets it
has, the steps from one to the next and their counts, and the worst with its id.
All numbers but the worst duration are written seven bits a byte.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, field

from reports.store.histograms import Histogram, Worst

QUARTERS_AN_HOUR = 4

_USUAL_ID = re.compile(r"OOPS-[0-9a-f]{32}\Z")
_USUAL, _SAME = 0, 1
"""How an id is written: 16 bytes, or as the id before; otherwise as its length and text."""


@dataclass(slots=True)
class Measure:
    """What is known of some reports' durations (ms) and numbers of statements."""

    durations: Histogram = field(default_factory=Histogram)
    statements: Histogram = field(default_factory=Histogram)

    def add(self, duration_ms: float | None, statement_count: int, oops_id: str) -> None:
        """Take in a report. One that names no statement says nothing about their number."""
        if duration_ms is not None and math.isfinite(duration_ms):
            self.durations.add(duration_ms, oops_id)
        if statement_count > 0:
            self.statements.add(statement_count, oops_id)

    def merge(self, other: Measure) -> None:
        """Take in another measure's reports."""
        self.durations.merge(other.durations)
        self.statements.merge(other.statements)


type_day = dict[int, Measure]
"""A day's measures by quarter hour, 0 to 95."""


def merge_days(day: type_day, other: type_day) -> None:
    """Add what `other` holds to `day`."""
    for quarter, measure in other.items():
        day.setdefault(quarter, Measure()).merge(measure)


def fold_to_hours(day: type_day) -> type_day:
    """The same by hour: each measure at the first quarter of its hour."""
    folded: type_day = {}
    for quarter, measure in day.items():
        hour = quarter // QUARTERS_AN_HOUR * QUARTERS_AN_HOUR
        merge_days(folded, {hour: measure})
    return folded


def add_up(day: type_day) -> Measure:
    """All quarter hours as one."""
    total = Measure()
    for measure in day.values():
        total.merge(measure)
    return total


def pack_day(day: type_day) -> bytes:
    """Bytes that `unpack_day` reads; equal days give equal bytes."""
    out = bytearray()
    for quarter, measure in sorted(day.items()):
        out.append(quarter)
        _write_measure(out, measure)
    return bytes(out)


def unpack_day(packed: bytes) -> type_day:
    """What `pack_day` made bytes of."""
    day: type_day = {}
    reader = _Reader(packed)
    while reader.at < len(packed):
        quarter = packed[reader.at]
        reader.at += 1
        day[quarter] = reader.read_measure()
    return day


def pack_measure(measure: Measure) -> bytes:
    """One measure as bytes."""
    out = bytearray()
    _write_measure(out, measure)
    return bytes(out)


def unpack_measure(packed: bytes) -> Measure:
    """What `pack_measure` made bytes of."""
    return _Reader(packed).read_measure()


def merge_packed(measure: Measure, packed: bytes) -> None:
    """Take in what `pack_measure` made bytes of, without making a measure of it first."""
    _Reader(packed).read_into(measure)


def _write_measure(out: bytearray, measure: Measure) -> None:
    _write_counts(out, measure.durations)
    if (worst := measure.durations.worst) is not None:
        out += struct.pack(">d", worst.value)
        _write_id(out, worst.oops_id, "")
    _write_counts(out, measure.statements)
    if (most := measure.statements.worst) is not None:
        _write_number(out, int(most.value))
        _write_id(out, most.oops_id, worst.oops_id if worst else "")


def _write_number(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _write_counts(out: bytearray, histogram: Histogram) -> None:
    _write_number(out, len(histogram.counts))
    last = 0
    for bucket, count in sorted(histogram.counts.items()):
        _write_number(out, bucket - last)
        _write_number(out, count)
        last = bucket


def _write_id(out: bytearray, oops_id: str, before: str) -> None:
    if oops_id == before != "":
        out.append(_SAME)
    elif _USUAL_ID.match(oops_id):
        out.append(_USUAL)
        out += bytes.fromhex(oops_id[5:])
    else:
        text = oops_id.encode("utf-8", "surrogatepass")
        _write_number(out, len(text) + 2)
        out += text


@dataclass(slots=True)
class _Reader:
    """A place in packed bytes."""

    packed: bytes
    at: int = 0

    def read_measure(self) -> Measure:
        measure = Measure()
        self.read_into(measure)
        return measure

    def read_into(self, measure: Measure) -> None:
        longest_id = ""
        if self.read_counts(measure.durations.counts):
            (value,) = struct.unpack_from(">d", self.packed, self.at)
            self.at += 8
            longest_id = self.read_id("")
            measure.durations.meet(Worst(value, longest_id))
        if self.read_counts(measure.statements.counts):
            most = self.read_number()
            measure.statements.meet(Worst(most, self.read_id(longest_id)))

    def read_number(self) -> int:
        packed, at = self.packed, self.at
        byte = packed[at]
        number, shift = byte & 0x7F, 7
        while byte > 0x7F:
            at += 1
            byte = packed[at]
            number |= (byte & 0x7F) << shift
            shift += 7
        self.at = at + 1
        return number

    def read_counts(self, counts: dict[int, int]) -> int:
        """Add to `counts`; how many buckets there were. Pages read millions of these bytes."""
        packed, bucket, entries = self.packed, 0, self.read_number()
        at = self.at
        for _ in range(entries):
            step, count = packed[at], packed[at + 1]
            if (step | count) < 0x80:
                at += 2
            else:
                self.at = at
                step, count = self.read_number(), self.read_number()
                at = self.at
            bucket += step
            counts[bucket] = counts.get(bucket, 0) + count
        self.at = at
        return entries

    def read_id(self, before: str) -> str:
        form = self.read_number()
        if form == _SAME:
            return before
        length = 16 if form == _USUAL else form - 2
        raw = self.packed[self.at : self.at + length]
        self.at += length
        return f"OOPS-{raw.hex()}" if form == _USUAL else raw.decode("utf-8", "surrogatepass")
