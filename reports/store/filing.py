"""Filing: a batch of read reports into the store, each once, with all that is counted.

1. Leave out what is stored already, or twice in this batch.
2. Turn names into numbers: reporters, topics, revisions, facets, signatures.
3. See that every day has a partition.
4. Take the ids; whoever takes one first stores the report.
5. Copy the reports in, and their words.
6. Count them.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from reports.grouping import Signature
from reports.report import Report
from reports.store import names, partitions, people, signatures
from reports.store.counters import Counted, count_reports
from reports.store.words.naming import keys_of_names
from reports.store.words.writing import Indexed, write_words

MAX_NAME = 200
"""Characters of a reporter's or revision's name; PostgreSQL's indexes end at 2.7 kB."""
MAX_TOPIC = 500
MAX_VALUE = 200
MAX_URL = 500
MAX_METHOD = 16

EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
"""OOPS ids count their days from 2006; what claims to be older has a broken clock."""
LATEST_AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Filing:
    """A report ready to be stored: read, classified, grouped and packed."""

    key: UUID
    report: Report
    signature: Signature
    classification_id: int
    is_robot: bool
    received_at: datetime
    body: bytes
    words: array[int]
    """Keys of its words."""

    @cached_property
    def occurred_at(self) -> datetime:
        """When it happened, as far as that can be believed; else when it came in."""
        return believable_time(self.report.occurred_at, self.received_at)

    @property
    def day(self) -> date:
        """The day it is filed under."""
        return self.occurred_at.date()

    @property
    def revision(self) -> tuple[str, str]:
        """Branch and revision, cut to what can be indexed."""
        return self.report.branch_nick[:MAX_NAME], self.report.revno[:MAX_NAME]


class NumberedFacet(NamedTuple):
    """The number of a report's facet, and of two of its parts."""

    facet_id: int
    reporter_id: int
    topic_id: int


type_stored = tuple[Filing, int, NumberedFacet]
"""A report that is being stored, with the numbers of its signature and facet."""


def believable_time(claimed: datetime | None, received_at: datetime) -> datetime:
    """The claimed time, unless it is missing, from before there were OOPSes, or to come."""
    if claimed is None or not EARLIEST <= claimed <= received_at + LATEST_AHEAD:
        return received_at.astimezone(UTC)
    return claimed.astimezone(UTC)


def file_batch(cursor: CursorWrapper, batch: Sequence[Filing]) -> set[int]:
    """Store what is new of `batch`, in the caller's transaction.

    Returns the places in `batch` of the reports that were stored; the others
    are repeats of reports that the store has.
    """
    places = _first_places(batch)
    for key in _stored_keys(cursor, places):
        del places[key]
    fresh = [batch[place] for place in places.values()]
    if not fresh:
        return set()
    signature_ids = _number_signatures(cursor, fresh)
    facets = _number_facets(cursor, fresh)
    _ensure_partitions(cursor, {filing.day for filing in fresh})
    taken = _take_keys(cursor, fresh, signature_ids)
    stored = [
        (filing, signature_ids[filing.signature.key], facets[index])
        for index, filing in enumerate(fresh)
        if filing.key in taken
    ]
    _copy(cursor, stored)
    _index(cursor, stored)
    _count(cursor, stored)
    return {places[filing.key] for filing, _, _ in stored}


@transaction.atomic
def prepare_coming_days() -> None:
    """Make the partitions of today and the next days before they are needed."""
    with connection.cursor() as cursor:
        _ensure_partitions(cursor, set(partitions.upcoming_days()))


def forget_names() -> None:
    """Look all names, signatures and partitions up afresh, as after a changed database."""
    for kind in (names.REPORTERS, names.TOPICS, names.REVISIONS, names.FACETS):
        kind.forget()
    signatures.forget()
    partitions.forget()
    people.forget()


def _first_places(batch: Sequence[Filing]) -> dict[UUID, int]:
    places: dict[UUID, int] = {}
    for place, filing in enumerate(batch):
        places.setdefault(filing.key, place)
    return places


def _stored_keys(cursor: CursorWrapper, keys: Iterable[UUID]) -> list[UUID]:
    cursor.execute(
        "SELECT key FROM reports_key WHERE key = ANY(%s::uuid[])", [[str(key) for key in keys]]
    )
    return [key for (key,) in cursor.fetchall()]


def _number_signatures(cursor: CursorWrapper, fresh: Sequence[Filing]) -> dict[bytes, int]:
    wanted: dict[bytes, signatures.FirstSight] = {}
    for filing in fresh:
        wanted.setdefault(
            filing.signature.key,
            signatures.FirstSight(filing.signature, filing.classification_id, filing.occurred_at),
        )
    return signatures.number_signatures(cursor, wanted)


def _number_facets(cursor: CursorWrapper, fresh: Sequence[Filing]) -> list[NumberedFacet]:
    """In the order of `fresh`."""
    reporters = names.REPORTERS.number(cursor, {(_reporter(filing),) for filing in fresh})
    topics = names.TOPICS.number(cursor, {(_topic(filing),) for filing in fresh})
    revisions = names.REVISIONS.number(cursor, {filing.revision for filing in fresh})
    rows = [
        (
            reporters[_reporter(filing),],
            topics[_topic(filing),],
            revisions[filing.revision],
            filing.classification_id,
            filing.report.http_method[:MAX_METHOD],
            filing.is_robot,
            filing.report.is_local_referrer,
        )
        for filing in fresh
    ]
    facets = names.FACETS.number(cursor, set(rows))
    return [NumberedFacet(facets[row], row[0], row[1]) for row in rows]


def _reporter(filing: Filing) -> str:
    return filing.report.reporter[:MAX_NAME]


def _topic(filing: Filing) -> str:
    return filing.report.topic[:MAX_TOPIC]


def _ensure_partitions(cursor: CursorWrapper, days: set[date]) -> None:
    lacking = [day for day in days if partitions.lacks_partition(day)]
    if lacking:
        names.lock_names(cursor)
        partitions.ensure_partitions(cursor, lacking)
        spans = partitions.existing(cursor)
        transaction.on_commit(lambda: partitions.remember(spans))


def _take_keys(
    cursor: CursorWrapper, fresh: Sequence[Filing], signature_ids: dict[bytes, int]
) -> set[UUID]:
    rows = sorted(
        (str(filing.key), filing.day, signature_ids[filing.signature.key]) for filing in fresh
    )
    taken = execute_values(
        cursor.cursor,
        "INSERT INTO reports_key (key, day, signature_id) VALUES %s"
        " ON CONFLICT DO NOTHING RETURNING key",
        rows,
        template="(%s::uuid, %s, %s)",
        page_size=len(rows),
        fetch=True,
    )
    return {UUID(str(key)) for (key,) in taken}


COLUMNS = (
    "key, day, oops_id, occurred_at, received_at, signature_id, facet_id, duration_ms,"
    " statement_count, value, url, hostname, username, body"
)


def _copy(cursor: CursorWrapper, stored: Sequence[type_stored]) -> None:
    lines = io.StringIO()
    for filing, signature_id, facet in stored:
        lines.write(_copy_line(filing, signature_id, facet.facet_id))
    lines.seek(0)
    cursor.copy_expert(f"COPY reports_report ({COLUMNS}) FROM STDIN", lines)


def _copy_line(filing: Filing, signature_id: int, facet_id: int) -> str:
    report = filing.report
    duration = report.duration_ms
    fields: tuple[Any, ...] = (
        filing.key,
        filing.day,
        _escape(report.id),
        filing.occurred_at,
        filing.received_at,
        signature_id,
        facet_id,
        r"\N" if duration is None else repr(duration),
        report.statement_count,
        _escape(report.value[:MAX_VALUE]),
        _escape(report.url[:MAX_URL]),
        _escape(report.hostname[:MAX_NAME]),
        _escape(report.username[:MAX_NAME]),
        r"\\x" + filing.body.hex(),
    )
    return "\t".join(map(str, fields)) + "\n"


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)


def _index(cursor: CursorWrapper, stored: Sequence[type_stored]) -> None:
    write_words(
        cursor,
        [
            Indexed(
                filing.key,
                filing.day,
                filing.occurred_at,
                filing.words + keys_of_names(signature_id, facet.reporter_id, facet.topic_id),
            )
            for filing, signature_id, facet in stored
        ],
    )


def _count(cursor: CursorWrapper, stored: Sequence[type_stored]) -> None:
    count_reports(
        cursor,
        [
            Counted(
                signature_id=signature_id,
                facet_id=facet.facet_id,
                classification_id=filing.classification_id,
                reporter_id=facet.reporter_id,
                topic_id=facet.topic_id,
                is_robot=filing.is_robot,
                occurred_at=filing.occurred_at,
                received_at=filing.received_at.astimezone(UTC),
                duration_ms=filing.report.duration_ms,
                statement_count=filing.report.statement_count,
                oops_id=filing.report.id,
                username=filing.report.username[:MAX_NAME],
            )
            for filing, signature_id, facet in stored
        ],
    )
