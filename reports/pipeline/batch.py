"""A batch, in one transaction: claimed, prepared, filed, and gone from the inbox.

1. Claim rows of the inbox that no other worker has; `attempts` keeps a record of
   that. A worker that dies lets go of them, and all is as before.
2. Prepare each report.
3. File what could be read, quarantine the rest.
4. Enter into the ledger what became of them.
"""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.backends.utils import CursorWrapper
from zstandard import ZstdError

from reports.pipeline import attempts
from reports.pipeline.classify import current_rules
from reports.pipeline.prepare import Claimed, Unreadable, prepare
from reports.pipeline.quarantine import quarantine
from reports.store import ledger
from reports.store.bodies import MissingDictionary, unpack
from reports.store.filing import Filing, file_batch, forget_names

BATCH_REPORTS = 500
"""Reports a batch at most. More gain little, and hold locks and memory longer."""

BATCH_BYTES = 32 * 1024 * 1024
"""Bytes a batch at most, but for a single report that is larger."""

HOLDS_UP_OTHERS_SECONDS = 20
"""A worker that stands still for so long while it files is cut off by the store: it holds
locks on names and counts that all others need. Its batch is done again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a batch."""

    stored: int = 0
    repeated: int = 0
    quarantined: int = 0

    @property
    def total(self) -> int:
        """How many items left the inbox."""
        return self.stored + self.repeated + self.quarantined

    def __add__(self, other: Processed) -> Processed:
        return Processed(
            self.stored + other.stored,
            self.repeated + other.repeated,
            self.quarantined + other.quarantined,
        )


def process_batch(limit: int = BATCH_REPORTS) -> Processed:
    """Process the oldest items of the inbox. `total` is 0 when there are none to be had.

    A batch that fails as a whole is taken apart: its reports are processed one
    by one, and the one that is to blame goes to quarantine with the reason.
    """
    taken = attempts.take(limit, BATCH_BYTES)
    if taken.ends_workers:
        return _give_up(taken.numbers)
    try:
        # psycopg2's own errors come out of execute_values and COPY; below are Django's.
        with connection.wrap_database_errors:
            return _process(taken.numbers) if taken.numbers else Processed()
    except (DataError, IntegrityError, ProgrammingError, ValueError) as problem:
        log.warning("A batch failed and is processed one by one: %s", problem)
        forget_names()
        return sum((_process_one(number) for number in taken.numbers), Processed())


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A batch makes a quarter of a million objects that all live until its end.

    Looking through them for rings again and again took a fifth of a worker's time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_garbage_collection()
@transaction.atomic
def _process(numbers: Sequence[int]) -> Processed:
    with connection.cursor() as cursor:
        items = _claim(cursor, numbers)
        return _finish(cursor, items) if items else Processed()


@transaction.atomic
def _process_one(number: int) -> Processed:
    with connection.cursor() as cursor:
        items = _claim(cursor, [number])
        if not items:
            return Processed()
        try:
            with connection.wrap_database_errors, transaction.atomic():
                return _finish(cursor, items)
        except (OperationalError, InterfaceError):
            # The store's trouble and not the report's: it stays in the inbox.
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, the report must not be lost
            why = Unreadable("failed", f"{type(problem).__name__}: {problem}"[:2000])
            return _settle(cursor, items, [(items[0], why)], [], set())


@transaction.atomic
def _give_up(numbers: Sequence[int]) -> Processed:
    """Quarantine items without a look at them: whoever looked has ended."""
    why = Unreadable("kills-worker", f"{attempts.ENDS_ALONE} workers ended while they read it.")
    with connection.cursor() as cursor:
        items = _claim(cursor, numbers)
        return _settle(cursor, items, [(item, why) for item in items], [], set())


def _claim(cursor: CursorWrapper, numbers: Sequence[int]) -> list[Claimed]:
    # The rows go at once; only with the commit are they gone for others.
    cursor.execute(
        "DELETE FROM reports_inbox WHERE id IN"
        " (SELECT id FROM reports_inbox WHERE id = ANY(%s) FOR UPDATE SKIP LOCKED) RETURNING"
        " id, source_id, received_at, media_type, oops_id, origin, unpacked_bytes, content",
        [list(numbers)],
    )
    return sorted((_take(row) for row in cursor.fetchall()), key=lambda item: item.pk)


def _take(row: tuple[Any, ...]) -> Claimed:
    *what, unpacked_bytes, kept = row
    # The database hands out a view of its own buffer.
    claimed = Claimed(*what, bytes(kept))  # type: ignore[call-arg]
    if unpacked_bytes is None:
        return claimed
    try:
        return replace(claimed, content=unpack(claimed.content), packed=claimed.content)
    except (MissingDictionary, ZstdError) as problem:
        # Damaged where it waited: quarantined as it is, and stops nobody behind it.
        log.error("Inbox item %s can't be unpacked: %s", claimed.pk, problem)
        return claimed


def _finish(cursor: CursorWrapper, items: Sequence[Claimed]) -> Processed:
    rules = current_rules()
    good: list[tuple[Claimed, Filing]] = []
    bad: list[tuple[Claimed, Unreadable]] = []
    for item in items:
        prepared = prepare(item, rules)
        if isinstance(prepared, Filing):
            good.append((item, prepared))
        else:
            bad.append((item, prepared))
    cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout TO '{HOLDS_UP_OTHERS_SECONDS}s'")
    stored = file_batch(cursor, [filing for _, filing in good])
    return _settle(cursor, items, bad, [item for item, _ in good], stored)


def _settle(
    cursor: CursorWrapper,
    items: Sequence[Claimed],
    bad: Sequence[tuple[Claimed, Unreadable]],
    good: Sequence[Claimed],
    stored: set[int],
) -> Processed:
    """Quarantine what is bad, and enter every item into the ledger under its receipt."""
    if bad:
        quarantine(bad)
    kept = [item for place, item in enumerate(good) if place in stored]
    repeats = [item for place, item in enumerate(good) if place not in stored]
    ledger.record(cursor, "stored", _by_page(kept))
    ledger.record(cursor, "repeated", _by_page(repeats))
    ledger.record(cursor, "quarantined", _by_page([item for item, _ in bad]))
    return Processed(len(kept), len(repeats), len(bad))


def _by_page(items: Sequence[Claimed]) -> Counter[ledger.type_page]:
    return Counter((ledger.hour_of(item.received_at), item.source_id) for item in items)
