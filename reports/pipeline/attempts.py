"""Attempts: who took what, on record before it is worked on, so that what ends workers is found.

An exception tells of itself. A crash of the interpreter or the kernel's killer
for lack of memory does not: the transaction is rolled back, the report is
claimed again, and the next worker ends too, with its whole batch. Therefore
each claim is committed first, in a transaction of its own that waits for no disk:

1. Look at the other workers' rows. One whose advisory lock is free has lost its
   session; if its items still wait, that is one end with those items in hand.
2. Such suspects are taken before all else, an eighth of their number at a time:
   an end with 500 in hand is followed by claims of 62, of 7, of one.
3. An item whose worker ended twice while it held that item alone is given up.
4. Else take the oldest items that nobody else has on record.

Only an item that was alone can be blamed, so workers that are killed for other
reasons, at random and often, cost nothing but smaller claims. A worker that is
merely paused keeps its session, and with it its claim. A worker that lost its
session and lives (the server was restarted) takes its record back.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

LOCKS = 0x6F6F7073
"""First half of the advisory locks' keys. The second is a row's number; 0 is for claiming."""

SHARE = 8
"""Suspects are taken by this part of their number at a time."""

ENDS_ALONE = 2
"""An item is given up after so many workers ended with nothing else in their hands."""

TRIES = 5
TRY_AGAIN_SECONDS = 0.002
"""Workers take turns at claiming. One that was paused in its turn must not stop the others:
after this they go on. Two may then take the same, and the rows' own locks decide."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Inbox items that are on record as this worker's; none if there is nothing to do."""

    numbers: Sequence[int] = ()
    ends_workers: bool = False
    """True: a single item that must not be tried again."""


def take(limit: int, max_bytes: int) -> Taken:
    """Choose up to `limit` items of at most `max_bytes` in all, but at least one if any waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A crash of the server may lose the record: then it was not the worker that ended.
        cursor.execute("SET LOCAL synchronous_commit TO off")
        own = _own_row(cursor)
        _take_turn(cursor)
        taken = _take_suspects(cursor, own) or _take_oldest(cursor, own, limit, max_bytes)
        if taken.numbers:
            _put_on_record(cursor, own, taken.numbers)
    return taken


class _Session(threading.local):
    """This thread's row, and the connection that holds its lock."""

    number = 0
    connection: Any = None
    pid = 0


_session = _Session()


def _own_row(cursor: CursorWrapper) -> int:
    """The number of this session's row, made and locked with the first claim."""
    if _session.connection is cursor.connection and _session.pid == os.getpid():
        return _session.number
    if _session.number and _session.pid == os.getpid():
        # The session was lost and the worker was not.
        cursor.execute("DELETE FROM reports_attempt WHERE id = %s", [_session.number])
    # A host that lost its power says no goodbye: ask whether it is there.
    cursor.execute(
        "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;"
        " SET tcp_keepalives_count = 3"
    )
    cursor.execute(
        "INSERT INTO reports_attempt (numbers) VALUES ('{}')"
        " RETURNING id, pg_try_advisory_lock(%s, id::integer)",
        [LOCKS],
    )
    number = int(cursor.fetchone()[0])
    _session.number, _session.connection, _session.pid = number, cursor.connection, os.getpid()
    return number


def _take_turn(cursor: CursorWrapper) -> None:
    for _ in range(TRIES):
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [LOCKS])
        if cursor.fetchone()[0]:
            return
        time.sleep(TRY_AGAIN_SECONDS)


def _take_suspects(cursor: CursorWrapper, own: int) -> Taken | None:
    if not _note_ends(cursor, own):
        return None
    cursor.execute(
        "SELECT ARRAY(SELECT generate_series(lower(range), upper(range) - 1)"
        " FROM unnest(numbers::int8multirange) AS range)"
        " FROM reports_attempt WHERE ended_at IS NOT NULL"
    )
    ended = [frozenset(numbers) for (numbers,) in cursor.fetchall()]
    cursor.execute(
        "SELECT id FROM reports_inbox WHERE id = ANY(%s)"
        f" AND NOT id <@ ({_RECORDED} AND ended_at IS NULL)"
        " ORDER BY id",
        [list(frozenset().union(*ended)), own],
    )
    return choose_suspects(ended, [number for (number,) in cursor.fetchall()])


def choose_suspects(ended: Collection[frozenset[int]], waiting: Sequence[int]) -> Taken | None:
    """What to try next of the suspects that wait, by the claims that ended with their workers."""
    if not waiting:
        return None
    first = waiting[0]
    if sum(numbers == {first} for numbers in ended) >= ENDS_ALONE:
        return Taken([first], ends_workers=True)
    smallest = _smallest_with(first, ended)
    alike = [number for number in waiting if _smallest_with(number, ended) == smallest]
    return Taken(alike[: max(1, len(smallest) // SHARE)])


def _smallest_with(number: int, ended: Collection[frozenset[int]]) -> frozenset[int]:
    return min((numbers for numbers in ended if number in numbers), key=len)


def _note_ends(cursor: CursorWrapper, own: int) -> bool:
    """Mark rows whose session is gone, drop those that tell of nothing; whether any is left."""
    cursor.execute(
        "SELECT id, ended_at IS NOT NULL FROM reports_attempt WHERE id <> %s AND"
        " (ended_at IS NOT NULL OR pg_try_advisory_xact_lock_shared(%s, id::integer))",
        [own, LOCKS],
    )
    gone = cursor.fetchall()
    if not gone:
        return False
    cursor.execute(
        "DELETE FROM reports_attempt WHERE id = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM unnest(numbers::int8multirange) AS range,"
        "  reports_inbox AS item WHERE item.id >= lower(range) AND item.id < upper(range))",
        [[number for number, _ in gone]],
    )
    fresh = [number for number, is_noted in gone if not is_noted]
    cursor.execute("UPDATE reports_attempt SET ended_at = now() WHERE id = ANY(%s)", [fresh])
    return cursor.rowcount > 0 or len(fresh) < len(gone)


_RECORDED = (
    "SELECT coalesce(range_agg(numbers::int8multirange), '{}') FROM reports_attempt WHERE id <> %s"
)
"""The items that others have on record."""


def _take_oldest(cursor: CursorWrapper, own: int, limit: int, max_bytes: int) -> Taken:
    cursor.execute(
        "SELECT id, coalesce(unpacked_bytes, octet_length(content)) FROM reports_inbox"
        f" WHERE NOT id <@ ({_RECORDED}) ORDER BY id LIMIT %s",
        [own, limit],
    )
    return Taken(within(max_bytes, cursor.fetchall()))


def within(max_bytes: int, rows: Sequence[tuple[int, int]]) -> list[int]:
    """The first of (number, bytes) that fit together, at least one."""
    numbers: list[int] = []
    size = 0
    for number, length in rows:
        size += length
        if numbers and size > max_bytes:
            break
        numbers.append(number)
    return numbers


def as_ranges(numbers: Sequence[int]) -> str:
    """Numbers in ascending order as PostgreSQL writes a multirange: 1, 2, 5 as {[1,3),[5,6)}."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number:
            ranges[-1][1] += 1
        else:
            ranges.append([number, number + 1])
    return "{" + ",".join(f"[{first},{end})" for first, end in ranges) + "}"


def _put_on_record(cursor: CursorWrapper, own: int, numbers: Sequence[int]) -> None:
    cursor.execute(
        "UPDATE reports_attempt SET numbers = %s WHERE id = %s", [as_ranges(numbers), own]
    )
    if not cursor.rowcount:
        # It was rolled back with the transaction that made it.
        _session.number, _session.connection = 0, None
        _put_on_record(cursor, _own_row(cursor), numbers)
