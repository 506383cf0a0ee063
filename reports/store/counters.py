"""Counting: every stored report in its quarter hours, its signature and its problem.

Rows are always locked in the order of their keys, so that workers wait for
each other and never form a ring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting needs to know of one stored report."""

    signature_id: int
    facet_id: int
    classification_id: int
    reporter_id: int
    is_robot: bool
    occurred_at: datetime
    received_at: datetime


def quarter_of(moment: datetime) -> datetime:
    """The start of the quarter hour that holds `moment`."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def count_reports(cursor: CursorWrapper, reports: Collection[Counted]) -> None:
    """Add `reports` to all counts."""
    _add_to_signature_counts(cursor, reports)
    _add_to_class_counts(cursor, reports)
    _add_to_problems(cursor, reports)


def _both_quarters(report: Counted) -> tuple[tuple[bool, datetime], tuple[bool, datetime]]:
    return (False, quarter_of(report.occurred_at)), (True, quarter_of(report.received_at))


def _add_to_signature_counts(cursor: CursorWrapper, reports: Collection[Counted]) -> None:
    counts = Counter(
        (report.signature_id, by_receipt, quarter, report.facet_id)
        for report in reports
        for by_receipt, quarter in _both_quarters(report)
    )
    _upsert(cursor, "reports_signaturecount", "signature_id, by_receipt, quarter, facet_id", counts)


def _add_to_class_counts(cursor: CursorWrapper, reports: Collection[Counted]) -> None:
    counts = Counter(
        (by_receipt, quarter, report.classification_id, report.reporter_id, report.is_robot)
        for report in reports
        for by_receipt, quarter in _both_quarters(report)
    )
    columns = "by_receipt, quarter, classification_id, reporter_id, is_robot"
    _upsert(cursor, "reports_classcount", columns, counts)


def _upsert(
    cursor: CursorWrapper, table: str, columns: str, counts: Counter[tuple[Any, ...]]
) -> None:
    execute_values(
        cursor.cursor,
        f"INSERT INTO {table} AS held ({columns}, count) VALUES %s"
        f" ON CONFLICT ({columns}) DO UPDATE SET count = held.count + excluded.count",
        [(*key, count) for key, count in sorted(counts.items())],
        page_size=len(counts) or 1,
    )


def _add_to_problems(cursor: CursorWrapper, reports: Collection[Counted]) -> None:
    """Signatures first, then the problems that own them now, both in order."""
    rows = _seen_by_signature(reports)
    numbers = [row[0] for row in rows]
    _lock(cursor, "reports_signature", "id", numbers)
    _add_seen(cursor, "reports_signature", "SELECT id, n, first, last FROM given", rows)
    cursor.execute(
        "SELECT DISTINCT problem_id FROM reports_signature WHERE id = ANY(%s)", [numbers]
    )
    _lock(cursor, "reports_problem", "id", [problem for (problem,) in cursor.fetchall()])
    _add_seen(
        cursor,
        "reports_problem",
        "SELECT s.problem_id AS id, sum(n) AS n, min(first) AS first, max(last) AS last"
        " FROM given JOIN reports_signature s ON s.id = given.id GROUP BY s.problem_id",
        rows,
    )


def _seen_by_signature(
    reports: Collection[Counted],
) -> list[tuple[int, int, datetime, datetime]]:
    times: dict[int, list[datetime]] = {}
    for report in reports:
        times.setdefault(report.signature_id, []).append(report.occurred_at)
    return [(number, len(all_), min(all_), max(all_)) for number, all_ in sorted(times.items())]


def _lock(cursor: CursorWrapper, table: str, column: str, numbers: list[int]) -> None:
    cursor.execute(
        f"SELECT 1 FROM {table} WHERE {column} = ANY(%s) ORDER BY {column} FOR NO KEY UPDATE",
        [numbers],
    )


def _add_seen(cursor: CursorWrapper, table: str, selected: str, rows: list[Any]) -> None:
    # A row that no report has counted yet holds only the time it was made for.
    execute_values(
        cursor.cursor,
        f"WITH given (id, n, first, last) AS (VALUES %s), summed AS ({selected})"
        f" UPDATE {table} held SET count = held.count + summed.n,"
        " first_seen = least(held.first_seen, summed.first),"
        " last_seen = greatest(held.last_seen, summed.last)"
        " FROM summed WHERE held.id = summed.id",
        rows,
        page_size=len(rows) or 1,
    )
