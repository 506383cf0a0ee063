"""Folding: counts of days long past, from quarter hours to hours.

Quarter hours are kept for as long as readers in any time zone look at single
days; then the hour is enough, and takes fewer rows. Sums never change.

Who counts holds a lock that is shared; an hour is joined under the same lock
held alone, for some milliseconds. So nobody waits in a row while he holds another, and
a late report finds the hour before it is joined, or afterwards, and never between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from reports.store.counters import COUNTS_LOCK
from reports.store.facts import type_topic_key
from reports.store.measures import fold_to_hours, type_day, unpack_day
from reports.store.measuring import try_lock, write_topics

QUARTERS_LAST_DAYS = 8
"""A whole week in any time zone, and today."""

HOURS_AT_ONCE = 200
TOPICS_AT_ONCE = 500

_TABLES = {
    "reports_signaturecount": "signature_id, facet_id",
    "reports_classcount": "classification_id, reporter_id, is_robot",
}


def fold_counts(now: datetime | None = None) -> int:
    """Join what is old enough. Returns how many rows that saved, or wrote again.

    One process at a time; what another one holds is left for the next time.
    """
    cutoff = _start_of(now or datetime.now(UTC))
    folded = sum(_fold_hour(table, hour) for table in _TABLES for hour in _hours(table, cutoff))
    while count := _fold_topics(cutoff):
        folded += count
    return folded


def _start_of(now: datetime) -> datetime:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=QUARTERS_LAST_DAYS)


def _hours(table: str, cutoff: datetime) -> list[datetime]:
    """Old hours that are not joined, the oldest first: leaps from one quarter to the next."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE there (quarter) AS ((SELECT min(quarter) FROM {table})"
            f" UNION ALL SELECT (SELECT min(next.quarter) FROM {table} next"
            "  WHERE next.quarter > there.quarter) FROM there WHERE there.quarter < %s)"
            " SELECT DISTINCT date_trunc('hour', quarter, 'UTC') FROM there"
            " WHERE quarter < %s AND quarter <> date_trunc('hour', quarter, 'UTC')"
            " ORDER BY 1 LIMIT %s",
            [cutoff, cutoff, HOURS_AT_ONCE],
        )
        return [hour for (hour,) in cursor.fetchall()]


@transaction.atomic
def _fold_hour(table: str, hour: datetime) -> int:
    key = _TABLES[table]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTS_LOCK])
        cursor.execute(
            f"WITH gone AS (DELETE FROM {table} WHERE quarter > %s AND quarter < %s RETURNING *),"
            f" kept AS (INSERT INTO {table} AS held ({key}, quarter, count, received)"
            f"  SELECT {key}, %s, sum(count), sum(received) FROM gone GROUP BY {key}"
            f"  ON CONFLICT ({key}, quarter) DO UPDATE SET count = held.count + excluded.count,"
            "  received = held.received + excluded.received RETURNING xmax = 0 AS is_new)"
            " SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept WHERE is_new)",
            [hour, hour + timedelta(hours=1), hour],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def _fold_topics(cutoff: datetime) -> int:
    with connection.cursor() as cursor:
        if not try_lock(cursor):
            return 0
        rows = _read_topics(cursor, cutoff)
        write_topics(cursor, rows)
        return len(rows)


def _read_topics(
    cursor: CursorWrapper, cutoff: datetime
) -> list[tuple[type_topic_key, type_day, bool]]:
    cursor.execute(
        "SELECT topic_id, day, reporter_id, content FROM reports_topicmeasure"
        " WHERE day < %s AND NOT is_by_hour LIMIT %s",
        [cutoff.date(), TOPICS_AT_ONCE],
    )
    return [
        ((topic, day, reporter), fold_to_hours(unpack_day(bytes(packed))), True)
        for topic, day, reporter, packed in cursor.fetchall()
    ]
