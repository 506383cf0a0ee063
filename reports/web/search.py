"""The box in the header: ids, old links and whole paragraphs, or words of a problem."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reports.summaries.looking_up import look_up
from reports.web.forms import MAX_PASTED, read_text
from reports.web.lookups import address_of


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """`?q=`. One id leads to its report at once, several to a list of them."""
    text = read_text(request.GET, "q", MAX_PASTED)
    found = look_up(text) if text else None
    if found and len(found.whereabouts) == 1:
        return redirect(address_of(found.whereabouts[0]))
    return render(request, "reports/search.html", {"text": text, "found": found})
