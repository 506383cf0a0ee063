"""Pages of a long list, found by the last row of the page before and not by counting rows.

A cursor is the sort value and the number of a row. One that can't be read is
as good as none: the list begins at its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

PAGE_SIZE = 50

MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Rows from the greatest value down, and the cursors to both sides."""

    items: Sequence[Any]
    next: str = ""
    """Cursor for `after`, empty on the last page."""
    previous: str = ""
    """Cursor for `before`, empty on the first page."""


def cut_page(
    rows: QuerySet[Any], field: str, *, after: str = "", before: str = "", size: int = PAGE_SIZE
) -> Page:
    """One page of `rows`, greatest `field` first, then greatest id."""
    if mark := _read_cursor(before, field):
        nearest = list(rows.filter(_is_past(field, mark, "gt")).order_by(field, "pk")[: size + 1])
        items = nearest[:size][::-1]
        return _make_page(items, field, has_next=True, has_previous=len(nearest) > size)
    mark = _read_cursor(after, field)
    if mark:
        rows = rows.filter(_is_past(field, mark, "lt"))
    found = list(rows.order_by(f"-{field}", "-pk")[: size + 1])
    return _make_page(
        found[:size], field, has_next=len(found) > size, has_previous=mark is not None
    )


def _make_page(items: list[Any], field: str, *, has_next: bool, has_previous: bool) -> Page:
    if not items:
        return Page(items)
    return Page(
        items,
        next=_make_cursor(items[-1], field) if has_next else "",
        previous=_make_cursor(items[0], field) if has_previous else "",
    )


def _make_cursor(row: Any, field: str) -> str:
    value = getattr(row, field)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"{text}~{row.pk}"


def _read_cursor(text: str, field: str) -> tuple[datetime | int, int] | None:
    value, _, number = text.rpartition("~")
    try:
        return _read_moment(value) if _is_time(field) else _read_number(value), _read_number(number)
    except ValueError:
        return None


def _is_time(field: str) -> bool:
    """Names of times end so everywhere in this project; a cursor of another sort is no use."""
    return field.endswith(("_at", "_seen"))


def _read_number(text: str) -> int:
    number = int(text)
    if abs(number) > MAX_NUMBER:
        raise ValueError(text)
    return number


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _is_past(field: str, mark: tuple[datetime | int, int], direction: str) -> Q:
    value, number = mark
    return Q(**{f"{field}__{direction}": value}) | Q(**{field: value, f"pk__{direction}": number})
