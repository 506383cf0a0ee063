"""Where a day's reports lie: partitions made before they are needed, and on demand.

A report's day decides its partition: a day of its own for the recent past,
a month for older days, so that a tree of old files makes no thousands of them.
Partitions are made aside and attached, which lets readers and writers go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db.backends.utils import CursorWrapper

RECENT_DAYS = 60
"""Days older than this share a partition a month."""

PARENTS = ("reports_report", "reports_segment", "reports_word")
"""Tables that are cut by day alike: a day's reports, and their words."""

AHEAD_DAYS = 3
"""For how many coming days partitions are kept ready."""

type_span = tuple[date, date]
"""First day, and the first day after."""

_known: set[type_span] = set()


def forget() -> None:
    """Read the partitions afresh next time; another process may have dropped some."""
    _known.clear()


def ensure_partitions(cursor: CursorWrapper, days: Iterable[date]) -> None:
    """Make what `days` lack. The caller holds the names' lock, so that one at a time does."""
    for day in sorted(set(days)):
        spans = existing(cursor)
        if not _is_covered(day, spans):
            _attach(cursor, _choose_span(day, spans))


def lacks_partition(day: date) -> bool:
    """Whether `day` may need one: a cheap question that errs towards yes."""
    return not _is_covered(day, _known)


def upcoming_days() -> list[date]:
    """Today and the next days, in UTC."""
    today = datetime.now(UTC).date()
    return [today + timedelta(days=ahead) for ahead in range(AHEAD_DAYS + 1)]


def remember(spans: set[type_span]) -> None:
    """Learn which partitions exist. Only what is committed may be remembered."""
    _known.clear()
    _known.update(spans)


def partition_name(span: type_span) -> str:
    """`reports_report_20261124` for a day, `reports_report_201005` for a month."""
    first, end = span
    return f"reports_report_{first:%Y%m%d}" if end - first == timedelta(1) else _month_name(first)


def _month_name(first: date) -> str:
    return f"reports_report_{first:%Y%m}"


def _is_covered(day: date, spans: Iterable[type_span]) -> bool:
    return any(first <= day < end for first, end in spans)


def existing(cursor: CursorWrapper) -> set[type_span]:
    """The spans that have partitions, as this transaction sees them."""
    cursor.execute(
        "SELECT child.relname FROM pg_inherits"
        " JOIN pg_class child ON child.oid = inhrelid"
        " WHERE inhparent = 'reports_report'::regclass"
    )
    return {_span_of(name) for (name,) in cursor.fetchall()}


def _span_of(name: str) -> type_span:
    digits = name.rsplit("_", 1)[1]
    if len(digits) == 8:
        first = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        return first, first + timedelta(days=1)
    return _month_of(date(int(digits[:4]), int(digits[4:6]), 1))


def _month_of(day: date) -> type_span:
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _choose_span(day: date, spans: set[type_span]) -> type_span:
    """A month for old days, unless some of its days have partitions already."""
    month = _month_of(day)
    is_old = month[1] < datetime.now(UTC).date() - timedelta(days=RECENT_DAYS)
    if is_old and not any(first < month[1] and month[0] < end for first, end in spans):
        return month
    return day, day + timedelta(days=1)


def _attach(cursor: CursorWrapper, span: type_span) -> None:
    name, (first, end) = partition_name(span), span
    for parent in PARENTS:
        child = name.replace("reports_report", parent)
        cursor.execute(f"CREATE TABLE {child} (LIKE {parent} INCLUDING ALL)")
        cursor.execute(
            f"ALTER TABLE {parent} ATTACH PARTITION {child} FOR VALUES FROM (%s) TO (%s)",
            [first, end],
        )
