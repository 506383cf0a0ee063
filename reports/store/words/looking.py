"""Looking words up: which reports of some segments have which keys, as one bit a report."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from reports.store.words.segment import (
    IS_BITMAP,
    find_numbers,
    places_of,
    slots_of,
    unpack_list,
)
from reports.store.words.writing import micros_of

type_range = tuple[int, int]
"""First key, and the first key after. One word is a range of one key."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Segments that are looked at together."""

    days: tuple[date, ...]
    report_count: int


@dataclass(frozen=True, slots=True)
class Place:
    """A report's place in the index: enough to sort by time and to fetch it."""

    micros: int
    key: UUID
    day: date


def find_stretches(cursor: CursorWrapper, reports: int) -> list[Stretch]:
    """All days, the newest first, in stretches of about so many `reports`."""
    cursor.execute(
        "SELECT day, sum(report_count) FROM reports_segment WHERE retired_at IS NULL"
        " GROUP BY day ORDER BY day DESC"
    )
    stretches: list[Stretch] = []
    days: list[date] = []
    total = 0
    for day, count in cursor.fetchall():
        days.append(day)
        total += count
        if total >= reports:
            stretches.append(Stretch(tuple(days), total))
            days, total = [], 0
    if days:
        stretches.append(Stretch(tuple(days), total))
    return stretches


class Lookup:
    """What the index says of one stretch: for each range of keys the reports, by segment."""

    def __init__(self, cursor: CursorWrapper, stretch: Stretch, ranges: Iterable[type_range]):
        self._cursor = cursor
        self._days = list(stretch.days)
        self.counts: dict[int, int] = {}
        """Reports of each segment."""
        self.spans: dict[int, tuple[int, int]] = {}
        """When the oldest and newest report of each happened, in microseconds since 1970."""
        numbers = self._find_numbers(set(ranges))
        self._bits = self._read_lists(numbers)

    def bits(self, keys: type_range, segment: int) -> int:
        """The reports of a segment with one of these keys."""
        return self._bits.get((segment, keys), 0)

    def all_bits(self, segment: int) -> int:
        """All reports of a segment."""
        return (1 << self.counts[segment]) - 1

    def _find_numbers(
        self, ranges: Collection[type_range]
    ) -> dict[tuple[int, type_range], list[int]]:
        by_slot: dict[int, list[type_range]] = defaultdict(list)
        for keys in ranges:
            for slot in slots_of(*keys):
                by_slot[slot].append(keys)
        # One statement, so that segments that are joined meanwhile are seen once.
        self._cursor.execute(
            "SELECT s.id, s.report_count, s.first_at, s.last_at, w.slot, w.block"
            " FROM reports_segment s"
            " LEFT JOIN reports_word w"
            "  ON w.segment_id = s.id AND w.day = s.day AND w.slot = ANY(%s)"
            "  AND w.day = ANY(%s)"
            " WHERE s.day = ANY(%s) AND s.retired_at IS NULL",
            [list(by_slot), self._days, self._days],
        )
        numbers: dict[tuple[int, type_range], list[int]] = {}
        for segment, count, first_at, last_at, slot, block in self._cursor.fetchall():
            self.counts[segment] = count
            self.spans[segment] = micros_of(first_at), micros_of(last_at)
            for keys in by_slot[slot] if block is not None else ():
                found = find_numbers(slot, bytes(block), *keys)
                if found:
                    numbers.setdefault((segment, keys), []).extend(found)
        return numbers

    def _read_lists(
        self, numbers: dict[tuple[int, type_range], list[int]]
    ) -> dict[tuple[int, type_range], int]:
        wanted = {
            (segment, number - self.counts[segment])
            for (segment, _), those in numbers.items()
            for number in those
            if number >= self.counts[segment]
        }
        lists = self._fetch_lists(sorted(wanted))
        bits: dict[tuple[int, type_range], int] = {}
        for (segment, keys), those in numbers.items():
            count = self.counts[segment]
            found = 0
            for number in those:
                found |= 1 << number if number < count else lists[segment, number - count]
            bits[segment, keys] = found
        return bits

    def _fetch_lists(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        if not wanted:
            return {}
        self._cursor.execute(
            "SELECT substr(list_starts, 4 * n + 1, 8) FROM"
            " unnest(%s::bigint[], %s::integer[]) WITH ORDINALITY AS given (segment, n, place)"
            " JOIN reports_segment s ON s.id = segment AND s.day = ANY(%s) ORDER BY place",
            [*map(list, zip(*wanted, strict=True)), self._days],
        )
        starts = [array("I", bytes(part)) for (part,) in self._cursor.fetchall()]
        begins = [start & ~IS_BITMAP for start, _ in starts]
        lengths = [
            (end & ~IS_BITMAP) - begin for begin, (_, end) in zip(begins, starts, strict=True)
        ]
        self._cursor.execute(
            "SELECT substr(lists, begin + 1, length) FROM"
            " unnest(%s::bigint[], %s::integer[], %s::integer[]) WITH ORDINALITY"
            "  AS given (segment, begin, length, place)"
            " JOIN reports_segment s ON s.id = segment AND s.day = ANY(%s) ORDER BY place",
            [[segment for segment, _ in wanted], begins, lengths, self._days],
        )
        packed = [bytes(part) for (part,) in self._cursor.fetchall()]
        return {
            pair: unpack_list(start, part)
            for pair, (start, _), part in zip(wanted, starts, packed, strict=True)
        }


def read_places(cursor: CursorWrapper, stretch: Stretch, bits: dict[int, int]) -> Iterator[Place]:
    """The reports whose bits are set, by segment, in no order."""
    segments = [segment for segment, found in bits.items() if found]
    cursor.execute(
        "SELECT id, day, keys, times FROM reports_segment WHERE id = ANY(%s) AND day = ANY(%s)",
        [segments, list(stretch.days)],
    )
    for segment, day, keys, times in cursor.fetchall():
        packed, micros = bytes(keys), memoryview(bytes(times)).cast("q")
        for place in places_of(bits[segment]):
            yield Place(micros[place], UUID(bytes=packed[16 * place : 16 * place + 16]), day)
