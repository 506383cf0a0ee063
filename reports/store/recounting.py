"""Recounting: every count beside what counting the stored reports gives.

Only days whose reports are still stored can be compared; a day whose partition
was dropped keeps its counts. All of a check sees one moment of the store, so it
may run while reports come in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from reports.store.counters import ATTRIBUTES
from reports.store.facts import EPOCH_DAY, SECONDS_A_DAY, Fact, Tally, second_of
from reports.store.measures import fold_to_hours, merge_days, type_day, unpack_day
from reports.store.measuring import (
    MEASURING_LOCK,
    add_to_days,
    drop_days,
    make_row,
    pending_facts,
)
from reports.store.partitions import existing, type_span
from reports.store.people import hash_people
from reports.store.sketches import merge, sketch_of

READ_AT_ONCE = 5_000

_STORED = "reports_report r JOIN reports_facet f ON f.id = r.facet_id"
_DAY = "(quarter AT TIME ZONE 'UTC')::date"

# Table, what its rows are by, and the same of reports; both with the day first.
_BY_DAY = (
    (
        "reports_signaturecount",
        f"{_DAY} AS day, signature_id AS a, facet_id AS b, 0 AS c",
        "r.day, r.signature_id AS a, r.facet_id AS b, 0 AS c",
        _STORED,
    ),
    (
        "reports_classcount",
        f"{_DAY} AS day, classification_id AS a, reporter_id AS b, is_robot AS c",
        "r.day, f.classification_id AS a, f.reporter_id AS b, f.is_robot AS c",
        _STORED,
    ),
    (
        "reports_topiccount",
        "day, topic_id AS a, signature_id AS b, reporter_id AS c",
        "r.day, f.topic_id AS a, r.signature_id AS b, f.reporter_id AS c",
        _STORED,
    ),
    (
        "reports_attributecount",
        "day, attribute AS a, value AS b, reporter_id AS c",
        "r.day, a.attribute AS a, a.value AS b, f.reporter_id AS c",
        f"{_STORED} {ATTRIBUTES}",
    ),
)

# By receipt a day can be compared only if no report that came in on it was let go.
_BY_RECEIPT = """
WITH whole AS (
    SELECT s.id FROM reports_signature s
    WHERE s.count = (SELECT count(*) FROM reports_report r WHERE r.signature_id = s.id)
), stored AS (
    SELECT signature_id, facet_id, (received_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n
    FROM reports_report WHERE signature_id IN (SELECT id FROM whole) GROUP BY 1, 2, 3
), counted AS (
    SELECT signature_id, facet_id, (quarter AT TIME ZONE 'UTC')::date AS day, sum(received) AS n
    FROM reports_signaturecount WHERE signature_id IN (SELECT id FROM whole)
    GROUP BY 1, 2, 3 HAVING sum(received) <> 0
)
SELECT count(*) FROM stored FULL JOIN counted USING (signature_id, facet_id, day)
WHERE stored.n IS DISTINCT FROM counted.n
"""

# Ids outlive their reports, so these sums can always be compared.
_BY_SIGNATURE = """
SELECT count(*) FROM reports_signature s
LEFT JOIN (SELECT signature_id, count(*) AS n FROM reports_key GROUP BY 1) k
    ON k.signature_id = s.id
LEFT JOIN (SELECT signature_id, sum(count) AS n, sum(received) AS received
           FROM reports_signaturecount GROUP BY 1) c ON c.signature_id = s.id
WHERE s.count <> coalesce(k.n, 0) OR s.count <> coalesce(c.n, 0)
    OR s.count <> coalesce(c.received, 0)
"""

_BY_PROBLEM = """
SELECT count(*) FROM reports_problem p
LEFT JOIN (SELECT problem_id, sum(count) AS n FROM reports_signature GROUP BY 1) s
    ON s.problem_id = p.id
WHERE p.count <> coalesce(s.n, 0)
"""


def find_count_faults() -> list[str]:
    """What counts say otherwise than the stored reports, in sentences."""
    with _one_moment(), connection.cursor() as cursor:
        spans = sorted(existing(cursor))
        faults = [
            *_find_differences(cursor, "signatures", "their reports", _BY_SIGNATURE),
            *_find_differences(cursor, "problems", "their signatures", _BY_PROBLEM),
            *_find_differences(
                cursor, "counts in reports_signaturecount by receipt", "the reports", _BY_RECEIPT
            ),
        ]
        for table, counted, stored, source in _BY_DAY:
            sql = _compare_by_day(table, counted, stored, source)
            days = _as_ranges(spans)
            faults += _find_differences(cursor, f"counts in {table}", "the reports", sql, days)
        return faults + _find_measuring_faults(cursor, spans)


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _find_differences(
    cursor: CursorWrapper, what: str, than: str, sql: str, *values: Any
) -> list[str]:
    cursor.execute(sql, values)
    (count,) = cursor.fetchone()
    return [f"{count:,} {what} differ from what counting {than} gives."] if count else []


def _compare_by_day(table: str, counted: str, stored: str, source: str) -> str:
    return (
        f"WITH stored AS (SELECT {stored}, count(*) AS n FROM {source} GROUP BY 1, 2, 3, 4),"
        f" counted AS (SELECT {counted}, sum(count) AS n FROM {table}"
        "  GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0)"
        " SELECT count(*) FROM stored FULL JOIN counted USING (day, a, b, c)"
        " WHERE stored.n IS DISTINCT FROM counted.n"
        " AND EXISTS (SELECT 1 FROM unnest(%s::daterange[]) AS kept (span) WHERE day <@ span)"
    )


def _as_ranges(spans: list[type_span]) -> list[str]:
    return [f"[{first},{end})" for first, end in spans]


def _find_measuring_faults(cursor: CursorWrapper, spans: list[type_span]) -> list[str]:
    pending = pending_facts(cursor)
    cursor.execute(
        "SELECT day FROM (SELECT day FROM reports_report UNION SELECT day FROM reports_topicmeasure"
        "  UNION SELECT day FROM reports_peoplesketch) AS known"
        " WHERE day NOT IN (SELECT day FROM reports_unmeasuredday) ORDER BY day"
    )
    days = [day for (day,) in cursor.fetchall()]
    stored = [day for day in days if any(first <= day < end for first, end in spans)]
    return [fault for day in stored for fault in _check_day(cursor, day, pending)]


def _check_day(cursor: CursorWrapper, day: date, pending: list[Fact]) -> list[str]:
    expected, waiting = Tally(), Tally()
    for facts in read_facts(day):
        expected.add(facts)
    waiting.add(fact for fact in pending if _is_of(fact, day))
    faults = []
    if wrong := _count_wrong_topics(cursor, day, expected, waiting):
        faults.append(f"{wrong:,} durations of topics on {day} differ from the reports'.")
    if wrong := _count_wrong_people(cursor, day, expected, waiting):
        faults.append(f"{wrong:,} sketches of people on {day} differ from the reports' users.")
    return faults


def _is_of(fact: Fact, day: date) -> bool:
    return fact.second // SECONDS_A_DAY == (day - EPOCH_DAY).days


def _count_wrong_topics(cursor: CursorWrapper, day: date, expected: Tally, waiting: Tally) -> int:
    cursor.execute(
        "SELECT topic_id, reporter_id, longest_ms, most_statements, is_by_hour, whole, content"
        " FROM reports_topicmeasure WHERE day = %s",
        [day],
    )
    found = dict(waiting.topics)
    by_hour, broken = set(), 0
    for topic, reporter, longest, most, is_by_hour, whole, packed in cursor.fetchall():
        key = (topic, day, reporter)
        quarters = unpack_day(bytes(packed))
        row = make_row(key, quarters, is_by_hour)
        broken += row[3:] != (longest, most, is_by_hour, bytes(whole), bytes(packed))
        merge_days(quarters, found.get(key, {}))
        found[key] = quarters
        if is_by_hour:
            by_hour.add(key)

    def shape(key: Any, quarters: type_day | None) -> type_day | None:
        return fold_to_hours(quarters) if quarters and key in by_hour else quarters

    return broken or sum(
        shape(key, found.get(key)) != shape(key, expected.topics.get(key))
        for key in found.keys() | expected.topics.keys()
    )


def _count_wrong_people(cursor: CursorWrapper, day: date, expected: Tally, waiting: Tally) -> int:
    cursor.execute(
        "SELECT subject, number, reporter_id, sketch FROM reports_peoplesketch WHERE day = %s",
        [day],
    )
    found = {key: sketch_of(people) for key, people in waiting.people.items()}
    for subject, number, reporter, sketch in cursor.fetchall():
        key = (subject, number, day, reporter)
        found[key] = merge((bytes(sketch), found.get(key, b"")))
    right = {key: sketch_of(people) for key, people in expected.people.items()}
    return sum(found.get(key) != right.get(key) for key in found.keys() | right.keys())


def read_facts(day: date) -> Iterator[list[Fact]]:
    """The facts of all stored reports of a day, some thousand at a time."""
    with connection.cursor() as keys, connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT r.signature_id, f.classification_id, f.reporter_id, f.topic_id, r.occurred_at,"
            " r.duration_ms, r.statement_count, r.oops_id, r.username"
            f" FROM {_STORED} WHERE r.day = %s",
            [day],
        )
        while rows := cursor.fetchmany(READ_AT_ONCE):
            people = hash_people(keys, [row[-1] for row in rows])
            yield [
                Fact._make((*numbers, second_of(moment), duration_ms, statements, oops_id, person))
                for (*numbers, moment, duration_ms, statements, oops_id, _), person in zip(
                    rows, people, strict=True
                )
            ]


@transaction.atomic
def measure_day() -> date | None:
    """Measure one day anew whose reports were stored before there were measures.

    Returns the day; None if there is none, or somebody else is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [MEASURING_LOCK])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT day FROM reports_unmeasuredday ORDER BY day DESC LIMIT 1")
        row = cursor.fetchone()
        if row is None:
            return None
        measure_anew(cursor, row[0])
        cursor.execute("DELETE FROM reports_unmeasuredday WHERE day = %s", [row[0]])
        return row[0]  # type: ignore[no-any-return]


def measure_anew(cursor: CursorWrapper, day: date) -> None:
    """Write a day's measures and sketches from its reports. Only for who holds the lock.

    Facts that wait will be added later. They are read after the reports: as nobody
    else settles now, what is stored and does not wait by then was settled before.
    """
    facts = [fact for some in read_facts(day) for fact in some]
    waiting = {fact.oops_id for fact in pending_facts(cursor)}
    tally = Tally()
    tally.add(fact for fact in facts if fact.oops_id not in waiting)
    drop_days(cursor, [day])
    add_to_days(cursor, tally)
