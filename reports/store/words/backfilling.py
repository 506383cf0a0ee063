"""Indexing reports that were stored before there was an index, a few at a time."""

from __future__ import annotations

from array import array
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from reports.models import StoredReport
from reports.store.reading import read_body
from reports.store.words.keys import keys_of_report
from reports.store.words.naming import keys_of_names
from reports.store.words.writing import Indexed, write_words


def index_stored(limit: int = 2000) -> int:
    """Index reports that were stored before there was an index. Returns how many.

    Called again and again until it returns 0.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT day FROM reports_unindexed ORDER BY day DESC LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        row = cursor.fetchone()
        if row is None:
            return 0
        rows = _unindexed_of(cursor, row[0], limit)
        write_words(cursor, rows)
        if len(rows) < limit:
            cursor.execute("DELETE FROM reports_unindexed WHERE day = %s", [row[0]])
        return len(rows) or 1


def _unindexed_of(cursor: CursorWrapper, day: date, limit: int) -> list[Indexed]:
    known = _indexed_keys(cursor, day)
    missing = [
        key
        for key in StoredReport.objects.filter(day=day).values_list("key", flat=True)
        if key.bytes not in known
    ]
    rows = StoredReport.objects.filter(day=day, key__in=missing[:limit]).select_related("facet")
    return [Indexed(row.key, day, row.occurred_at, _words_of(row)) for row in rows]


def _indexed_keys(cursor: CursorWrapper, day: date) -> set[bytes]:
    cursor.execute("SELECT keys FROM reports_segment WHERE day = %s AND retired_at IS NULL", [day])
    return {
        bytes(keys[start : start + 16])
        for (keys,) in cursor.fetchall()
        for start in range(0, len(keys), 16)
    }


def _words_of(row: StoredReport) -> array[int]:
    facet = row.facet
    names = keys_of_names(row.signature_id, facet.reporter_id, facet.topic_id)
    return keys_of_report(read_body(row.body)) + names
