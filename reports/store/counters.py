"""Counting: every stored report in its quarter hours, its signature and its problem.

Counting is the last thing that a batch does, since the rows of a common problem
are everybody's: whoever adds to them holds them until the commit. All that can be
prepared is prepared before the first row is taken, and what can wait for later
is written as facts, which nobody else touches.

Rows are always locked in the order of their keys, and the tables in the order of
`count_reports`, so that workers wait for each other and never form a ring. The
shared lock keeps out the one job that joins quarter hours to hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from reports.store.facts import SECONDS_A_DAY, SECONDS_A_QUARTER, Fact, second_of
from reports.store.measuring import keep_facts
from reports.store.people import hash_people

COUNTS_LOCK = 0x636F756E7473
"""Shared by all who count, exclusive for who joins hours."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting needs to know of one stored report."""

    signature_id: int
    facet_id: int
    classification_id: int
    reporter_id: int
    topic_id: int
    is_robot: bool
    occurred_at: datetime
    received_at: datetime
    duration_ms: float | None
    statement_count: int
    oops_id: str
    username: str


def quarter_of(moment: datetime) -> datetime:
    """The start of the quarter hour that holds `moment`."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def count_reports(cursor: CursorWrapper, reports: Sequence[Counted]) -> None:
    """Add `reports` to all counts. Nothing slow should follow before the commit."""
    if not reports:
        return
    occurred = [second_of(report.occurred_at) for report in reports]
    received = [second_of(report.received_at) for report in reports]
    statements = (
        _prepare_signature_counts(reports, occurred, received),
        _prepare_class_counts(reports, occurred, received),
        _prepare_topic_counts(reports, occurred),
        _prepare_attribute_counts(reports, occurred),
    )
    keep_facts(cursor, _make_facts(cursor, reports, occurred))
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [COUNTS_LOCK])
    for sql, columns in statements:
        cursor.execute(sql, columns)
    _add_to_problems(cursor, reports)


def _make_facts(
    cursor: CursorWrapper, reports: Sequence[Counted], occurred: Sequence[int]
) -> list[Fact]:
    people = hash_people(cursor, [report.username for report in reports])
    return [
        Fact(
            report.signature_id,
            report.classification_id,
            report.reporter_id,
            report.topic_id,
            second,
            report.duration_ms,
            report.statement_count,
            report.oops_id,
            person,
        )
        for report, second, person in zip(reports, occurred, people, strict=True)
    ]


type_statement = tuple[str, list[str]]
"""SQL, and an array for each of its columns as PostgreSQL writes them."""


def _prepare_signature_counts(
    reports: Sequence[Counted], occurred: Sequence[int], received: Sequence[int]
) -> type_statement:
    keys = [(report.signature_id, report.facet_id) for report in reports]
    rows = _count_both(keys, occurred, received)
    return (
        "INSERT INTO reports_signaturecount AS held"
        " (signature_id, facet_id, quarter, count, received)"
        " SELECT s, f, to_timestamp(q), n, r FROM unnest(%s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::integer[], %s::integer[]) AS given (s, f, q, n, r) ORDER BY s, q, f"
        " ON CONFLICT (signature_id, quarter, facet_id) DO UPDATE SET"
        " count = held.count + excluded.count, received = held.received + excluded.received",
        _as_arrays(rows),
    )


def _prepare_class_counts(
    reports: Sequence[Counted], occurred: Sequence[int], received: Sequence[int]
) -> type_statement:
    keys = [
        (report.classification_id, report.reporter_id, int(report.is_robot)) for report in reports
    ]
    rows = _count_both(keys, occurred, received)
    return (
        "INSERT INTO reports_classcount AS held"
        " (classification_id, reporter_id, is_robot, quarter, count, received)"
        " SELECT c, p, b = 1, to_timestamp(q), n, r FROM unnest(%s::bigint[], %s::bigint[],"
        " %s::integer[], %s::bigint[], %s::integer[], %s::integer[]) AS given (c, p, b, q, n, r)"
        " ORDER BY q, c, p, b"
        " ON CONFLICT (quarter, classification_id, reporter_id, is_robot) DO UPDATE SET"
        " count = held.count + excluded.count, received = held.received + excluded.received",
        _as_arrays(rows),
    )


def _prepare_topic_counts(reports: Sequence[Counted], occurred: Sequence[int]) -> type_statement:
    counts = Counter(
        (report.topic_id, second // SECONDS_A_DAY, report.signature_id, report.reporter_id)
        for report, second in zip(reports, occurred, strict=True)
    )
    return (
        "INSERT INTO reports_topiccount AS held (topic_id, day, signature_id, reporter_id, count)"
        " SELECT t, date '1970-01-01' + d, s, p, n FROM unnest(%s::bigint[], %s::integer[],"
        " %s::bigint[], %s::bigint[], %s::integer[]) AS given (t, d, s, p, n) ORDER BY t, d, s, p"
        " ON CONFLICT (topic_id, day, signature_id, reporter_id)"
        " DO UPDATE SET count = held.count + excluded.count",
        _as_arrays((*key, count) for key, count in counts.items()),
    )


# What reports under a facet are, as rows; beside this the recount reads it.
ATTRIBUTES = (
    "CROSS JOIN LATERAL (VALUES ('revision', f.revision_id::text), ('method', f.http_method),"
    " ('client', f.is_robot::text), ('link', f.is_local_referrer::text)) AS a (attribute, value)"
)


def _prepare_attribute_counts(
    reports: Sequence[Counted], occurred: Sequence[int]
) -> type_statement:
    counts = Counter(
        (report.facet_id, second // SECONDS_A_DAY)
        for report, second in zip(reports, occurred, strict=True)
    )
    return (
        "INSERT INTO reports_attributecount AS held (attribute, value, day, reporter_id, count)"
        " SELECT a.attribute, a.value, date '1970-01-01' + g.d, f.reporter_id, sum(g.n)"
        " FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS g (f, d, n)"
        f" JOIN reports_facet f ON f.id = g.f {ATTRIBUTES}"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
        " ON CONFLICT (attribute, value, day, reporter_id)"
        " DO UPDATE SET count = held.count + excluded.count",
        _as_arrays((*key, count) for key, count in counts.items()),
    )


def _count_both(
    keys: Iterable[tuple[int, ...]], occurred: Sequence[int], received: Sequence[int]
) -> list[tuple[int, ...]]:
    """Each key's numbers and quarter hour, how many happened in it and how many came in."""
    happened: Counter[tuple[int, ...]] = Counter()
    came_in: Counter[tuple[int, ...]] = Counter()
    for key, at, then in zip(keys, occurred, received, strict=True):
        happened[(*key, at // SECONDS_A_QUARTER * SECONDS_A_QUARTER)] += 1
        came_in[(*key, then // SECONDS_A_QUARTER * SECONDS_A_QUARTER)] += 1
    return [(*key, happened[key], came_in[key]) for key in happened | came_in]


def _as_arrays(rows: Iterable[tuple[int, ...]]) -> list[str]:
    """Columns of whole numbers, written out: the driver takes far longer for each."""
    return ["{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True)]


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
