"""The inbox: the one way in. What it has kept is on disk, and nothing else is accepted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from psycopg2 import Binary
from psycopg2.extras import execute_values

from reports.intake.nudge import nudge_workers
from reports.models import Source
from reports.store import ledger
from reports.store.bodies import pack


@dataclass(frozen=True, slots=True)
class Incoming:
    """One report's bytes, as they came or as they were cut from a batch."""

    content: bytes
    media_type: str = ""
    oops_id: str = ""
    key: UUID | None = None
    origin: str = ""


def keep(
    incoming: Sequence[Incoming],
    source: Source,
    *,
    also: Callable[[], None] | None = None,
) -> None:
    """Write reports to the inbox; when this returns they are on disk.

    `also` is run in the same transaction: what the way in itself must remember.
    Raises django.db.OperationalError if the store is not there; then nothing is kept.
    """
    if not incoming:
        return
    if also is None and not connection.in_atomic_block:
        _together.keep(_Ticket(incoming, source))
    else:
        _write([_Ticket(incoming, source)], also)
    nudge_workers()


@dataclass(eq=False, slots=True)
class _Ticket:
    """What one caller wants kept, and whether somebody has done it for it."""

    incoming: Sequence[Incoming]
    source: Source
    is_kept: bool = False


class _Together:
    """Threads that keep reports at the same time share one commit.

    While one writes, others queue; whoever is next writes for all of them. So
    nobody waits for company, and the busier it is the more share a commit.
    """

    def __init__(self) -> None:
        self._writing, self._queueing = threading.Lock(), threading.Lock()
        self._queue: list[_Ticket] = []

    def keep(self, ticket: _Ticket) -> None:
        with self._queueing:
            self._queue.append(ticket)
        with self._writing:
            if ticket.is_kept:
                return
            with self._queueing:
                tickets, self._queue = self._queue, []
            others = [each for each in tickets if each is not ticket]
            try:
                _write(tickets)
            except BaseException as problem:
                # Nothing is kept. Whatever it was: each ticket must be in the queue when its own
                # thread's turn comes, or that thread would take it for kept.
                with self._queueing:
                    self._queue = others + self._queue
                if not others or not isinstance(problem, DatabaseError):
                    raise
                _write([ticket])
                return
            for each in others:
                each.is_kept = True


_together = _Together()


def _write(tickets: Sequence[_Ticket], also: Callable[[], None] | None = None) -> None:
    """Write what all tickets want, in one transaction."""
    received_at = datetime.now(UTC)
    # psycopg2's own errors come out of execute_values; callers know Django's.
    with connection.wrap_database_errors, transaction.atomic():
        _insert(tickets, received_at)
        if also is not None:
            also()


def find_source(transport: str, name: str) -> Source:
    """The way in of that name, added if it is new."""
    number = _number_of(transport, name)
    return Source(pk=number, transport=transport, name=name)


def forget_sources() -> None:
    """Look sources up afresh, as after a changed database."""
    _number_of.cache_clear()


@lru_cache(maxsize=1000)
def _number_of(transport: str, name: str) -> int:
    source, _ = Source.objects.get_or_create(transport=transport, name=name)
    return source.pk


def _insert(tickets: Sequence[_Ticket], received_at: datetime) -> None:
    pages: Counter[ledger.type_page] = Counter()
    for ticket in tickets:
        pages[ledger.hour_of(received_at), ticket.source.pk] += len(ticket.incoming)
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            "INSERT INTO reports_inbox"
            " (source_id, received_at, media_type, oops_id, key, origin, content, unpacked_bytes)"
            " VALUES %s",
            [
                (
                    ticket.source.pk,
                    received_at,
                    item.media_type,
                    item.oops_id,
                    item.key and str(item.key),
                    item.origin,
                    Binary(pack(item.content)),
                    len(item.content),
                )
                for ticket in tickets
                for item in ticket.incoming
            ],
            template="(%s, %s, %s, %s, %s::uuid, %s, %s, %s)",
            page_size=1000,
        )
        ledger.record(cursor, "received", pages)
