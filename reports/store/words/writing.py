"""Writing the index of reports, in the transaction that stores them: what is stored is found."""

from __future__ import annotations

import io
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from reports.store.words.segment import MAX_REPORTS, Segment, TooManyLists, build

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index keeps of a report: who it is, when it happened, and its words' keys."""

    key: UUID
    day: date
    occurred_at: datetime
    words: array[int]


def write_words(cursor: CursorWrapper, reports: Sequence[Indexed]) -> None:
    """Index `reports`, whose days have partitions, in segments of one day each."""
    by_day: dict[date, list[Indexed]] = defaultdict(list)
    for report in reports:
        by_day[report.day].append(report)
    blocks, segments = io.StringIO(), io.StringIO()
    for day, those in sorted(by_day.items()):
        for start in range(0, len(those), MAX_REPORTS):
            _write(cursor, day, those[start : start + MAX_REPORTS], blocks, segments)
    _copy(cursor, "reports_segment", _SEGMENT_COLUMNS, segments)
    _copy(cursor, "reports_word", "segment_id, day, slot, block", blocks)


_SEGMENT_COLUMNS = "id, day, report_count, first_at, last_at, keys, times, list_starts, lists"


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(micros: int) -> datetime:
    """The time that `micros_of` came from, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def _write(
    cursor: CursorWrapper,
    day: date,
    reports: Sequence[Indexed],
    blocks: io.StringIO,
    segments: io.StringIO,
) -> None:
    try:
        segment = build([report.words for report in reports])
    except TooManyLists:
        half = len(reports) // 2
        _write(cursor, day, reports[:half], blocks, segments)
        _write(cursor, day, reports[half:], blocks, segments)
        return
    cursor.execute("SELECT nextval('reports_segment_id')")
    number = cursor.fetchone()[0]
    segments.write(_segment_line(number, day, reports, segment))
    for slot, block in segment.blocks.items():
        blocks.write(f"{number}\t{day}\t{slot}\t\\\\x{block.hex()}\n")


def _segment_line(number: int, day: date, reports: Sequence[Indexed], segment: Segment) -> str:
    times = [report.occurred_at for report in reports]
    packed = (
        b"".join(report.key.bytes for report in reports),
        array("q", map(micros_of, times)).tobytes(),
        segment.list_starts,
        segment.lists,
    )
    fields = (number, day, len(reports), min(times), max(times))
    return "\t".join([*map(str, fields), *(rf"\\x{part.hex()}" for part in packed)]) + "\n"


def _copy(cursor: CursorWrapper, table: str, columns: str, lines: io.StringIO) -> None:
    lines.seek(0)
    cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", lines)
