"""Measuring: facts of batches into the rows of their days, by one process at a time.

1. A batch writes its facts as one row, in its own transaction, and waits for nobody.
2. Every few seconds a task takes the rows that are there, adds them up, and adds
   the sums to the days' rows, all in one transaction.

So a fact is in exactly one of both places, and no two workers meet in a row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from reports.store.facts import (
    Fact,
    Tally,
    pack_facts,
    type_people_key,
    type_topic_key,
    unpack_facts,
)
from reports.store.measures import (
    add_up,
    fold_to_hours,
    merge_days,
    pack_day,
    pack_measure,
    type_day,
    unpack_day,
)
from reports.store.sketches import merge, sketch_of

MEASURING_LOCK = 0x6D65617375
"""Held by whoever changes the days' rows."""

BATCHES_AT_ONCE = 100
"""Fact rows a transaction: 50,000 reports, some seconds and 100 MB at most."""

ROWS_AT_ONCE = 2_000


def keep_facts(cursor: CursorWrapper, facts: Collection[Fact]) -> None:
    """Write a batch's facts, in the transaction that stores its reports."""
    cursor.execute("INSERT INTO reports_pendingfacts (content) VALUES (%s)", [pack_facts(facts)])


def settle_facts() -> int:
    """Add all facts that wait to their days' rows. Returns how many reports they were of.

    One process at a time; others return at once.
    """
    settled = 0
    while count := _settle_some():
        settled += count
    return settled


@transaction.atomic
def _settle_some() -> int:
    with connection.cursor() as cursor:
        if not try_lock(cursor):
            return 0
        cursor.execute(
            "DELETE FROM reports_pendingfacts WHERE id IN"
            " (SELECT id FROM reports_pendingfacts ORDER BY id LIMIT %s) RETURNING content",
            [BATCHES_AT_ONCE],
        )
        facts = [fact for (packed,) in cursor.fetchall() for fact in unpack_facts(bytes(packed))]
        tally = Tally()
        tally.add(facts)
        add_to_days(cursor, tally)
        return len(facts)


def try_lock(cursor: CursorWrapper) -> bool:
    """Whether this transaction is now the one that may change the days' rows."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [MEASURING_LOCK])
    return bool(cursor.fetchone()[0])


def add_to_days(cursor: CursorWrapper, tally: Tally) -> None:
    """Add sums to the rows that are there. Only for who holds the lock."""
    topics = sorted(tally.topics.items())
    for place in range(0, len(topics), ROWS_AT_ONCE):
        _add_topics(cursor, dict(topics[place : place + ROWS_AT_ONCE]))
    people = sorted(tally.people.items())
    for place in range(0, len(people), ROWS_AT_ONCE):
        _add_people(cursor, dict(people[place : place + ROWS_AT_ONCE]))


def _add_topics(cursor: CursorWrapper, sums: dict[type_topic_key, type_day]) -> None:
    held = execute_values(
        cursor.cursor,
        "SELECT topic_id, day, reporter_id, is_by_hour, content FROM reports_topicmeasure"
        " JOIN (VALUES %s) AS given (t, d, p) ON topic_id = t AND day = d AND reporter_id = p",
        list(sums),
        template="(%s::bigint, %s::date, %s::bigint)",
        page_size=len(sums),
        fetch=True,
    )
    folded = set()
    for topic, day, reporter, is_by_hour, packed in held:
        key = (topic, day, reporter)
        quarters = unpack_day(bytes(packed))
        merge_days(quarters, sums[key])
        if is_by_hour:
            folded.add(key)
            quarters = fold_to_hours(quarters)
        sums[key] = quarters
    write_topics(cursor, [(key, quarters, key in folded) for key, quarters in sums.items()])


def write_topics(
    cursor: CursorWrapper, rows: Iterable[tuple[type_topic_key, type_day, bool]]
) -> None:
    """Write whole rows, in place of those that are there; the last part: whether by hour."""
    made = [make_row(*row) for row in rows]
    if not made:
        return
    execute_values(
        cursor.cursor,
        "INSERT INTO reports_topicmeasure (topic_id, day, reporter_id, longest_ms,"
        " most_statements, is_by_hour, whole, content) VALUES %s"
        " ON CONFLICT (topic_id, day, reporter_id) DO UPDATE SET"
        " longest_ms = excluded.longest_ms, most_statements = excluded.most_statements,"
        " is_by_hour = excluded.is_by_hour, whole = excluded.whole, content = excluded.content",
        made,
        page_size=len(made),
    )


def make_row(key: type_topic_key, quarters: type_day, is_by_hour: bool) -> tuple[object, ...]:
    """The values of a row of topics' measures."""
    measure = add_up(quarters)
    longest, most = measure.durations.worst, measure.statements.worst
    return (
        *key,
        longest.value if longest else None,
        int(most.value) if most else 0,
        is_by_hour,
        pack_measure(measure),
        pack_day(quarters),
    )


def _add_people(cursor: CursorWrapper, sums: dict[type_people_key, set[int]]) -> None:
    held = execute_values(
        cursor.cursor,
        "SELECT subject, number, day, reporter_id, sketch FROM reports_peoplesketch"
        " JOIN (VALUES %s) AS given (s, n, d, p)"
        " ON subject = s AND number = n AND day = d AND reporter_id = p",
        list(sums),
        template="(%s::smallint, %s::bigint, %s::date, %s::bigint)",
        page_size=len(sums),
        fetch=True,
    )
    there = {tuple(key): bytes(sketch) for *key, sketch in held}
    rows = []
    for key, people in sums.items():
        before, fresh = there.get(key), sketch_of(people)
        after = fresh if before is None else merge((before, fresh))
        # Of most people of a common problem nothing is new.
        if after != before:
            rows.append((*key, after))
    if not rows:
        return
    execute_values(
        cursor.cursor,
        "INSERT INTO reports_peoplesketch (subject, number, day, reporter_id, sketch) VALUES %s"
        " ON CONFLICT (subject, number, day, reporter_id) DO UPDATE SET sketch = excluded.sketch",
        rows,
        page_size=len(rows),
    )


def pending_facts(cursor: CursorWrapper) -> list[Fact]:
    """The facts that are in no day's row yet."""
    cursor.execute("SELECT content FROM reports_pendingfacts ORDER BY id")
    return [fact for (packed,) in cursor.fetchall() for fact in unpack_facts(bytes(packed))]


def drop_days(cursor: CursorWrapper, days: Collection[date]) -> None:
    """Forget what is known of some days. Only for who holds the lock."""
    for table in ("reports_topicmeasure", "reports_peoplesketch"):
        cursor.execute(f"DELETE FROM {table} WHERE day = ANY(%s)", [list(days)])
