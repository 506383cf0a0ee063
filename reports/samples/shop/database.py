"""One request's view of the database: real statements, timed and cut off by its clock."""

from __future__ import annotations

import sqlite3
from random import Random
from types import SimpleNamespace
from typing import Any

from reports.samples.clock import Clock, ClockedTimeline
from reports.samples.shop.errors import (
    IntegrityError,
    ProgrammingError,
    RequestExpired,
    RequestStatementTimedOut,
)

HARD_LIMIT_MS = 9000

_USUAL_MS = (
    (" LIKE ", 650.0),
    ("GROUP BY", 420.0),
    ("count(", 60.0),
    (" JOIN ", 22.0),
    ("INSERT ", 9.0),
    ("UPDATE ", 9.0),
    ("", 3.0),
)
"""How long a statement with such words in it takes on a quiet day."""


class Database:
    """Runs statements, and writes each into the timeline with its values filled in.

    Between two statements some time passes too, as it does in every program.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        timeline: ClockedTimeline,
        clock: Clock,
        chance: Random,
        load: float,
    ) -> None:
        self._connection = connection
        self._timeline = timeline
        self._clock = clock
        self._chance = chance
        self._load = load

    def rows(self, sql: str, *values: object) -> list[Any]:
        """All rows; each has its columns as attributes."""
        return self._run(sql, values)

    def row(self, sql: str, *values: object) -> Any:
        """The first row, or None."""
        found = self._run(sql, values)
        return found[0] if found else None

    def _run(self, sql: str, values: tuple[object, ...]) -> list[Any]:
        statement = fill_in(sql, values)
        self._clock.advance(self._load * self._chance.expovariate(1.2))
        left_ms = HARD_LIMIT_MS - self._clock.elapsed_ms
        if left_ms <= 0:
            raise RequestExpired("request expired.")
        action = self._timeline.start("SQL-main", statement)
        try:
            return self._execute(sql, values, left_ms)
        except sqlite3.IntegrityError as problem:
            raise IntegrityError(f"{problem}\n{statement}") from problem
        except sqlite3.OperationalError as problem:
            if str(problem) == "interrupted":
                raise RequestStatementTimedOut(f"statement timed out\n{statement}") from problem
            raise ProgrammingError(f"{problem}\n{statement}") from problem
        finally:
            action.finish()

    def _execute(self, sql: str, values: tuple[object, ...], left_ms: float) -> list[Any]:
        """Run the statement, or let SQLite cut it off once the time is used up."""
        needed_ms = self._needed_ms(sql)
        is_too_long = needed_ms > left_ms
        self._clock.advance(min(needed_ms, left_ms))
        self._connection.set_progress_handler((lambda: 1) if is_too_long else None, 1)
        try:
            return self._connection.execute(sql, values).fetchall()
        finally:
            self._connection.set_progress_handler(None, 1)

    def _needed_ms(self, sql: str) -> float:
        usual = next(ms for words, ms in _USUAL_MS if words in sql)
        return usual * self._load * self._chance.lognormvariate(0, 0.4)


def fill_in(sql: str, values: tuple[object, ...]) -> str:
    """The statement as a log has it, with its values in place of the question marks."""
    parts = sql.split("?")
    texts = [*(_literal(value) for value in values), ""]
    return "".join(part + text for part, text in zip(parts, texts, strict=True))


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def make_record(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> SimpleNamespace:
    """A row with its columns as attributes."""
    names = (column[0] for column in cursor.description)
    return SimpleNamespace(**dict(zip(names, values, strict=True)))
