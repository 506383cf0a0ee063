"""What readers write into addresses, made safe: never an error, at worst ignored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from reports.summaries import span as spans
from reports.summaries.problem_list import SORTS, Filter
from reports.summaries.span import Span

MAX_TEXT = 500
MAX_PASTED = 20_000
"""Characters of a pasted text in which ids are looked for."""

MAX_PAGE = 1_000

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def read_text(asked: QueryDict, name: str, limit: int = MAX_TEXT) -> str:
    """A parameter without NULs, which PostgreSQL can't take, and without spaces around it."""
    return asked.get(name, "").replace("\0", "").strip()[:limit]


def read_span(asked: QueryDict, default: str, allowed: tuple[str, ...]) -> Span:
    """The span of `from` and `to`, else of `span`, else the default one up to now."""
    chosen = _read_moments(asked)
    if chosen:
        return spans.between(*chosen)
    name = asked.get("span", "")
    return spans.last(name if name in allowed else default, timezone.now())


def read_page(asked: QueryDict) -> int:
    """`page`, from 1 to `MAX_PAGE`."""
    text = asked.get("page", "")
    is_number = text.isascii() and text.isdigit() and len(text) < 9
    return min(max(int(text), 1), MAX_PAGE) if is_number else 1


def read_sort(asked: QueryDict, default: str) -> str:
    """A key of `SORTS`."""
    name = asked.get("sort", "")
    return name if name in SORTS else default


def read_filter(asked: QueryDict) -> Filter:
    """What the list is narrowed to."""
    wanted = Filter(
        text=read_text(asked, "text", 200),
        classification=read_text(asked, "class", 50),
        reporter=read_text(asked, "reporter", 200),
        instance=read_text(asked, "instance", 200),
    )
    return replace(wanted, is_in_span=_read_moments(asked) is not None)


def change_address(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with some parameters changed; None or "" takes one away."""
    asked = request.GET.copy()
    for name, value in changes.items():
        if value:
            asked[name] = value
        else:
            asked.pop(name, None)
    return f"?{asked.urlencode()}" if asked else request.path


def _read_moments(asked: QueryDict) -> tuple[datetime, datetime] | None:
    try:
        start = _read_moment(asked.get("from", ""))
        end = _read_moment(asked.get("to", ""))
    except ValueError:
        return None
    is_sound = EARLIEST <= start < end <= LATEST and end - start <= timedelta(days=3660)
    return (start, end) if is_sound else None


def _read_moment(text: str) -> datetime:
    # A + in an address stands for a space, so an offset may have lost its sign.
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
