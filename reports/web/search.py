"""The box in the header: ids, old links and whole paragraphs, or words of reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reports.search.errors import QueryError
from reports.search.finding import Found, find, type_mark
from reports.search.parser import parse
from reports.summaries.looking_up import look_up
from reports.web.forms import MAX_PASTED, change_address, read_text
from reports.web.lookups import address_of

PAGE_SIZE = 25


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """`?q=`. One id leads to its report at once, several to a list of them."""
    text = read_text(request.GET, "q", MAX_PASTED)
    found = look_up(text) if text else None
    if found and len(found.whereabouts) == 1:
        return redirect(address_of(found.whereabouts[0]))
    shown: dict[str, Any] = {"text": text, "found": found}
    if found and not found.whereabouts:
        shown |= _search_words(request, text)
    return render(request, "reports/search.html", shown)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A query that can't be understood, cut where it went wrong."""

    before: str
    wrong: str
    after: str
    what: str


def _search_words(request: HttpRequest, text: str) -> dict[str, Any]:
    """Reports with these words, or what is wrong with the query."""
    older_than = _read_mark(read_text(request.GET, "after"))
    newer_than = _read_mark(read_text(request.GET, "before"))
    try:
        query = parse(text)
    except QueryError as error:
        start, end = error.start, error.end
        return {"mistake": Mistake(text[:start], text[start:end], text[end:], error.what)}
    words = find(query, size=PAGE_SIZE, older_than=older_than, newer_than=newer_than)
    return {"words": words, **_addresses(request, words, older_than)}


def _addresses(request: HttpRequest, found: Found, older_than: type_mark | None) -> dict[str, str]:
    """Of the pages before and after."""
    first, last = found.marks
    has_next = found.goes_back or found.has_more
    has_previous = found.has_more if found.goes_back else older_than is not None
    pages = {}
    if has_next and last:
        pages["next"] = change_address(request, after=_write_mark(last), before=None)
    if has_previous and first:
        pages["previous"] = change_address(request, before=_write_mark(first), after=None)
    return pages


def _write_mark(mark: type_mark) -> str:
    return f"{mark[0].isoformat()}~{mark[1]}"


def _read_mark(text: str) -> type_mark | None:
    """A mark from an address; None if there is none, or it can't be read."""
    moment, _, key = text.rpartition("~")
    try:
        mark = datetime.fromisoformat(moment.replace(" ", "+")), UUID(key)
    except ValueError:
        return None
    return mark if mark[0].tzinfo is not None else None
