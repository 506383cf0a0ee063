"""The inbox: the one way in. What it has kept is on disk, and nothing else is accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection, transaction
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
    received_at = datetime.now(UTC)
    with transaction.atomic():
        _insert(incoming, source, received_at)
        if also is not None:
            also()
    nudge_workers()


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


def _insert(incoming: Sequence[Incoming], source: Source, received_at: datetime) -> None:
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            "INSERT INTO reports_inbox"
            " (source_id, received_at, media_type, oops_id, key, origin, content, unpacked_bytes)"
            " VALUES %s",
            [
                (
                    source.pk,
                    received_at,
                    item.media_type,
                    item.oops_id,
                    item.key and str(item.key),
                    item.origin,
                    Binary(pack(item.content)),
                    len(item.content),
                )
                for item in incoming
            ],
            template="(%s, %s, %s, %s, %s::uuid, %s, %s, %s)",
            page_size=1000,
        )
        page = (ledger.hour_of(received_at), source.pk)
        ledger.record(cursor, "received", {page: len(incoming)})
