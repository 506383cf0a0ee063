"""The intake's books: what came in, what could not be read, and who is not sorted yet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reports.models import QuarantinedItem
from reports.pipeline.quarantine import retry
from reports.summaries.accounts import accounts_since, add_up, unsorted_reporters, waiting_for
from reports.web.forms import change_address, read_span, read_text
from reports.web.hexdump import dump
from reports.web.paging import cut_page

SPANS = ("24h", "7d")

SHOWN_BYTES = 4096
SHOWN_TEXT = 20_000
REPORTERS = 50
MAX_NUMBER = 2**63 - 1


@require_safe
@login_required
def intake(request: HttpRequest) -> HttpResponse:
    """`?span=24h|7d`, `?after=` and `?before=` for the quarantine."""
    span = read_span(request.GET, "24h", SPANS)
    accounts = accounts_since(span.start)
    held = QuarantinedItem.objects.select_related("source").defer("content")
    page = cut_page(
        held.annotate(size=Length("content")),
        "quarantined_at",
        after=read_text(request.GET, "after"),
        before=read_text(request.GET, "before"),
    )
    return render(
        request,
        "reports/intake.html",
        {
            "accounts": accounts,
            "total": add_up(accounts),
            "waiting_for": waiting_for(timezone.now()),
            "span": span,
            "spans": SPANS,
            "held": page.items,
            "held_count": QuarantinedItem.objects.count(),
            "next": page.next and change_address(request, after=page.next, before=None),
            "previous": page.previous and change_address(request, before=page.previous, after=None),
            "reporters": unsorted_reporters(REPORTERS),
        },
    )


@require_safe
@login_required
def quarantined(request: HttpRequest, number: int) -> HttpResponse:
    """One item that could not be stored: why, and its bytes as hex and as text."""
    item = _find(number)
    content = bytes(item.content)
    return render(
        request,
        "reports/quarantined.html",
        {
            "item": item,
            "size": len(content),
            "hex": dump(content[:SHOWN_BYTES]),
            "hex_left_out": max(0, len(content) - SHOWN_BYTES),
            "text": content[:SHOWN_TEXT].decode("utf-8", "backslashreplace"),
            "text_left_out": max(0, len(content) - SHOWN_TEXT),
        },
    )


@require_POST
@login_required
def retry_quarantined(request: HttpRequest, number: int) -> HttpResponse:
    """Put the item back into the inbox; workers take it from there."""
    item = _find(number)
    retry(item)
    messages.info(request, f"Item {number} is back in the inbox and will be read again.")
    return redirect("intake")


def _find(number: int) -> QuarantinedItem:
    if number > MAX_NUMBER:
        number = 0
    return get_object_or_404(QuarantinedItem.objects.select_related("source"), pk=number)
