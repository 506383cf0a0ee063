"""The ledger: what came in and where it is now, by hour of receipt and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from reports.store.recounting import find_count_faults
from reports.store.standby import reading_connection

Outcome = Literal["received", "stored", "repeated", "quarantined"]
OUTCOMES: tuple[Outcome, ...] = ("received", "stored", "repeated", "quarantined")

type_page = tuple[datetime, int]
"""Hour of receipt, source: what one line of the ledger is about."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Reports of one source, or of all: `received` must equal the sum of the others."""

    transport: str
    source: str
    received: int
    stored: int
    repeated: int
    quarantined: int
    waiting: int

    @property
    def is_balanced(self) -> bool:
        """Whether every accepted report is accounted for."""
        return self.received == self.stored + self.repeated + self.quarantined + self.waiting


def hour_of(moment: datetime) -> datetime:
    """The start of its hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def record(cursor: CursorWrapper, outcome: Outcome, counts: Mapping[type_page, int]) -> None:
    """Add to one outcome, in the transaction that brought it about. Counts may be negative."""
    rows = [(hour, source, count) for (hour, source), count in sorted(counts.items()) if count]
    if not rows:
        return
    others = ", ".join(other for other in OUTCOMES if other != outcome)
    execute_values(
        cursor.cursor,
        f"INSERT INTO reports_ledgerentry AS held (hour, source_id, writer, {outcome}, {others})"
        " VALUES %s ON CONFLICT (hour, source_id, writer)"
        f" DO UPDATE SET {outcome} = held.{outcome} + excluded.{outcome}",
        rows,
        template="(%s, %s, pg_backend_pid(), %s, 0, 0, 0)",
        page_size=len(rows),
    )


def balance() -> list[Balance]:
    """One line a source, in one statement, so that reports on their way are not missed."""
    with reading_connection().cursor() as cursor:
        cursor.execute(
            "SELECT s.transport, s.name, coalesce(l.received, 0), coalesce(l.stored, 0),"
            " coalesce(l.repeated, 0), coalesce(l.quarantined, 0), coalesce(i.waiting, 0)"
            " FROM reports_source s"
            " LEFT JOIN (SELECT source_id, sum(received) AS received, sum(stored) AS stored,"
            "  sum(repeated) AS repeated, sum(quarantined) AS quarantined"
            "  FROM reports_ledgerentry GROUP BY source_id) l ON l.source_id = s.id"
            " LEFT JOIN (SELECT source_id, count(*) AS waiting FROM reports_inbox"
            "  GROUP BY source_id) i ON i.source_id = s.id"
            " ORDER BY s.transport, s.name"
        )
        return [
            Balance(transport, name, *(int(figure) for figure in figures))
            for transport, name, *figures in cursor.fetchall()
        ]


def total(lines: list[Balance]) -> Balance:
    """All lines as one."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums.update({name: getattr(line, name) for name in (*OUTCOMES, "waiting")})
    return Balance("", "", **{name: sums[name] for name in (*OUTCOMES, "waiting")})


def fold() -> int:
    """Join the writers' shares of past hours into one row each. Returns how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM reports_ledgerentry"
            "  WHERE hour < date_trunc('hour', now()) - interval '2 hours' AND writer <> 0"
            "  RETURNING *),"
            " kept AS (INSERT INTO reports_ledgerentry AS held"
            "  (hour, source_id, writer, received, stored, repeated, quarantined)"
            "  SELECT hour, source_id, 0, sum(received), sum(stored), sum(repeated),"
            "   sum(quarantined) FROM gone GROUP BY hour, source_id"
            "  ON CONFLICT (hour, source_id, writer) DO UPDATE SET"
            "   received = held.received + excluded.received,"
            "   stored = held.stored + excluded.stored,"
            "   repeated = held.repeated + excluded.repeated,"
            "   quarantined = held.quarantined + excluded.quarantined)"
            " SELECT count(*) FROM gone"
        )
        return int(cursor.fetchone()[0])


_CHECKS = (
    (
        "reports are in the store or were let go",
        "SELECT coalesce(sum(stored), 0) FROM reports_ledgerentry",
        "SELECT count(*) FROM reports_key",
    ),
    (
        "items are in quarantine",
        "SELECT coalesce(sum(quarantined), 0) FROM reports_ledgerentry",
        "SELECT count(*) FROM reports_quarantineditem",
    ),
    (
        "reports are in the word index",
        "SELECT count(*) FROM reports_report WHERE day NOT IN (SELECT day FROM reports_unindexed)",
        "SELECT coalesce(sum(report_count), 0) FROM reports_segment"
        " WHERE retired_at IS NULL AND day NOT IN (SELECT day FROM reports_unindexed)",
    ),
    *(
        (
            f"reports are counted in {table} {axis}",
            "SELECT count(*) FROM reports_key",
            f"SELECT coalesce(sum({column}), 0) FROM {table}",
        )
        for table, axis, column in (
            ("reports_signaturecount", "by their time", "count"),
            ("reports_signaturecount", "by their receipt", "received"),
            ("reports_classcount", "by their time", "count"),
            ("reports_classcount", "by their receipt", "received"),
            ("reports_topiccount", "by their time", "count"),
            ("reports_signature", "in all", "count"),
            ("reports_problem", "in all", "count"),
        )
    ),
)


def find_faults() -> list[str]:
    """What does not add up, in sentences: ledger, rows and counts, counted one by one."""
    faults = []
    for what, expected_sql, found_sql in _CHECKS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT ({expected_sql}), ({found_sql})")
            expected, found = cursor.fetchone()
        if expected != found:
            faults.append(f"{found:,} {what}, where there should be {expected:,}.")
    return faults + find_count_faults()
