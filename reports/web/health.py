"""Two questions of whoever runs the site: does the process live, can it work."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import current_app
from celery.exceptions import OperationalError
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

BROKER_SECONDS = 3

log = logging.getLogger(__name__)


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if store and broker can be reached, else 503; `parts` says which can not."""
    parts = {"store": _describe(_ask_store), "broker": _describe(_ask_broker)}
    is_ready = set(parts.values()) == {"ok"}
    return JsonResponse({"ready": is_ready, "parts": parts}, status=200 if is_ready else 503)


def _describe(ask: Callable[[], None]) -> str:
    """`ok` or `unreachable`; the reason goes to the log, since anybody may ask."""
    try:
        ask()
    except (DatabaseError, InterfaceError, OSError, OperationalError) as problem:
        log.warning("%s: %s", ask.__name__.strip("_"), problem)
        return "unreachable"
    return "ok"


def _ask_store() -> None:
    """One row from the database that is written to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    """A connection to the broker, tried once."""
    with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
        broker.default_channel.close()
