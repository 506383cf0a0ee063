"""Old links and ids in any spelling: all of them lead to `/oops/OOPS-ID`."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reports.formats.ids import find_ids
from reports.store.reading import Whereabouts, find_whereabouts
from reports.web.forms import read_text

MAX_ID = 1_000


def locate(text: str) -> Whereabouts:
    """Where the report is whose id `text` is, in any spelling; else the first id in `text`."""
    text = text.replace("\0", "").strip()[:MAX_ID]
    found = find_whereabouts(text)
    ids = find_ids(text)
    if found.status == "unknown" and ids and ids[0] != text:
        return find_whereabouts(ids[0])
    return found


def address_of(found: Whereabouts) -> str:
    """Its address for good: with the id as the report has it, else as it is best written."""
    if found.stored is not None:
        return found.stored.get_absolute_url()
    ids = find_ids(found.oops_id)
    return f"/oops/{quote(ids[0] if ids else found.oops_id, safe='')}"


@require_safe
@login_required
def old_link(request: HttpRequest) -> HttpResponse:
    """`/oops/?oopsid=ID` and `/oops.py/?oopsid=ID`, as they stand in thousands of bugs."""
    oops_id = read_text(request.GET, "oopsid")
    if oops_id:
        return redirect(address_of(locate(oops_id)), permanent=True)
    return render(request, "reports/search.html", {"text": "", "found": None})


@require_safe
@login_required
def bare_id(request: HttpRequest, oops_id: str) -> HttpResponse:
    """`/OOPS-ID`, the shortest way."""
    return redirect(address_of(locate(oops_id)), permanent=True)
