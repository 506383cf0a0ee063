"""Lists, newest first, a page at a time: found by the row before, not by counting rows.

A page costs the same wherever it is, and rows that come in meanwhile move
nothing. A cursor is a row's time and what tells rows of one time apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from reports.api.parameters import MAX_NUMBER, read_number, read_text
from reports.search.finding import Narrowing, find
from reports.search.tree import Node

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
MAX_COUNTED = 10_000
"""More rows than this are not counted: `total` says this number and is not exact."""


@dataclass(frozen=True)
class Order:
    """By which two fields a list is sorted, the greatest first; together they are unique."""

    time: str
    tie: str
    read_tie: Callable[[str], Any]


BY_OCCURRENCE = Order("occurred_at", "key", UUID)
BY_LAST_SEEN = Order("last_seen", "id", int)


def answer_page(
    request: Request, rows: QuerySet[Any], order: Order, show: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """`next`, `previous`, `total`, `total_is_exact` and `results`, as every list answers."""
    size = read_number(request, "limit", least=1, most=MAX_PAGE_SIZE) or PAGE_SIZE
    before = _read_cursor(request, "before", order)
    after = _read_cursor(request, "after", order)
    found = _cut(rows, order, before, after, size)
    has_more = len(found) > size
    found = found[:size]
    if before:
        found.reverse()
    has_next, has_previous = (bool(before), has_more) if before else (has_more, bool(after))
    total = rows.order_by()[: MAX_COUNTED + 1].count()
    return {
        "next": _link(request, "after", found[-1], order) if has_next and found else None,
        "previous": _link(request, "before", found[0], order) if has_previous and found else None,
        "total": min(total, MAX_COUNTED),
        "total_is_exact": total <= MAX_COUNTED,
        "results": [show(row) for row in found],
    }


def answer_search(
    request: Request, query: Node, narrowing: Narrowing, show: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """The same of a search by words."""
    size = read_number(request, "limit", least=1, most=MAX_PAGE_SIZE) or PAGE_SIZE
    before = _read_cursor(request, "before", BY_OCCURRENCE)
    after = _read_cursor(request, "after", BY_OCCURRENCE)
    found = find(query, size=size, narrowing=narrowing, older_than=after, newer_than=before)
    has_next, has_previous = (
        (bool(before), found.has_more) if before else (found.has_more, bool(after))
    )
    first, last = found.marks
    return {
        "next": _link_to(request, "after", last) if has_next and last else None,
        "previous": _link_to(request, "before", first) if has_previous and first else None,
        "total": found.total,
        "total_is_exact": found.is_exact,
        "results": [show(row) for row in found.reports],
    }


def _cut(rows: QuerySet[Any], order: Order, before: Any, after: Any, size: int) -> list[Any]:
    """One row more than fit, so that it is known whether there are more."""
    if before:
        rows = rows.filter(_is_past(order, before, "gt")).order_by(order.time, order.tie)
        return list(rows[: size + 1])
    if after:
        rows = rows.filter(_is_past(order, after, "lt"))
    return list(rows.order_by(f"-{order.time}", f"-{order.tie}")[: size + 1])


def _is_past(order: Order, mark: tuple[datetime, Any], direction: str) -> Q:
    """Beyond a row in that direction. The first condition alone is what an index serves."""
    moment, tie = mark
    return Q(**{f"{order.time}__{direction}e": moment}) & (
        Q(**{f"{order.time}__{direction}": moment}) | Q(**{f"{order.tie}__{direction}": tie})
    )


def _link(request: Request, side: str, row: Model, order: Order) -> str:
    return _link_to(request, side, (getattr(row, order.time), getattr(row, order.tie)))


def _link_to(request: Request, side: str, mark: tuple[datetime, Any]) -> str:
    cursor = f"{mark[0].isoformat()}~{mark[1]}"
    url = request.build_absolute_uri()
    url = remove_query_param(url, "after" if side == "before" else "before")
    return str(replace_query_param(url, side, cursor))


def _read_cursor(request: Request, name: str, order: Order) -> tuple[datetime, Any] | None:
    text = read_text(request, name)
    if not text:
        return None
    time, _, tie = text.rpartition("~")
    try:
        mark = datetime.fromisoformat(time), order.read_tie(tie)
        if mark[0].tzinfo is None or (isinstance(mark[1], int) and abs(mark[1]) > MAX_NUMBER):
            raise ValueError(text)
    except ValueError:
        raise ValidationError(f"{name} is no cursor; follow 'next' and 'previous'.") from None
    return mark
