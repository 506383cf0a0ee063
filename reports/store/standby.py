"""Which database a reader's request reads from: the hot standby where it will do.

A request that only reads runs inside `reading(…)`. Within it, reports and what
belongs to them are read from the standby, if there is one that answers and has
replayed what this reader must see; everything else, and everything outside such
a block, is read from the primary. All choices are a thread's own.

1. `is_usable` asks the standby, in one statement, how far it is.
2. `Router` and `reading_connection` lead models and plain SQL to the chosen one.
3. `leave` takes the rest of the request to the primary, for what is not there yet.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

STANDBY = "replica"

REST_SECONDS = 5.0
"""How long a standby that failed is left alone."""

SAMPLE_SECONDS = 1.0
"""How far apart a process asks the primary how far it has written."""

PRIMARY_ONLY = frozenset({"token", "inboxitem"})
"""Models of this app that decide what somebody may do, or change by the second."""

type_position = str
"""A place in the write-ahead log, as PostgreSQL writes it: `16/B374D848`."""

_POSITION = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}\Z")

_source: ContextVar[str] = ContextVar("source of reads", default=DEFAULT_DB_ALIAS)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sample:
    """How far the primary had written at a moment of its own clock."""

    taken_at: float
    position: type_position
    moment: datetime


class Primary:
    """What a standby is measured by: asked for once a second by each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sample: Sample | None = None

    def sample(self) -> Sample:
        """The last look at the primary, or a new one. Raises if the primary is not there."""
        with self._lock:
            now = time.monotonic()
            if self._sample is None or now - self._sample.taken_at >= SAMPLE_SECONDS:
                self._sample = Sample(now, *_ask_primary())
            return self._sample

    def forget(self) -> None:
        """Start afresh."""
        self._sample = None


class Rest:
    """Until when this process leaves a failed standby alone."""

    def __init__(self) -> None:
        self._until = 0.0
        self._why = ""

    @property
    def is_over(self) -> bool:
        """Whether it may be asked again."""
        return time.monotonic() >= self._until

    def begin(self, why: object) -> None:
        """Leave it alone for a while; the log has one line for each new reason."""
        self._until = time.monotonic() + REST_SECONDS
        reason = " ".join(str(why).split())
        if reason != self._why:
            log.warning("Pages are read from the primary, the standby is no use: %s", reason)
        self._why = reason

    def end(self) -> None:
        """It is good again."""
        if self._why:
            log.warning("Pages are read from the standby again")
        self._why, self._until = "", 0.0


primary = Primary()
rest = Rest()


def is_configured() -> bool:
    """Whether there is a standby at all."""
    return STANDBY in connections.settings


def is_usable(wanted: type_position | None) -> bool:
    """Whether the standby answers and has replayed what a reader must see.

    That is `wanted`, the reader's own last write, and all that the primary wrote more
    than `settings.OOPSWEB_STANDBY_LAG` seconds ago. Never raises.
    """
    if not is_configured() or not rest.is_over:
        return False
    try:
        sample = primary.sample()
    except (DatabaseError, InterfaceError):
        return False  # the page itself will say so
    try:
        is_standby, has_own, is_recent = _ask_standby(wanted, sample)
    except (DatabaseError, InterfaceError) as problem:
        give_up(problem)
        return False
    if not is_standby:
        rest.begin("DATABASE_REPLICA_URL names a server that is no standby")
    elif not is_recent:
        rest.begin(f"it is more than {settings.OOPSWEB_STANDBY_LAG} seconds behind")
    else:
        rest.end()
        return has_own
    return False


def _ask_primary() -> tuple[type_position, datetime]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()::text, clock_timestamp()")
        position, moment = cursor.fetchone()
    return position, moment


def _ask_standby(wanted: type_position | None, sample: Sample) -> tuple[bool, bool, bool]:
    """Whether it is one, has replayed `wanted`, and is recent.

    It is recent if it has all that the primary had, or replayed a commit of late:
    commits carry the primary's time, so that two clocks need not agree.
    """
    oldest = sample.moment - timedelta(seconds=settings.OOPSWEB_STANDBY_LAG)
    with connections[STANDBY].cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery(),"
            " coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, %s::pg_lsn IS NULL),"
            " coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, false)"
            " OR coalesce(pg_last_xact_replay_timestamp() >= %s, false)",
            [wanted, wanted, sample.position, oldest],
        )
        is_standby, has_own, is_recent = cursor.fetchone()
    return is_standby, has_own, is_recent


def give_up(problem: object) -> None:
    """Leave the standby alone for a while, after it failed."""
    rest.begin(problem)
    connections[STANDBY].close()


def written_position() -> type_position:
    """How far the primary has written: all that is committed by now lies before it."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def is_position(text: str) -> bool:
    """Whether `text` has the form of one."""
    return _POSITION.match(text) is not None


@contextmanager
def reading(*, from_standby: bool) -> Iterator[None]:
    """Read from the standby, or from the primary, until the block ends."""
    mark = _source.set(STANDBY if from_standby else DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        _source.reset(mark)


def is_reading() -> bool:
    """Whether reads go to the standby now."""
    return _source.get() == STANDBY


def leave() -> None:
    """Read from the primary from here on to the end of the request."""
    _source.set(DEFAULT_DB_ALIAS)


def reading_connection() -> BaseDatabaseWrapper:
    """Where plain SQL of pages, of the API and of searches is run."""
    return connections[_source.get()]


class Router:
    """Django's database router."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        """The standby for reports and what belongs to them, where that was chosen."""
        meta = model._meta
        if meta.app_label == "reports" and meta.model_name not in PRIMARY_ONLY:
            return _source.get()
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """The primary, always. Who writes reports reads on from where they are."""
        if model._meta.app_label == "reports":
            leave()
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Yes: both databases hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """A standby gets its tables from the primary."""
        return db == DEFAULT_DB_ALIAS
