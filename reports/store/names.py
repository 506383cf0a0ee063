"""Names to numbers: reporters, topics, revisions and facets, each stored once.

Numbers are remembered by each process, but only once the transaction that
made them is committed; what a rollback took back is never handed out.
One advisory lock is taken before anything is added, so that workers that meet
the same new names wait for each other and can't lock each other out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

NAMES_LOCK = 0x006F6F7073
"""Key of the advisory lock; any number that nobody else uses."""

MAX_REMEMBERED = 200_000
"""Names of one kind in a process's memory; past it they are looked up afresh."""

type_name = tuple[Any, ...]


class Names:
    """One table whose rows are named by some of its columns."""

    def __init__(self, table: str, columns: tuple[str, ...], casts: tuple[str, ...]) -> None:
        self.table = table
        self.columns = ", ".join(columns)
        self.template = "(" + ", ".join(f"%s::{cast}" for cast in casts) + ")"
        self._numbers: dict[type_name, int] = {}

    def forget(self) -> None:
        """Look everything up afresh."""
        self._numbers.clear()

    def number(self, cursor: CursorWrapper, wanted: Iterable[type_name]) -> dict[type_name, int]:
        """The number of each wanted name; what is missing is added."""
        names = set(wanted)
        found = {name: self._numbers[name] for name in names if name in self._numbers}
        if len(found) < len(names):
            looked_up = self._look_up(cursor, names - found.keys())
            found |= looked_up
            if len(found) < len(names):
                found |= self._add(cursor, names - found.keys())
            fresh = {name: found[name] for name in names if name not in self._numbers}
            transaction.on_commit(lambda: self._remember(fresh))
        return found

    def _remember(self, fresh: dict[type_name, int]) -> None:
        if len(self._numbers) + len(fresh) > MAX_REMEMBERED:
            self._numbers.clear()
        self._numbers.update(fresh)

    def _look_up(self, cursor: CursorWrapper, names: Collection[type_name]) -> dict[type_name, int]:
        rows = execute_values(
            cursor.cursor,
            f"SELECT id, {self.columns} FROM {self.table} WHERE ({self.columns}) IN (%s)",
            sorted(names),
            template=self.template,
            page_size=len(names),
            fetch=True,
        )
        return {tuple(row[1:]): row[0] for row in rows}

    def _add(self, cursor: CursorWrapper, names: Collection[type_name]) -> dict[type_name, int]:
        lock_names(cursor)
        self.insert(cursor, sorted(names))
        return self._look_up(cursor, names)

    def insert(self, cursor: CursorWrapper, rows: list[type_name]) -> None:
        """Add rows; those that another worker added first stay as they are."""
        execute_values(
            cursor.cursor,
            f"INSERT INTO {self.table} ({self.columns}) VALUES %s ON CONFLICT DO NOTHING",
            rows,
            template=self.template,
            page_size=len(rows),
        )


class Reporters(Names):
    """Reporters; an unknown one is added with an instance of its own."""

    def insert(self, cursor: CursorWrapper, rows: list[type_name]) -> None:
        """Add reporters, each in the instance that has its name."""
        execute_values(
            cursor.cursor,
            "WITH given AS (SELECT name, coalesce(nullif(name, ''), 'unnamed') AS instance"
            "  FROM (VALUES %s) AS wanted (name)),"
            " made AS (INSERT INTO reports_instance (name) SELECT instance FROM given"
            "  ON CONFLICT DO NOTHING RETURNING id, name),"
            " own AS (SELECT id, name FROM made"
            "  UNION SELECT id, name FROM reports_instance"
            "  WHERE name IN (SELECT instance FROM given))"
            " INSERT INTO reports_reporter (name, instance_id, is_sorted, added_at)"
            " SELECT given.name, own.id, false, now() FROM given JOIN own ON own.name = instance"
            " ON CONFLICT DO NOTHING",
            rows,
            template=self.template,
            page_size=len(rows),
        )


REPORTERS = Reporters("reports_reporter", ("name",), ("text",))
TOPICS = Names("reports_topic", ("name",), ("text",))
REVISIONS = Names("reports_revision", ("branch_nick", "revno"), ("text", "text"))
FACETS = Names(
    "reports_facet",
    (
        "reporter_id",
        "topic_id",
        "revision_id",
        "classification_id",
        "http_method",
        "is_robot",
        "is_local_referrer",
    ),
    ("bigint", "bigint", "bigint", "bigint", "text", "boolean", "boolean"),
)


def lock_names(cursor: CursorWrapper) -> None:
    """Let no other worker add names until this transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NAMES_LOCK])
