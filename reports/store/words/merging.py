"""Joining small segments: a quiet site stores few reports at a time, and each makes a segment.

The joined ones are retired, not deleted, for as long as somebody may still be
reading them.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from reports.store.words.segment import MAX_REPORTS, Segment, take_apart
from reports.store.words.writing import Indexed, moment_of, write_words

SMALL_REPORTS = 250
"""A segment with fewer reports is joined with others of its day."""
MIN_SEGMENTS = 8
"""Fewer small segments of a day are left as they are."""
READERS_LAST = "10 minutes"
"""Longer than any search takes."""
MERGE_LOCK = 0x776F726473


@transaction.atomic
def merge_segments() -> int:
    """Join small segments of each day, and delete those retired long ago. Returns how many went.

    One process at a time; others return at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [MERGE_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        _delete_retired(cursor)
        cursor.execute(
            "SELECT day FROM reports_segment WHERE retired_at IS NULL AND report_count < %s"
            " GROUP BY day HAVING count(*) >= %s ORDER BY day DESC",
            [SMALL_REPORTS, MIN_SEGMENTS],
        )
        return sum(_merge_day(cursor, day) for (day,) in cursor.fetchall())


def _merge_day(cursor: CursorWrapper, day: date) -> int:
    cursor.execute(
        "SELECT id, report_count FROM reports_segment"
        " WHERE day = %s AND retired_at IS NULL AND report_count < %s ORDER BY first_at, id",
        [day, SMALL_REPORTS],
    )
    merged = 0
    group: list[int] = []
    total = 0
    for segment, count in [*cursor.fetchall(), (None, MAX_REPORTS)]:
        if group and total + count > MAX_REPORTS:
            merged += _merge(cursor, day, group)
            group, total = [], 0
        group.append(segment)
        total += count
    return merged


def _merge(cursor: CursorWrapper, day: date, segments: list[int]) -> int:
    if len(segments) < 2:
        return 0
    reports = [report for segment in segments for report in _read(cursor, day, segment)]
    write_words(cursor, sorted(reports, key=lambda report: report.occurred_at))
    cursor.execute(
        "UPDATE reports_segment SET retired_at = now() WHERE day = %s AND id = ANY(%s)",
        [day, segments],
    )
    return len(segments)


def _read(cursor: CursorWrapper, day: date, segment: int) -> list[Indexed]:
    cursor.execute(
        "SELECT report_count, keys, times, list_starts, lists FROM reports_segment"
        " WHERE day = %s AND id = %s",
        [day, segment],
    )
    count, *packed = cursor.fetchone()
    keys, times, starts, lists = map(bytes, packed)
    cursor.execute(
        "SELECT slot, block FROM reports_word WHERE day = %s AND segment_id = %s"
        " AND slot = ANY(ARRAY(SELECT generate_series(-1, 255)))",
        [day, segment],
    )
    blocks = {slot: bytes(block) for slot, block in cursor.fetchall()}
    words = take_apart(Segment(blocks, starts, lists), count)
    return [
        Indexed(
            UUID(bytes=keys[16 * place : 16 * place + 16]), day, moment_of(micros), words[place]
        )
        for place, micros in enumerate(memoryview(times).cast("q"))
    ]


def _delete_retired(cursor: CursorWrapper) -> None:
    cursor.execute(
        f"DELETE FROM reports_segment WHERE retired_at < now() - interval '{READERS_LAST}'"
        " RETURNING id, day"
    )
    gone = cursor.fetchall()
    if gone:
        cursor.execute(
            "DELETE FROM reports_word WHERE slot = ANY(ARRAY(SELECT generate_series(-1, 255)))"
            " AND segment_id = ANY(%s) AND day = ANY(%s)",
            [[number for number, _ in gone], list({day for _, day in gone})],
        )
